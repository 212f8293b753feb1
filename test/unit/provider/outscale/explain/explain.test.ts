/** The report on an account's access: its form, its verdicts, and what would be lost without each part. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import {
    explainAccess,
    type AccountPicture,
    type Asked,
} from "../../../../../provider/outscale/explain/explain";
import type { AccessReport } from "../../../../../provider/outscale/explain/report";
import type { ProtectedIdentity } from "../../../../../provider/outscale/protection";
import { fingerprintSha1 } from "../../../../../provider/pki/pem";
import { daysFromNow, makeHolders, NOW, type Holders } from "../../../../support/holders";

let holders: Holders;
let pemA: string;
let pemB: string;
beforeAll(async () => {
    holders = await makeHolders();
    pemA = holders.authorities.a.certificatePem;
    pemB = holders.authorities.b.certificatePem;
});

const OFFICE = "198.51.100.7";
const SOURCE = { kind: "account", endpoint: "https://api.invalid/api/v1", region: "eu-west-2" } as const;

type RuleWishes = Partial<Record<"CaIds" | "Cns" | "IpRanges", readonly string[]>>;
const rule = (id: string, wishes: RuleWishes, Description = ""): AccountPicture["rules"][number] => ({
    ApiAccessRuleId: id,
    CaIds: [],
    Cns: [],
    IpRanges: [],
    Description,
    ...wishes,
});
const ca = (CaId: string, pem: string, Description = ""): AccountPicture["cas"][number] => ({
    CaId,
    CaFingerprint: fingerprintSha1(pem),
    Description,
});

/** An office address, and certificates of two authorities. */
const picture = (changes: Partial<AccountPicture> = {}): AccountPicture => ({
    source: SOURCE,
    rules: [
        rule("aar-office", { IpRanges: [`${OFFICE}/32`] }, "office"),
        rule("aar-a", { CaIds: ["ca-a"], Cns: ["alice"] }),
    ],
    cas: [ca("ca-a", pemA, "first"), ca("ca-b", pemB)],
    notes: [],
    ...changes,
});

const alice = (changes: Partial<ProtectedIdentity> = {}): ProtectedIdentity => ({
    name: "alice",
    certificatePem: holders.alice.certificatePem,
    authorityPems: [pemA],
    ...changes,
});
const office: ProtectedIdentity = { name: "office", sourceIp: OFFICE, authorityPems: [] };

const explained = (
    changes: Partial<AccountPicture> = {},
    identities: readonly ProtectedIdentity[] = [alice(), office],
    authorityPems: readonly string[] = [],
): AccessReport => explainAccess(picture(changes), { identities, authorityPems }, NOW);

