/** VaultPki's resources as they are declared, under mocks that answer as Vault would. */
import type * as pulumi from "@pulumi/pulumi";
import type { VaultPkiArgs } from "../../../../components/vault-pki/args";
import { VaultPki } from "../../../../components/vault-pki/vault-pki";
import { children, type Child } from "../../../support/children";
import { LEAST, type Material } from "./fixture";

export interface Declared {
    readonly pki: VaultPki;
    readonly all: readonly Child[];
    readonly options: ReadonlyMap<string, pulumi.CustomResourceOptions>;
}

export interface DeclareOptions {
    /** Of the component; made while the program runs. */
    readonly options?: () => pulumi.ComponentResourceOptions;
    /** Which of the requests the issuer's certificate answers; 0, the present one, unless given. */
    readonly answered?: number;
}

/** The component's resources in the order of their declaration, without itself. */
export async function declare(
    { csr }: Material,
    args: Partial<VaultPkiArgs> = {},
    { options: more = () => ({}), answered = 0 }: DeclareOptions = {},
): Promise<Declared> {
    const options = new Map<string, pulumi.CustomResourceOptions>();
    let component: VaultPki | undefined;
    const all = await children(
        (opts) => {
            const spy: pulumi.ResourceTransformation = ({ name, opts: given }) => {
                options.set(name, given);
                return undefined;
            };
            component = new VaultPki(
                "pki",
                { ...LEAST, ...args },
                { ...more(), transformations: [...(opts.transformations ?? []), spy] },
            );
            return component;
        },
        {
            csr,
            importedIssuers: ["issuer-id"],
            issuerId: "issuer-id",
            roleId: "role-id",
            wrappingToken: "s.wrapping",
            wrappingAccessor: "secret-id-accessor",
            answered: { issuer: answered },
        },
    );
    if (component === undefined) throw new Error("nothing was declared");
    return { pki: component, all: all.filter(({ name }) => name !== "pki"), options };
}

/** A certificate in the one normal form. */
