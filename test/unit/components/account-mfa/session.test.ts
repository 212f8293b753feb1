/** Keys, trusted session, profiles and bundles of AccountMfa: what they are made of, and what they wait for. */
import { describe, expect, test } from "@jest/globals";
import { AccountMfa } from "../../../../components/account-mfa/account-mfa";
import type { AccountMfaArgs, ProfileArgs } from "../../../../components/account-mfa/args";
import { captureGraph, type Graph, type Node } from "../../../support/graph";

const whole: AccountMfaArgs = {
    clients: { operator: {}, card: { csrPem: "CSR" } },
    accessKeys: { ci: { userName: "ci", lifetime: "60d" } },
    trustedSession: { maxAccessKeyExpiration: "90d", expire: { HAND: "70d" }, remove: ["OLD"] },
    profiles: {
        secure: { client: "osc-cli", holder: "operator", accessKey: "ci", path: "/tmp/config.json" },
        own: { client: "sdk", holder: "operator", accessKey: { accessKeyId: "ID", secretKey: "SECRET" } },
    },
    bundles: { operator: { password: "a password of some length" } },
};

const graph = (args: AccountMfaArgs): Promise<Graph> => captureGraph(() => new AccountMfa("account", args));

function node(nodes: Graph, name: string): Node {
    const found = nodes.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
}

/** All that a resource waits for, directly or not. */
function ancestors(nodes: Graph, name: string): Set<string> {
    const found = new Set<string>();
    const visit = (each: string): void => {
        for (const next of node(nodes, each).dependencies) {
            if (found.has(next)) continue;
            found.add(next);
            visit(next);
        }
    };
    visit(name);
    return found;
}

const credentials = { clientCertificates: "⟦account-client-operator.credentials⟧" };

test("without any of it, the component is what it was", async () => {
    const names = (await graph({ clients: { operator: {} } })).map(({ name }) => name);
    expect(names.filter((name) => /key|policy|profile|bundle/.test(name))).toEqual([]);
});

describe("a trusted session", () => {
    test("is what the arguments say, judged by what the audit has found, with what was there kept from before", async () => {
        const nodes = await graph(whole);
        expect(node(nodes, "account-keys-found").inputs).toEqual({
            maxAccessKeyExpiration: "90d",
            ...credentials,
        });
        expect(node(nodes, "account-keys").inputs).toEqual({
            maxAccessKeyExpiration: "90d",
            expire: { HAND: "70d" },
            remove: ["OLD"],
            record: "⟦account-keys-found.found⟧",
            triggers: ["⟦account-key-ci.accessKeyId⟧", "⟦account-key-ci.expirationDate⟧"],
            ...credentials,
        });
        expect(node(nodes, "account-policy-relaxed").inputs).toEqual({
            maxAccessKeyExpiration: "90d",
            requireTrustedEnv: true,
            onlyRelax: true,
            ...credentials,
        });
        expect(node(nodes, "account-policy").inputs).toEqual({
            maxAccessKeyExpiration: "90d",
            requireTrustedEnv: true,
            blocking: "⟦account-keys.blocking⟧",
            blockingRules: "⟦account-keys.blockingRules⟧",
            record: "⟦account-keys-found.found⟧",
            probe: {
                certificatePem: "⟦account-client-operator.certificatePem⟧",
                privateKeyPem: "⟦account-client-operator.privateKeyPem⟧",
            },
            ...credentials,
        });
    });

    test("comes after everything else of the account, and so goes first", async () => {
        const nodes = await graph(whole);
        const before = ancestors(nodes, "account-policy");
        const others = nodes
            .map(({ name }) => name)
            .filter((name) => !/policy|profile|bundle|client-card/.test(name));
        expect([...before].sort()).toEqual(expect.arrayContaining(others.sort()));
    });

    test("is not begun with before the plan; other keys are not touched before the last proof", async () => {
        const nodes = await graph(whole);
        for (const name of ["account-keys-found", "account-key-ci"]) {
            expect(ancestors(nodes, name)).toContain("account-plan");
        }
        expect(ancestors(nodes, "account-keys")).toContain("account-settled");
    });

    test("makes room for its keys before they are made, and records what it relaxes before that", async () => {
        const nodes = await graph(whole);
        expect(ancestors(nodes, "account-key-ci")).toContain("account-policy-relaxed");
        expect(ancestors(nodes, "account-policy-relaxed")).toContain("account-keys-found");
    });

    test("refuses a key that never ends", async () => {
        await expect(graph({ ...whole, accessKeys: { ci: {} } })).rejects.toMatchObject({
            code: "InvalidInput",
            property: "accessKeys.ci",
            problem: 'The access key "ci" would never end, and in a trusted session every key has to.',
        });
    });

    test.each([
        ["90d", "90d"],
        ["2161h", "90d"],
    ])("refuses a key of %s under a maximum of %s", async (lifetime, maxAccessKeyExpiration) => {
        const refused = graph({
            ...whole,
            accessKeys: { ci: { lifetime } },
            trustedSession: { maxAccessKeyExpiration },
        });
        await expect(refused).rejects.toMatchObject({
            code: "InvalidInput",
            property: "accessKeys.ci.lifetime",
            problem: `The access key "ci" would live ${lifetime}, and every key has to end within the maximum of 90d.`,
        });
    });

    test.each([
        ["backupIpRanges", { backupIpRanges: ["192.0.2.1"] }],
        ["keepDefaultRule", { keepDefaultRule: true }],
        ["keepCockpitRule", { keepCockpitRule: true }],
    ])("is refused together with %s", async (property, given) => {
        const refused = graph({ ...whole, ...given });
        await expect(refused).rejects.toMatchObject({
            code: "InvalidInput",
            property,
            problem: `\`${property}\` asks for a rule that admits by address alone, and in a trusted session every rule names an authority.`,
            remedy: `Take \`${property}\` out and deploy, and add \`trustedSession\` in the deployment after that.`,
        });
    });

    test("takes a false one for what it is", async () => {
        const nodes = await graph({ ...whole, keepDefaultRule: false, keepCockpitRule: false });
        expect(nodes.map(({ name }) => name)).toContain("account-policy");
    });
});

