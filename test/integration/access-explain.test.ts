/** `portcullis access explain`, the built command in a process of its own, against an emulated account over TLS. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { startOutscaleEmulator, type AccountState, type RunningEmulator } from "../../emulators/outscale";
import type { AccessReport, Loss } from "../../provider/outscale/explain/report";
import { derOf } from "../../provider/pki/pem";
import { CA, crowded, DAY, EXPECTED_TEXT, KEY, OFFICE, RULE } from "../support/crowded-account";
import { runPortcullis, type Ended, type RunOptions } from "../support/portcullis";
import { testAuthority, type Pair, type TestAuthority } from "../unit/provider/outscale/api/certificates";

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
        emulator.account.restore(crowded(emulator.account.snapshot(), first.caPem, second.caPem));
    });
    afterEach(() => emulator.stop());

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
        assert.equal(report.keys[2]?.expiresAt, "2063-04-05T00:00:00.000Z");
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
