/** What VaultInitialization refuses at preview, property by property, and the defaults it fills in. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { UNKNOWN, type CheckFailure } from "../../../../provider/resource";
import { vaultInitialization } from "../../../../provider/vault/initialization";
import { normalisePgpKey } from "../../../../provider/vault/pgp";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
import { HOLDER_A, HOLDER_B, HOLDER_C } from "../../../support/pgp-keys";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

const KEYS = [HOLDER_A, HOLDER_B, HOLDER_C].map(({ armored }) => armored);
const place = { prefix: "vault/recovery", region: "eu-west-3" };

function given(more: object = {}): Record<string, unknown> {
    return {
        address: "https://10.0.0.7:8200",
        owner: "project/stack vault",
        pgpKeys: KEYS,
        administrators: [{ name: "alice", certificatePem: holders.alice.certificatePem }],
        ...more,
    };
}

const check = (inputs: object, last: object = {}) => vaultInitialization.check(inputs, NOW, last);

/** Two forms of delivery at once are refused: this one in place of the other. */
const inSecrets = (more: object = {}): object => ({ pgpKeys: undefined, secretsManager: place, ...more });

describe("defaults", () => {
    test("five nodes of OpenBao, a share for each key, more than half of them needed", () => {
        const { inputs, failures } = check(given());
        expect(failures).toEqual([]);
        expect(inputs).toMatchObject({
            product: "openbao",
            nodes: 5,
            recoveryShares: 3,
            recoveryThreshold: 2,
            autopilot: {},
            adopt: false,
            pgpKeys: KEYS.map(normalisePgpKey),
        });
    });

    test.each([
        [{}, 5, 3],
        [{ recoveryShares: 7 }, 7, 4],
        [{ recoveryShares: 4 }, 4, 3],
        [{ recoveryShares: 3 }, 3, 2],
        [{ recoveryShares: 9, recoveryThreshold: 3 }, 9, 3],
    ])("without keys, %j makes %d shares of which %d are needed", (more, shares, threshold) => {
        expect(check(given(inSecrets(more)))).toMatchObject({
            inputs: { recoveryShares: shares, recoveryThreshold: threshold },
            failures: [],
        });
    });

    test("wait for what they hang on", () => {
        const { inputs, failures } = check(given({ pgpKeys: UNKNOWN }));
        expect(failures).toEqual([]);
        expect(Object.keys(inputs)).not.toContain("recoveryShares");
        expect(check(given({ pgpKeys: UNKNOWN, secretsManager: UNKNOWN })).failures).toEqual([]);
    });
});