test("the whole report, as --json prints it: its properties are contract", () => {
    const report = explained({
        keys: [{ accessKeyId: "AK1", state: "ACTIVE", tag: "ops" }],
        callingKey: "AK1",
        policy: { MaxAccessKeyExpirationSeconds: 0, RequireTrustedEnv: false },
        notes: ["Something was not read."],
    });
    const certificate = (pem: string, commonName: string, from: number, to: number): object => ({
        commonName,
        notBefore: daysFromNow(from).toISOString(),
        notAfter: daysFromNow(to).toISOString(),
        fingerprint: fingerprintSha1(pem),
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual({
        version: 1,
        source: SOURCE,
        at: NOW.toISOString(),
        identities: [
            {
                name: "alice",
                sourceIp: null,
                certificate: certificate(holders.alice.certificatePem, "alice", -10, 100),
                verdict: "admitted",
                by: ["aar-office", "aar-a"],
            },
            { name: "office", sourceIp: OFFICE, certificate: null, verdict: "admitted", by: ["aar-office"] },
        ],
        rules: [
            {
                id: "aar-office",
                description: "office",
                caIds: [],
                cns: [],
                ipRanges: [`${OFFICE}/32`],
                summary: `aar-office "office" [IP ${OFFICE}/32]`,
                verdicts: [
                    { identity: "alice", verdict: "admitted", reason: `from ${OFFICE}/32 only` },
                    {
                        identity: "office",
                        verdict: "admitted",
                        reason: "from every address of the identity",
                    },
                ],
                without: [{ identity: "office", effect: "lockedOut" }],
                isLast: false,
            },
            {
                id: "aar-a",
                description: "",
                caIds: ["ca-a"],
                cns: ["alice"],
                ipRanges: [],
                summary: "aar-a [CA ca-a, CN alice]",
                verdicts: [
                    {
                        identity: "alice",
                        verdict: "admitted",
                        reason: "a certificate of ca-a, from every address of the identity",
                    },
                    { identity: "office", verdict: "refused", reason: "it asks for a client certificate" },
                ],
                without: [{ identity: "alice", effect: "narrowed" }],
                isLast: false,
            },
        ],
        authorities: [
            {
                id: "ca-a",
                description: "first",
                fingerprint: fingerprintSha1(pemA),
                certificate: certificate(pemA, "Authority A", -100, 1_000),
                rules: ["aar-a"],
                without: [{ identity: "alice", effect: "narrowed" }],
            },
            {
                id: "ca-b",
                description: "",
                fingerprint: fingerprintSha1(pemB),
                certificate: null,
                rules: [],
                without: [],
            },
        ],
        keys: [
            {
                id: "AK1",
                user: null,
                state: "ACTIVE",
                tag: "ops",
                expiresAt: null,
                isUsable: true,
                isLastUsable: true,
                isCalling: true,
            },
        ],
        policy: {
            maxAccessKeyExpirationSeconds: 0,
            requireTrustedEnv: false,
            blockers: [
                "Access keys have no maximum lifetime (MaxAccessKeyExpirationSeconds is 0).",
                `The access rule aar-office "office" [IP ${OFFICE}/32] names no authority.`,
                "The access key AK1 of the root user never expires.",
            ],
            losses: [{ identity: "office", effect: "lockedOut" }],
        },
        notes: ["Something was not read."],
    });
});

test("what is not known is null, not empty", () => {
    const { keys, policy } = explained();
    expect([keys, policy]).toEqual([null, null]);
});

describe("a certificate that is not known here", () => {
    const unknown = (): ProtectedIdentity[] => [alice({ authorityPems: [] }), office];

    test("leaves verdicts and losses undetermined, and says what to give", () => {
        const report = explained({}, unknown());
        expect(report.identities.map(({ verdict }) => verdict)).toEqual(["undetermined", "admitted"]);
        expect(report.rules[1]?.without).toEqual([{ identity: "alice", effect: "uncertain" }]);
        expect(report.authorities[0]?.without).toEqual([{ identity: "alice", effect: "uncertain" }]);
        expect(report.notes).toEqual([
            `The certificate of ca-a (SHA-1 ${fingerprintSha1(pemA)}) is not known here, and the API never returns it: give its PEM file (--authority), and what rules say that name it is decided.`,
        ]);
    });

    test("is found by its fingerprint among those given", () => {
        const report = explained({}, unknown(), [pemB, pemA]);
        expect(report.identities.map(({ verdict }) => verdict)).toEqual(["admitted", "admitted"]);
        expect(report.authorities.map(({ certificate }) => certificate?.commonName)).toEqual([
            "Authority A",
            "Authority B",
        ]);
        expect(report.notes).toEqual([]);
    });

    test("is not asked for where nobody presents a certificate", () => {
        expect(explained({}, [office]).notes).toEqual([]);
    });

    test("has no fingerprint where a state does not say", () => {
        const report = explained({ cas: [{ CaId: "ca-a", CaFingerprint: "", Description: "" }] }, unknown());
        expect(report.authorities[0]?.fingerprint).toBeNull();
        expect(report.notes[0]).toMatch(/^The certificate of ca-a is not known here,/);
    });
});

test("a rule goes on naming an authority that is no longer there, and admits nobody by it", () => {
    const report = explained({ cas: [] });
    expect(report.rules[1]?.verdicts[0]).toEqual({
        identity: "alice",
        verdict: "refused",
        reason: "ca-a is no longer on the account",
    });
    expect(report.identities[0]?.verdict).toBe("refused");
});

test("the verdicts are of the moment asked for", () => {
    const asked: Asked = { identities: [alice()], authorityPems: [] };
    const at = (days: number): AccessReport => explainAccess(picture(), asked, daysFromNow(days));
    expect([at(0), at(101)].map(({ identities: [first] }) => first?.verdict)).toEqual([
        "admitted",
        "refused",
    ]);
    expect(at(101).rules[1]?.verdicts[0]?.reason).toMatch(/expired on/);
});

test.each([
    [SOURCE, true],
    [{ kind: "state", file: "state.json", stack: "p/s" } as const, false],
])("the last rule of %j: %j, for a state need not hold them all", (source, isLast) => {
    const [only] = picture().rules;
    const report = explained({ source, rules: only ? [only] : [] });
    expect(report.rules.map((each) => each.isLast)).toEqual([isLast]);
});

test("without identities, the report says that it speaks of nobody", () => {
    const report = explained({}, []);
    expect(report.rules.map(({ verdicts, without }) => [verdicts, without])).toEqual([
        [[], []],
        [[], []],
    ]);
    expect(report.notes).toEqual([
        "No identity was given, so nobody is said to be admitted: name some (--identity, --identities).",
    ]);
});

test("a certificate without a common name that can be relied on", () => {
    const nameless = alice({ certificatePem: holders.nameless.certificatePem });
    expect(explained({}, [nameless]).identities[0]?.certificate?.commonName).toBeNull();
});
