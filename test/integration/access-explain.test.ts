/** `portcullis access explain`, the built command in a process of its own, against an emulated account over TLS. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { startOutscaleEmulator, type AccountState, type RunningEmulator } from "../../emulators/outscale";
import type { AccessReport, Loss } from "../../provider/outscale/explain/report";
import { derOf, fingerprintSha1 } from "../../provider/pki/pem";
import { runPortcullis, type Ended, type RunOptions } from "../support/portcullis";
import { testAuthority, type Pair, type TestAuthority } from "../unit/provider/outscale/api/certificates";

/** Where the command calls from. */
const OFFICE = "198.51.100.7";
const RULE = {
    office: `aar-${"1".repeat(32)}`,
    ada: `aar-${"2".repeat(32)}`,
    anyone: `aar-${"3".repeat(32)}`,
    range: `aar-${"4".repeat(32)}`,
};
const CA = { first: `ca-${"1".repeat(32)}`, second: `ca-${"2".repeat(32)}`, unused: `ca-${"3".repeat(32)}` };
const KEY = { rootOld: "ROOTOLD0000000000000", ann: "ANN00000000000000000", bob: "BOB00000000000000000" };
const DAY = 86_400_000;

describe("portcullis access explain", () => {
    let folder: string;
    let first: TestAuthority;
    let second: TestAuthority;
    let ada: Pair;
    let bob: Pair;
    let expired: Pair;
    let emulator: RunningEmulator;

    before(async () => {
        [first, second] = await Promise.all([testAuthority("First"), testAuthority("Second")]);
        [ada, bob, expired] = await Promise.all([
            first.issue("ada"),
            second.issue("bob"),
            first.issue("ada", { days: -1 }),
        ]);
        folder = mkdtempSync(join(tmpdir(), "portcullis-explain-"));
        const files = {
            "first.pem": first.caPem,
            "both.pem": `${first.caPem}${second.caPem}`,
            "ada.pem": ada.certificatePem,
            "ada.key": ada.privateKeyPem,
            "expired.pem": expired.certificatePem,
            "others.json": JSON.stringify([
                { name: "bob", certificatePem: bob.certificatePem },
                { name: "late", certificateFile: "expired.pem" },
            ]),
        };
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });
    beforeEach(async () => {
        emulator = await startOutscaleEmulator({ defaultRules: "none", sourceAddress: OFFICE });
        emulator.account.restore(stateWith(emulator.account.snapshot()));
    });
    afterEach(() => emulator.stop());

    /** Four rules, three authorities, two EIM users, keys of all kinds. */
    function stateWith(state: AccountState): AccountState {
        const now = emulator.account.now();
        const dates = { CreationDate: now, LastModificationDate: now };
        const rule = (id: string, Description: string, criteria: object) => ({
            ApiAccessRuleId: id,
            Description,
            CaIds: [],
            Cns: [],
            IpRanges: [],
            ...criteria,
        });
        const ca = (CaId: string, CaPem: string, Description: string) => ({
            CaId,
            CaPem,
            CaFingerprint: fingerprintSha1(CaPem),
            Description,
        });
        const key = (AccessKeyId: string, UserName: string | null, changes: object) => ({
            AccessKeyId,
            SecretKey: "S".repeat(40),
            UserName,
            State: "ACTIVE" as const,
            Tag: null,
            ExpirationDate: null,
            ...dates,
            ...changes,
        });
        const user = (UserName: string) => ({
            UserId: `ID-${UserName}`,
            UserName,
            Path: "/",
            UserEmail: null,
            ...dates,
        });
        return {
            ...state,
            rules: [
                rule(RULE.office, "office", { IpRanges: [`${OFFICE}/32`] }),
                rule(RULE.ada, "ada", { CaIds: [CA.first], Cns: ["ada"] }),
                rule(RULE.anyone, "anyone of either", { CaIds: [CA.first, CA.second], Cns: ["bob", "cy"] }),
                rule(RULE.range, "half \u001b[31m", { IpRanges: ["192.0.2.0/25"] }),
            ],
            cas: [
                ca(CA.first, first.caPem, "first"),
                ca(CA.second, second.caPem, ""),
                ca(CA.unused, second.caPem, "twice"),
            ],
            users: [user("ann"), user("bob")],
            keys: [
                ...state.keys,
                key(KEY.rootOld, null, { ExpirationDate: now - DAY }),
                key(KEY.ann, "ann", { ExpirationDate: Date.parse("2063-04-05T00:00:00Z") }),
                key(KEY.bob, "bob", { State: "INACTIVE" }),
            ],
        };
    }

    const explain = (args: readonly string[], options: Partial<RunOptions> = {}): Promise<Ended> =>
        runPortcullis(["access", "explain", ...args], {
            directory: folder,
            environment: { OSC_ACCESS_KEY: emulator.accessKey, OSC_SECRET_KEY: emulator.secretKey },
            ...options,
        });
    const there = (): string[] => ["--endpoint", emulator.endpoint, "--ca-file", emulator.caFile];
    const people = [
        ...["--identity", "name=ada,certificate=ada.pem", "--identity", `name=office,ip=${OFFICE}`],
        ...["--identity", "name=net,ip=192.0.2.0/24", "--identities", "others.json"],
    ];
    const reportOf = ({ code, out, err }: Ended): AccessReport => {
        assert.equal(err, "");
        assert.equal(code, 0);
        // The command prints exactly this type.
        return JSON.parse(out) as AccessReport;
    };

    it("prints who is admitted by what, and what would be lost without it", async () => {
        // To the second, so that every run breaks its lines alike.
        const at = `${new Date().toISOString().slice(0, 19)}Z`;
        const args = [...there(), ...people, "--authority", "both.pem", "--at", at];
        const { out, err, code } = await explain(args);
        assert.deepEqual([code, err], [0, ""]);
        const stable = out
            .replaceAll(emulator.endpoint, "https://emulator/api/v1")
            .replaceAll(emulator.accessKey, "ROOT0000000000000000")
            .replace(/20(?!63)\d{2}-\d{2}-\d{2}(T[0-9:.]+Z)?/g, "DATE");
        assert.equal(stable, EXPECTED_TEXT);
    });

    it("prints the same as JSON", async () => {
        const report = reportOf(await explain([...there(), ...people, "--authority", "both.pem", "--json"]));
        assert.deepEqual(report.source, {
            kind: "account",
            endpoint: emulator.endpoint,
            region: "eu-west-2",
        });
        assert.deepEqual(
            report.identities.map(({ name, verdict, by }) => [name, verdict, by]),
            [
                ["ada", "admitted", [RULE.office, RULE.ada, RULE.range]],
                ["office", "admitted", [RULE.office]],
                ["net", "refused", [RULE.range]],
                ["bob", "admitted", [RULE.office, RULE.anyone, RULE.range]],
                ["late", "refused", [RULE.office, RULE.range]],
            ],
        );
        assert.deepEqual(
            report.rules.map(({ id, without }) => [
                id,
                without.map((loss) => `${loss.identity} ${loss.effect}`),
            ]),
            [
                [RULE.office, ["office lockedOut", "late narrowed"]],
                [RULE.ada, ["ada narrowed"]],
                [RULE.anyone, ["bob narrowed"]],
                [RULE.range, ["net lockedOut", "late narrowed"]],
            ],
        );
        assert.deepEqual(
            report.authorities.map(({ id, rules, without }) => [
                id,
                rules,
                without.map(({ identity }) => identity),
            ]),
            [
                [CA.first, [RULE.ada, RULE.anyone], ["ada"]],
                [CA.second, [RULE.anyone], ["bob"]],
                [CA.unused, [], []],
            ],
        );
        assert.deepEqual(
            report.keys?.map(({ id, user, isUsable, isLastUsable, isCalling }) => [
                id,
                user,
                isUsable,
                isLastUsable,
                isCalling,
            ]),
            [
                [emulator.accessKey, null, true, true, true],
                [KEY.rootOld, null, false, false, false],
                [KEY.ann, "ann", true, true, false],
                [KEY.bob, "bob", false, false, false],
            ],
        );
        assert.equal(report.keys?.[2]?.expiresAt, "2063-04-05T00:00:00.000Z");
        assert.deepEqual(report.notes, []);
    });

    it("names as losing access those whom the emulated account then refuses", async () => {
        const args = [...there(), ...people, "--authority", "both.pem", "--json"];
        const { rules, authorities } = reportOf(await explain(args));
        const before = emulator.account.snapshot();
        // From where each is admitted by one rule alone.
        const callers = {
            office: { sourceAddress: OFFICE },
            ada: { sourceAddress: "203.0.113.9", certificate: derOf(ada.certificatePem) },
            bob: { sourceAddress: "203.0.113.9", certificate: derOf(bob.certificatePem) },
            net: { sourceAddress: "192.0.2.7" },
        };
        const refused = (change: Partial<AccountState>): string[] => {
            emulator.account.restore({ ...before, ...change });
            return Object.entries(callers).flatMap(([name, caller]) =>
                emulator.account.admits(caller) ? [] : [name],
            );
        };
        assert.deepEqual(refused({}), []);
        const named = ({ without }: { readonly without: readonly Loss[] }): string[] =>
            without.map(({ identity }) => identity).filter((identity) => identity in callers);
        for (const rule of rules) {
            const left = before.rules.filter(({ ApiAccessRuleId }) => ApiAccessRuleId !== rule.id);
            assert.deepEqual(refused({ rules: left }), named(rule), rule.id);
        }
        for (const authority of authorities) {
            const left = before.cas.filter(({ CaId }) => CaId !== authority.id);
            assert.deepEqual(refused({ cas: left }), named(authority), authority.id);
        }
    });

    it("leaves undetermined what hangs on a certificate that nobody gave", async () => {
        const report = reportOf(await explain([...there(), ...people, "--authority", "first.pem", "--json"]));
        assert.deepEqual(
            report.identities.map(({ verdict }) => verdict),
            ["admitted", "admitted", "refused", "undetermined", "refused"],
        );
        assert.equal(report.notes.length, 1);
        assert.match(report.notes[0] ?? "", new RegExp(`^The certificate of ${CA.second} `));
    });

    it("only reads, and what it prints holds no secret and nothing that a terminal acts upon", async () => {
        const { out } = await explain([...there(), ...people]);
        assert.deepEqual([...new Set(emulator.calls.map(({ name }) => name))].sort(), [
            "ReadAccessKeys",
            "ReadApiAccessPolicy",
            "ReadApiAccessRules",
            "ReadCas",
            "ReadUsers",
        ]);
        assert.equal(out.includes(emulator.secretKey), false);
        assert.match(out, /"half \\u\{1b\}\[31m"/);
        assert.equal(out.includes("\u001b"), false);
    });

    it("finds the account by a profile, and presents the profile's certificate", async () => {
        const profile = {
            access_key: emulator.accessKey,
            secret_key: emulator.secretKey,
            endpoint: emulator.endpoint,
            ca_file: emulator.caFile,
            x509_client_cert: join(folder, "ada.pem"),
            x509_client_key: join(folder, "ada.key"),
        };
        writeFileSync(join(folder, "profiles.json"), JSON.stringify({ ops: profile }));
        emulator.faults.defaultSourceAddress = "203.0.113.9";
        const args = ["--profile", "ops", "--config-file", "profiles.json", "--json"];
        const report = reportOf(await explain(args, { environment: {} }));
        assert.equal(report.rules.length, 4);
        const refused = await explain(there());
        assert.equal(refused.code, 1);
        assert.match(refused.err, /^portcullis: OUTSCALE refused ReadApiAccessRules \(HTTP 401, code 14,/);
    });

    it("decides for another moment", async () => {
        const at = new Date(Date.now() + 2 * DAY).toISOString().slice(0, 10);
        const ended = await explain([...there(), ...people, "--authority", "both.pem", "--json", "--at", at]);
        const report = reportOf(ended);
        assert.equal(report.at, `${at}T00:00:00.000Z`);
        assert.equal(report.identities[0]?.verdict, "refused", "the certificate has ended by then");
    });

    it("fails, after the report, where everybody is to be admitted and is not", async () => {
        const args = [...there(), "--require-admitted", "--authority", "both.pem"];
        const office = ["--identity", `name=office,ip=${OFFICE}`];
        assert.equal((await explain([...args, ...office])).code, 0);
        const other = await explain([...args, ...office, "--identity", "name=net,ip=192.0.2.0/24"]);
        assert.equal(other.code, 1);
        assert.match(other.out, /^ {2}net +in part /m);
        assert.equal(
            other.err,
            'portcullis: Not every identity is admitted: "net" (refused). The report says which rule refuses whom, and why.\n',
        );
        const nobody = await explain(args);
        assert.deepEqual(
            [nobody.code, nobody.err],
            [
                1,
                "portcullis: Nobody was shown to be admitted: no identity was given. Name the identities with --identity or --identities.\n",
            ],
        );
    });

    for (const [what, args, environment, message] of [
        [
            "no keys",
            [],
            {},
            "No access key and secret key were found in the environment or a profile. Set OSC_ACCESS_KEY and OSC_SECRET_KEY, or name a profile of ~/.osc/config.json that has access_key and secret_key (--profile).",
        ],
        [
            "half of a pair",
            [],
            { OSC_ACCESS_KEY: "A" },
            "OSC_ACCESS_KEY is set, but OSC_SECRET_KEY is not. Set both in the same place: an access key and its secret key are never taken from different ones.",
        ],
        [
            "a state that is none",
            ["--state", "ada.key"],
            {},
            "ada.key is not the state of a Pulumi stack. Write it with `pulumi stack export --file state.json`.",
        ],
        [
            "an identity twice",
            ["--identity", "name=a,ip=192.0.2.1", "--identity", "name=a,ip=192.0.2.2"],
            {},
            'Two identities are called "a". Give each a name of its own; those of the state have theirs already.',
        ],
        [
            "a moment that is none",
            ["--at", "soon"],
            {},
            '--at: "soon" is no moment. Write it as 2027-01-31, or with time and offset as 2027-01-31T12:00:00Z.',
        ],
    ] as const) {
        it(`fails with one message and prints no report for ${what}`, async () => {
            const ended = await explain(args, { environment });
            assert.deepEqual([ended.code, ended.out], [1, ""]);
            assert.equal(ended.err, `portcullis: ${message}\n`);
        });
    }

    it("loads no part of Pulumi's SDK", async () => {
        writeFileSync(
            join(folder, "loaded.cjs"),
            'process.on("exit", () => console.error(Object.keys(require.cache).filter((path) => /[\\\\/]@pulumi[\\\\/]/.test(path)).length, Object.keys(require.cache).length > 20));',
        );
        const ended = await explain(there(), { preload: join(folder, "loaded.cjs") });
        assert.deepEqual([ended.code, ended.err], [0, "0 true\n"]);
    });
});

const EXPECTED_TEXT = `The OUTSCALE account at https://emulator/api/v1 (eu-west-2)
Decided for DATE.

IDENTITIES
  NAME    VERDICT   BY          FROM              CERTIFICATE
  ada     admitted  R1, R2, R4  any IPv4 address  CN ada, until DATE
  office  admitted  R1          198.51.100.7      none
  net     in part   R4          192.0.2.0/24      none
  bob     admitted  R1, R3, R4  any IPv4 address  CN bob, until DATE
  late    in part   R1, R4      any IPv4 address  CN ada, until DATE

ACCESS RULES
  R1  aar-11111111111111111111111111111111 "office" [IP 198.51.100.7/32]
      ada     admitted  from 198.51.100.7/32 only
      office  admitted  from every address of the identity
      net     refused   192.0.2.0/24 is outside 198.51.100.7/32
      bob     admitted  from 198.51.100.7/32 only
      late    admitted  from 198.51.100.7/32 only
  R2  aar-22222222222222222222222222222222 "ada" [CA ca-11111111111111111111111111111111, CN ada]
      ada     admitted  a certificate of ca-11111111111111111111111111111111, from every address of the
                        identity
      office  refused   it asks for a client certificate
      net     refused   it asks for a client certificate
      bob     refused   the certificate's CN bob is not among ada
      late    refused   ca-11111111111111111111111111111111: The client certificate "ada" expired on
                        DATE (it is DATE).
  R3  aar-33333333333333333333333333333333 "anyone of either" [CA ca-11111111111111111111111111111111 or
      ca-22222222222222222222222222222222, CN bob or cy]
      ada     refused   the certificate's CN ada is not among bob, cy
      office  refused   it asks for a client certificate
      net     refused   it asks for a client certificate
      bob     admitted  a certificate of ca-22222222222222222222222222222222, from every address of the
                        identity
      late    refused   the certificate's CN ada is not among bob, cy
  R4  aar-44444444444444444444444444444444 "half \\u{1b}[31m" [IP 192.0.2.0/25]
      ada     admitted  from 192.0.2.0/25 only
      office  refused   198.51.100.7 is outside 192.0.2.0/25
      net     admitted  from 192.0.2.0/25 only
      bob     admitted  from 192.0.2.0/25 only
      late    admitted  from 192.0.2.0/25 only

AUTHORITIES
  A1  ca-11111111111111111111111111111111  named by R2, R3  CN First, until DATE; "first"
  A2  ca-22222222222222222222222222222222  named by R3      CN Second, until DATE
  A3  ca-33333333333333333333333333333333  named by -       CN Second, until DATE; "twice"

ACCESS KEYS
  ROOT0000000000000000  root user     ACTIVE    never expires
  ROOTOLD0000000000000  root user     ACTIVE    expired DATE
  ANN00000000000000000  EIM user ann  ACTIVE    expires 2063-04-05T00:00:00.000Z
  BOB00000000000000000  EIM user bob  INACTIVE  never expires

IF ONE OF THEM WENT
  rule R1                   office would no longer be admitted; late would be admitted from fewer addresses
  rule R2                   ada would be admitted from fewer addresses
  rule R3                   bob would be admitted from fewer addresses
  rule R4                   net would no longer be admitted; late would be admitted from fewer addresses
  authority A1              ada would be admitted from fewer addresses
  authority A2              bob would be admitted from fewer addresses
  authority A3              nobody would lose access; no rule names it
  key ROOT0000000000000000  the root user would have no usable key left; this command calls with it
  key ROOTOLD0000000000000  nothing: it cannot be used as it is
  key ANN00000000000000000  the EIM user ann would have no usable key left
  key BOB00000000000000000  nothing: it cannot be used as it is

TRUSTED SESSION
  off; no maximum lifetime of access keys
  in its way: Access keys have no maximum lifetime (MaxAccessKeyExpirationSeconds is 0).
  in its way: The access rule aar-11111111111111111111111111111111 "office" [IP 198.51.100.7/32] names no
  authority.
  in its way: The access rule aar-44444444444444444444444444444444 "half \\u{1b}[31m" [IP 192.0.2.0/25] names
  no authority.
  in its way: The access key ROOT0000000000000000 of the root user never expires.
  in its way: The access key BOB00000000000000000 of the EIM user bob never expires.
  without the rules that name no authority: office, net, late would no longer be admitted
`;
