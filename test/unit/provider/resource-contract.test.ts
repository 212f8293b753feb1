/** What holds of every resource type: unknown values pass its check and count as changes; its own answers are stable. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { fingerprintSha1 } from "../../../provider/pki/pem";
import { REGISTRY } from "../../../provider/registry";
import { UNKNOWN } from "../../../provider/resource";
import { TYPES, type Token } from "../../../provider/types";
import { daysFromNow, makeHolders, NOW, type Holders } from "../../support/holders";
import { makeTiers, type Tiers } from "../../support/tiers";
import { withUnknowns } from "../../support/unknowns";
import { tlsFiles, type TlsFixture } from "../../support/vault-cluster";
import { pkiSubjects } from "./pki/contract-subjects";
import { vaultSubjects } from "./vault/contract-subjects";
import type { Bag, Subject } from "./contract-subject";

let holders: Holders;
let tiers: Tiers;
let tls: TlsFixture;
beforeAll(async () => {
    holders = await makeHolders();
    tiers = await makeTiers();
    const validity = { notBefore: daysFromNow(-1), notAfter: daysFromNow(300) };
    tls = await tlsFiles(validity, validity);
});

const shared = (): Bag => ({
    protect: [
        {
            name: "alice",
            sourceIp: "192.0.2.7",
            certificatePem: holders.alice.certificatePem,
            authorityPems: [holders.authorities.a.certificatePem],
        },
    ],
    clientCertificates: [holders.alice],
});
const rule = { caIds: ["ca-1"], cns: ["alice"], ipRanges: ["192.0.2.0/24"] };
const record = {
    keys: [{ accessKeyId: "KEY1", userName: "ci", state: "ACTIVE", tag: "t" }],
    policy: { maxAccessKeyExpirationSeconds: 0, requireTrustedEnv: false },
};

const subjects: Readonly<Record<Token, Subject>> = {
    "outscale:Ca": {
        inputs: () => ({
            caPem: holders.authorities.a.certificatePem,
            description: "d",
            adopt: true,
            adoptId: "ca-1",
            ...shared(),
        }),
        outputs: () => ({ caId: "ca-1", fingerprint: fingerprintSha1(holders.authorities.a.certificatePem) }),
        ignored: ["adopt", "adoptId"],
        replacing: ["caPem"],
    },
    "outscale:ApiAccessRule": {
        inputs: () => ({
            ...rule,
            description: "d",
            adopt: true,
            adoptId: "aar-1",
            widen: true,
            replaceToNarrow: true,
            ...shared(),
        }),
        outputs: () => ({ ruleId: "aar-1" }),
        ignored: ["adopt", "adoptId", "widen"],
        replacing: [],
    },
    "outscale:ApiAccessRuleRecord": {
        inputs: () => ({ ruleId: "aar-1", description: "d", ...rule, clientCertificates: [holders.alice] }),
        outputs: () => ({ found: { ruleId: "aar-1", description: "d", ...rule } }),
        ignored: [],
        replacing: ["ruleId", "description", "caIds", "cns", "ipRanges"],
    },
    "outscale:RetiredApiAccessRule": {
        inputs: () => ({
            record: { ruleId: "aar-1", description: "d", ...rule },
            criteria: { ruleId: "aar-1", description: "d", ...rule },
            proof: "proof",
            ...shared(),
        }),
        outputs: () => ({ restores: [{ ruleId: "aar-1", description: "d", ...rule }] }),
        ignored: ["proof"],
        replacing: [],
    },
    "outscale:ApiAccessPlan": {
        inputs: () => ({
            rules: [
                {
                    name: "certificate",
                    authorityPems: [holders.authorities.a.certificatePem],
                    cns: ["alice"],
                    ipRanges: ["192.0.2.0/24"],
                },
            ],
            protect: shared().protect,
        }),
        outputs: () => ({}),
        ignored: [],
        replacing: [],
    },
    "outscale:ApiAccessProof": {
        inputs: () => ({
            rules: [
                {
                    name: "certificate",
                    ruleId: "aar-1",
                    authorityPems: [holders.authorities.a.certificatePem],
                    cns: ["alice"],
                    ipRanges: ["192.0.2.0/24"],
                },
            ],
            probe: holders.alice,
            protectPrevious: true,
            ...shared(),
        }),
        outputs: () => ({ provenAt: NOW.toISOString(), conclusive: true, otherRules: [] }),
        ignored: [],
        replacing: [],
    },
    "outscale:AccessKey": {
        inputs: () => ({
            userName: "ci",
            lifetime: "90d",
            rotateBefore: "30d",
            overlap: "7d",
            state: "ACTIVE",
            tag: "t",
            clientCertificates: shared().clientCertificates,
        }),
        outputs: () => ({
            accessKeyId: "A".repeat(20),
            secretKey: "S".repeat(40),
            since: NOW.toISOString(),
            expirationDate: new Date(NOW.getTime() + 90 * 86_400_000).toISOString(),
        }),
        ignored: [],
        replacing: ["userName"],
    },
    "outscale:KeyAudit": {
        inputs: () => ({
            maxAccessKeyExpiration: "90d",
            expire: { KEY1: "30d" },
            remove: ["KEY2"],
            triggers: ["t"],
            record,
            clientCertificates: shared().clientCertificates,
        }),
        outputs: () => ({ found: record, blocking: [], blockingRules: [], dates: {} }),
        ignored: [],
        replacing: [],
    },
    "outscale:ApiAccessPolicy": {
        inputs: () => ({
            maxAccessKeyExpiration: "90d",
            requireTrustedEnv: false,
            onlyRelax: false,
            blocking: [],
            blockingRules: ["aar-1"],
            record,
            probe: holders.alice,
            clientCertificates: shared().clientCertificates,
        }),
        outputs: () => ({ found: record.policy }),
        ignored: [],
        replacing: [],
    },
    "outscale:SdkProfile": {
        inputs: () => ({
            client: "sdk",
            profile: "secure",
            path: "~/.osc/config.json",
            accessKeyId: "AK",
            secretKey: "SK",
            region: "eu-west-2",
            endpoint: "https://api.eu-west-2.outscale.com/api/v1",
            clientCertificate: holders.alice,
            adopt: true,
        }),
        outputs: () => ({ digest: "", driftedKeys: [], found: "{}" }),
        ignored: ["adopt"],
        replacing: ["path", "profile"],
    },
    ...pkiSubjects(() => ({ holders, tiers })),
    ...vaultSubjects(() => ({ holders, tls })),
};

describe.each(Object.keys(TYPES) as Token[])("%s", (token) => {
    const subject = subjects[token];
    const { type } = REGISTRY[token];
    const { ignored, replacing } = subject;
    const check = (inputs: Bag) => type.check(inputs, NOW, {});
    const state = (): Bag => ({ ...check(subject.inputs()).inputs, ...subject.outputs() });

    test("accepts its inputs, takes its own answer again, and sees no change in it", () => {
        const first = check(subject.inputs());
        expect(first.failures).toEqual([]);
        expect(Object.keys(first.inputs).sort()).toEqual(Object.keys(subject.inputs()).sort());
        expect(check(first.inputs)).toEqual(first);
        expect(type.check(first.inputs, NOW, first.inputs)).toEqual(first);
        expect(type.diff(state(), first.inputs, NOW)).toMatchObject({ changed: [], replaces: [] });
    });

    test("lets every part be unknown, and passes it through", () => {
        const given = subject.inputs();
        for (const [property, value] of Object.entries(given)) {
            for (const [path, planned] of withUnknowns(value)) {
                const { inputs, failures } = check({ ...given, [property]: planned });
                expect({ path: property + path, failures }).toEqual({
                    path: property + path,
                    failures: [],
                });
                expect(inputs[property]).toEqual(planned);
            }
        }
    });

    test("lets all of them be unknown", () => {
        const unknown = Object.fromEntries(Object.keys(subject.inputs()).map((key) => [key, UNKNOWN]));
        expect(check(unknown)).toEqual({ inputs: unknown, failures: [] });
    });

    test("takes every unknown part for a change, and for a replacement where the property replaces", () => {
        const { inputs } = check(subject.inputs());
        for (const [property, value] of Object.entries(inputs)) {
            for (const [path, planned] of withUnknowns(value)) {
                const found = type.diff(state(), { ...inputs, [property]: planned }, NOW);
                const changed = ignored.includes(property) ? [] : [property];
                expect({ path, ...found }).toMatchObject({
                    path,
                    changed,
                    replaces: replacing.includes(property) ? changed : [],
                });
            }
        }
    });

    test("names what there is no such input of", () => {
        expect(check({ ...subject.inputs(), typo: 1 }).failures).toEqual([
            {
                property: "typo",
                reason: expect.stringMatching(
                    /^There is no such input\. Remove it, or use one of: [a-zA-Z, ]+\.$/,
                ),
            },
        ]);
        expect(check({ ...subject.inputs(), __provider: "text" })).toEqual(check(subject.inputs()));
    });

    test("names every property of a wrong type, says what to give, and echoes nothing", () => {
        for (const property of Object.keys(subject.inputs())) {
            for (const wrong of [Symbol("x"), 4711, { "4711": "4711" }]) {
                const { failures } = check({ ...subject.inputs(), [property]: wrong });
                if (["pathLength", "generation"].includes(property) && wrong === 4711) continue;
                expect(failures.length).toBeGreaterThan(0);
                for (const failure of failures) {
                    expect(failure.property.startsWith(property)).toBe(true);
                    expect(failure.reason).toMatch(/Give |Write |Use one of|Remove it/);
                    if (!failure.reason.includes("no such input"))
                        expect(failure.reason).not.toContain("4711");
                }
            }
        }
    });

    test("throws for nothing: neither for no inputs nor for nonsense in every place", () => {
        for (const given of [{}, subject.inputs()]) {
            for (const nonsense of ["", "nonsense", 0, true, [], [[]], [{}], {}]) {
                const wrong = Object.fromEntries(Object.keys(given).map((key) => [key, nonsense]));
                expect(Array.isArray(check(wrong).failures)).toBe(true);
            }
        }
    });
});
