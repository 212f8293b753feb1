import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { VaultPkiArgs } from "../../../../components/vault-pki/args";
import { settled } from "../../../support/children";
import { declare } from "./declared";
import { LEAST, material, type Material } from "./fixture";

let made: Material;
let signed: Pick<VaultPkiArgs, "signed">;
beforeAll(() => {
    made = material();
    signed = {
        signed: {
            issuer: made.tiers.signIssuer(made.csr),
            intermediate: made.tiers.intermediate,
            root: made.tiers.root,
        },
    };
});

/** What the component warns of. */
let warned: jest.SpiedFunction<typeof console.warn>;
beforeEach(() => {
    warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
    warned.mockRestore();
});

describe("the graph is a chain, so that no two writes meet", () => {
    test.each<readonly [string, () => Partial<VaultPkiArgs>]>([
        ["unsigned", () => ({})],
        [
            "signed, with roles for snapshots and drills, and two generations",
            () => ({ ...signed, generation: 2, snapshot: LEAST.certManager, drill: {} }),
        ],
        ["without an auth mount", () => ({ enableAuthMount: false })],
    ])("%s", async (_what, args) => {
        const first = () => new pulumi.ComponentResource("test:index:First", "first");
        const { all, options } = await declare(made, args(), { options: () => ({ dependsOn: first() }) });
        const names = all.map(({ name }) => name);
        const waits = await Promise.all(
            names.map(async (name) => {
                // The SDK may have merged the one resource into a list by now.
                const given = options.get(name)?.dependsOn as pulumi.Input<
                    pulumi.Resource | pulumi.Resource[]
                >;
                // An output of resources is one of what their type says, and they are themselves here.
                const before = [await settled<unknown>(pulumi.output(given))].flat() as pulumi.Resource[];
                const urns = before.map(({ urn }) => settled(pulumi.output(urn)));
                return (await Promise.all(urns)).map((urn) => urn.split("::").at(-1)).join();
            }),
        );
        expect(waits).toEqual(["first", ...names.slice(0, -1)]);
        expect(names.length).toBeGreaterThan(10);
    });
});

test("destroying leaves the engine and what is in it, unless told otherwise; role and AppRoles go", async () => {
    const retained = async (args: Partial<VaultPkiArgs>): Promise<readonly string[]> => {
        const { all, options } = await declare(made, { ...signed, ...args });
        return all.map(({ name }) => name).filter((name) => options.get(name)?.retainOnDelete === true);
    };
    expect(await retained({})).toEqual([
        "pki-mount",
        "pki-cluster",
        "pki-urls",
        "pki-crl",
        "pki-tidy",
        "pki-request-1",
        "pki-chain",
        "pki-signed",
        "pki-issuer",
        "pki-issuers",
        "pki-cert-manager-secret-id",
    ]);
    // A former issuer stays in the engine as long as the engine does.
    expect(await retained({ keepOnDestroy: false })).toEqual(["pki-issuer", "pki-cert-manager-secret-id"]);
});

test("a key stays what it is for its generation, and another certificate is another issuer", async () => {
    const { all, options } = await declare(made, { ...signed, generation: 2, keyAlgorithm: "RSA-4096" });
    const requests = all.filter(({ name }) => name.startsWith("pki-request-"));
    expect(
        requests.map(({ name, inputs }) => [name, inputs.keyName, inputs.keyType, inputs.keyBits]),
    ).toEqual([
        ["pki-request-2", "generation-2", "rsa", 4096],
        ["pki-request-1", "generation-1", "rsa", 4096],
    ]);
    for (const { name } of requests) {
        expect(options.get(name)?.ignoreChanges).toEqual([
            "commonName",
            "organization",
            "country",
            "keyType",
            "keyBits",
        ]);
    }
    expect(options.get("pki-issuer")?.replaceOnChanges).toEqual(["issuerRef"]);
});

test("the former request's certificate stays, with a warning", async () => {
    await declare(made, { ...signed, generation: 2 }, { answered: 1 });
    expect(warned.mock.calls).toEqual([
        [expect.stringMatching(/pki: signed\.issuer answers the request before; sign the output request/)],
    ]);
});