describe("profiles", () => {
    test("present the holder's certificate and sign with the key, once the last proof has passed", async () => {
        const nodes = await graph(whole);
        const clientCertificate = {
            certificatePem: "⟦account-client-operator.certificatePem⟧",
            privateKeyPem: "⟦account-client-operator.privateKeyPem⟧",
        };
        expect(node(nodes, "account-profile-secure").inputs).toEqual({
            client: "osc-cli",
            path: "/tmp/config.json",
            profile: "secure",
            accessKeyId: "⟦account-key-ci.accessKeyId⟧",
            secretKey: "⟦account-key-ci.secretKey⟧",
            clientCertificate,
        });
        expect(node(nodes, "account-profile-own").inputs).toEqual({
            client: "sdk",
            profile: "own",
            accessKeyId: "ID",
            secretKey: "SECRET",
            clientCertificate,
        });
        expect(ancestors(nodes, "account-profile-own")).toContain("account-settled");
    });

    test.each<[string, ProfileArgs, string]>([
        [
            "a key that is not made here",
            { client: "sdk", holder: "operator", accessKey: "nobody" },
            '`profiles.p` names the access key "nobody", which is not among `accessKeys`. Use one of: ci; or give `accessKeyId` and `secretKey`.',
        ],
        [
            "a holder who is no client",
            { client: "sdk", holder: "nobody", accessKey: "ci" },
            '`profiles.p` names the client "nobody", which is not among `clients`. Use one of: operator, card.',
        ],
        [
            "a holder whose key is on a card",
            { client: "sdk", holder: "card", accessKey: "ci" },
            '`profiles.p` needs the private key of the client "card", which is not here. Name a client whose key is; for a key on a card or in an HSM, configure that tool by hand.',
        ],
    ])("refuse %s", async (_what, profile, message) => {
        await expect(graph({ ...whole, profiles: { p: profile } })).rejects.toThrow(message);
    });
});

test("a bundle is the client's certificate and key under the password", async () => {
    expect(node(await graph(whole), "account-bundle-operator").inputs).toEqual({
        password: "a password of some length",
        certificatePem: "⟦account-client-operator.certificatePem⟧",
        privateKeyPem: "⟦account-client-operator.privateKeyPem⟧",
    });
});
