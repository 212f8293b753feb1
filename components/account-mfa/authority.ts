/** The authorities of AccountMfa: made in generations that overlap, or given. */
import * as pulumi from "@pulumi/pulumi";
import { PortcullisError } from "../../provider/errors";
import { CertificateAuthority, type KeyFileArgs } from "../../provider/pki/program/certificate-authority";
import type { GivenAuthorityArgs, MadeAuthorityArgs } from "./args";

/** An authority whose certificates the rules accept. */
export interface AcceptedAuthority {
    /** The end of its resources' names: a generation's number, or the label given. */
    readonly label: string;
    readonly certificatePem: pulumi.Output<string>;
}

/** What issues the clients' certificates. */
export interface Issuer {
    readonly certificatePem: pulumi.Output<string>;
    /** Exactly one of the two, or neither where the authority's key is elsewhere. */
    readonly privateKeyPem?: pulumi.Input<string | undefined>;
    readonly privateKeyFile?: KeyFileArgs;
}

/** The component's authorities. */
export interface Authorities {
    /** The issuing one first. */
    readonly accepted: readonly AcceptedAuthority[];
    readonly issuer: Issuer;
}

/** Declares the authorities, or takes those given; the issuing one comes first. */
export function authorities(
    name: string,
    args: MadeAuthorityArgs | GivenAuthorityArgs,
    parent: pulumi.Resource,
): Authorities {
    return "certificates" in args ? given(args) : made(name, args, parent);
}

/** The generations that stand side by side, the present one first. */
export function generations({ generation = 1, keepPrevious = true }: MadeAuthorityArgs): readonly number[] {
    if (!Number.isInteger(generation) || generation < 1) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: "authority.generation",
            problem: `authority.generation is ${generation}, which is not a positive whole number.`,
            remedy: "Start with 1 and raise it by one for each rotation.",
        });
    }
    return keepPrevious && generation > 1 ? [generation, generation - 1] : [generation];
}

/** What makes an authority the one that it is. */
const IDENTITY = ["commonName", "organization", "keyAlgorithm"] as const;

function made(name: string, args: MadeAuthorityArgs, parent: pulumi.Resource): Authorities {
    const {
        generation: _generation,
        keepPrevious: _keepPrevious,
        privateKeyFile,
        commonName,
        ...subject
    } = args;
    if (privateKeyFile !== undefined && !privateKeyFile.path.includes("{generation}")) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: "authority.privateKeyFile.path",
            problem:
                "The path of the authority's key file is the same for every generation, so a rotation would keep the key.",
            remedy: 'Put "{generation}" into the path, as in "keys/authority-{generation}.pem".',
        });
    }
    const declared = generations(args).map((generation, age) => {
        const file = privateKeyFile && {
            ...privateKeyFile,
            path: privateKeyFile.path.replaceAll("{generation}", String(generation)),
        };
        const authority = new CertificateAuthority(
            `${name}-authority-${generation}`,
            {
                ...subject,
                commonName: commonName ?? `${pulumi.getProject()} ${pulumi.getStack()} ${name} ${generation}`,
                ...(file === undefined ? {} : { privateKeyFile: file }),
                permanent: true,
            },
            // A generation stays what it was: what the program says now is for the one that issues.
            age === 0 ? { parent } : { parent, ignoreChanges: [...IDENTITY] },
        );
        return { label: String(generation), authority, file };
    });
    const [present] = declared;
    // `generations` never returns an empty list.
    if (present === undefined) throw new Error("an authority has no generation");
    return {
        accepted: declared.map(({ label, authority }) => ({
            label,
            certificatePem: authority.certificatePem,
        })),
        issuer: {
            certificatePem: present.authority.certificatePem,
            ...(present.file === undefined
                ? { privateKeyPem: present.authority.privateKeyPem }
                : { privateKeyFile: present.file }),
        },
    };
}

function given(args: GivenAuthorityArgs): Authorities {
    const accepted = Object.entries(args.certificates).map(([label, pem]) => ({
        label,
        certificatePem: pulumi.output(pem),
    }));
    const label = args.issuer ?? accepted[0]?.label;
    const issuer = accepted.find((authority) => authority.label === label);
    if (issuer === undefined) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: "authority",
            problem: `authority.certificates has no certificate ${label === undefined ? "at all" : `labelled "${label}"`}.`,
            remedy: "Give at least one certificate, and name one of them in `authority.issuer`.",
        });
    }
    return {
        // The issuing authority comes first, as a made one does.
        accepted: [issuer, ...accepted.filter((authority) => authority !== issuer)],
        issuer: {
            certificatePem: issuer.certificatePem,
            ...(args.privateKeyPem === undefined ? {} : { privateKeyPem: args.privateKeyPem }),
            ...(args.privateKeyFile === undefined ? {} : { privateKeyFile: args.privateKeyFile }),
        },
    };
}