describe("refusals", () => {
    const alice = () => holders.alice.certificatePem;
    const a = () => holders.authorities.a.certificatePem;
    const admin = (...administrators: object[]): object => ({ administrators });

    const cases: [string, () => object, string, RegExp][] = [
        ["plain HTTP", () => ({ address: "http://10.0.0.7:8200" }), "address", /Plain HTTP is refused/],
        ["an address with a path", () => ({ address: "https://v.example/v1" }), "address", /without a path/],
        [
            "an address with a password",
            () => ({ address: "https://u:p@v.example" }),
            "address",
            /without a path/,
        ],
        ["an address that is none", () => ({ address: "vault" }), "address", /https:/],
        [
            "a server's name with an asterisk",
            () => ({ serverName: "*.example.org" }),
            "serverName",
            /without an asterisk/,
        ],
        [
            "authorities that are none",
            () => ({ caCertificatePem: "x" }),
            "caCertificatePem",
            /no PEM certificate/,
        ],
        [
            "a private key among authorities",
            () => ({ caCertificatePem: a() + holders.authorities.a.privateKeyPem }),
            "caCertificatePem",
            /private key where certificates/,
        ],
        ["an even number of nodes", () => ({ nodes: 4 }), "nodes", /Give 1, 3, 5 or 7/],
        ["another product", () => ({ product: "consul" }), "product", /Use one of/],
        ["two shares", () => inSecrets({ recoveryShares: 2 }), "recoveryShares", /3 to 255/],
        ["half a share", () => inSecrets({ recoveryShares: 3.5 }), "recoveryShares", /whole number/],
        [
            "one share that opens all",
            () => ({ recoveryThreshold: 1 }),
            "recoveryThreshold",
            /never be enough/,
        ],
        ["all shares needed", () => ({ recoveryThreshold: 3 }), "recoveryThreshold", /Of 3 shares at most 2/],
        ["two keys", () => ({ pgpKeys: KEYS.slice(1) }), "pgpKeys", /There are 2 keys, and so 2 shares/],
        ["fewer keys than shares", () => ({ recoveryShares: 5 }), "pgpKeys", /3 keys for 5 shares/],
        ["one key twice", () => ({ pgpKeys: [KEYS[0], KEYS[1], KEYS[0]] }), "pgpKeys", /given twice/],
        [
            "a key that is none",
            () => ({ pgpKeys: ["x", ...KEYS.slice(1)] }),
            "pgpKeys[0]",
            /no PGP public key/,
        ],
        ["no delivery", () => ({ pgpKeys: undefined }), "pgpKeys", /Say how the recovery shares get/],
        ["two deliveries", () => ({ secretsManager: place }), "secretsManager", /Give one of the two/],
        [
            "a prefix with a space",
            () => inSecrets({ secretsManager: { ...place, prefix: "a b" } }),
            "secretsManager.prefix",
            /at most 480/,
        ],
        [
            "a zone for a region",
            () => inSecrets({ secretsManager: { ...place, region: "eu-west-3a" } }),
            "secretsManager.region",
            /eu-west-3/,
        ],
        [
            "no administrator",
            () => admin(),
            "administrators",
            /at least one administrator: the root token is revoked/,
        ],
        [
            "one name twice",
            () => admin({ name: "a", certificatePem: alice() }, { name: "a", certificatePem: alice() }),
            "administrators",
            /same name/,
        ],
        [
            "a name with a slash",
            () => admin({ name: "a/b", certificatePem: alice() }),
            'administrators[0] "a/b".name',
            /letters, digits/,
        ],
        [
            "neither certificate nor authority",
            () => admin({ name: "a" }),
            'administrators[0] "a"',
            /exactly one of/,
        ],
        [
            "both of them",
            () => admin({ name: "a", certificatePem: alice(), authorityPem: a(), commonNames: ["x"] }),
            'administrators[0] "a"',
            /exactly one of/,
        ],
        [
            "everyone of an authority",
            () => admin({ name: "a", authorityPem: a() }),
            'administrators[0] "a"',
            /everyone whom the authority certifies/,
        ],
        [
            "everyone by an asterisk",
            () => admin({ name: "a", authorityPem: a(), commonNames: ["*"] }),
            'administrators[0] "a".commonNames[0]',
            /no asterisk/,
        ],
        [
            "an authority as a client",
            () => admin({ name: "a", certificatePem: a() }),
            'administrators[0] "a".certificatePem',
            /would admit everyone whom it certifies/,
        ],
        [
            "a client as an authority",
            () => admin({ name: "a", authorityPem: alice(), commonNames: ["alice"] }),
            'administrators[0] "a".authorityPem',
            /not an authority's/,
        ],
        [
            "a server's certificate as a client's",
            () => admin({ name: "a", certificatePem: holders.server.certificatePem }),
            'administrators[0] "a".certificatePem',
            /lacks clientAuth/,
        ],
        [
            "a threshold of seconds",
            () => ({ autopilot: { deadServerLastContactThreshold: "10s" } }),
            "autopilot.deadServerLastContactThreshold",
            /removes nodes that are alive/,
        ],
        ["two voters", () => ({ autopilot: { minQuorum: 2 } }), "autopilot.minQuorum", /fewer than 3 voters/],
        [
            "nodes of any name",
            () => ({ node: { authorityPem: a(), dnsNames: [] } }),
            "node.dnsNames",
            /the names in the nodes' certificate/,
        ],
        [
            "nodes of every name",
            () => ({ node: { authorityPem: a(), dnsNames: ["*"] } }),
            "node.dnsNames[0]",
            /without an asterisk/,
        ],
        [
            "audit devices of OpenBao",
            () => ({ auditDevices: [{ path: "file", type: "file" }] }),
            "auditDevices",
            /from its server configuration alone/,
        ],
        [
            "Vault without an audit device",
            () => ({ product: "vault" }),
            "auditDevices",
            /Give at least one device/,
        ],
        [
            "Vault with none at all",
            () => ({ product: "vault", auditDevices: [] }),
            "auditDevices",
            /at least one audit device/,
        ],
    ];

    test.each(cases)("%s", (_name, more, property, reason) => {
        const { failures } = check(given(more()));
        expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
        const text = JSON.stringify(failures);
        for (const secret of [holders.authorities.a.privateKeyPem, holders.alice.privateKeyPem])
            for (const line of secret.split("\n").slice(1, -2)) expect(text).not.toContain(line);
    });

    test("Vault with an audit device is accepted", () => {
        const auditDevices = [
            { path: "file", type: "file", options: { file_path: "/var/log/vault/audit.log" } },
        ];
        expect(check(given({ product: "vault", auditDevices })).failures).toEqual([]);
    });

    test.each([
        ["recoveryShares", { recoveryShares: 4, pgpKeys: undefined, secretsManager: place }],
        [
            "recoveryThreshold",
            { recoveryShares: 5, recoveryThreshold: 4, pgpKeys: undefined, secretsManager: place },
        ],
        ["secretsManager", { secretsManager: { ...place, prefix: "other" }, pgpKeys: undefined }],
    ])("a change of %s, by which no share would be another", (property, more) => {
        const last = check(given(inSecrets())).inputs;
        const failures: readonly CheckFailure[] = check(given(more), last).failures;
        expect(failures.map((each) => each.property)).toEqual([property]);
        expect(failures[0]?.reason).toMatch(/made when the cluster was initialised.*rotate-keys/);
    });

    test("a change of the holders, in whatever form their keys are given", () => {
        const last = check(given()).inputs;
        expect(check(given(), last).failures).toEqual([]);
        const others = [KEYS[1], KEYS[0], KEYS[2]];
        expect(check(given({ pgpKeys: others }), last).failures).toMatchObject([{ property: "pgpKeys" }]);
    });
});

describe("diff", () => {
    const state = (more: object = {}) => ({
        ...check(given()).inputs,
        clusterName: "c",
        clusterId: "i",
        condition: "ready" as const,
        drifted: [],
        ...more,
    });
    type State = Parameters<typeof vaultInitialization.diff>[0];
    const changed = (more: object) =>
        // A state is what a deployment made of inputs that are known.
        vaultInitialization.diff(state(more) as unknown as State, check(given()).inputs, NOW);

    test("nothing where all is well, and the next run is needed where a refresh found otherwise", () => {
        expect(changed({})).toEqual({ changed: [], replaces: [] });
        expect(changed({ condition: "sealed" }).changed).toEqual(["condition"]);
        expect(changed({ drifted: ["autopilot"] }).changed).toEqual(["drifted"]);
        expect(changed({ unfinished: {} }).changed).toEqual(["unfinished"]);
        expect(changed({ nodes: 3 })).toEqual({ changed: ["nodes"], replaces: [] });
    });
});
