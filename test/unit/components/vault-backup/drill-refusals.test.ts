/** What VaultBackup refuses of a drill when it is declared, among all other faults at once. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { checkPlain } from "../../../../components/vault-backup/plan";
import { PortcullisError } from "../../../../provider/errors";
import { tlsFiles, type TlsFixture } from "../../../support/vault-cluster";
import { backup, DRILL, refusals, SEAL_KEY } from "./fixture";

const SEAL =
    'drill.seal.kmsKeyArn: It is no ARN of a key. Write it as "arn:aws:kms:eu-west-3:123456789012:key/…", in full: the key that unseals the cluster, and not that of the snapshots.';
const TIME = 'drill.timeout: Give a duration from "1m" to "1d", as "2h".';
const MEMORY = 'drill.memory: Give a whole number of Mi or Gi, 512Mi at least, as "1Gi".';
const STORAGE = 'drill.storage: Give a whole number of Mi or Gi, 1024Mi at least, as "8Gi".';
const WAY =
    "drill.auth: A restored server reaches no cluster that could say whose a token is. Give appRole alone.";
const network = (text: unknown): string =>
    `drill.egressCidrs[0]: ${JSON.stringify(text)} is no network. Write it as "10.0.0.0/16", its first address before the slash.`;

let tls: TlsFixture;
beforeAll(async () => {
    tls = await tlsFiles();
});
const drilled = (changes: object, more: object = {}) =>
    backup(tls.authorities, { drill: { ...DRILL, ...changes }, ...more });

describe("a drill", () => {
    test.each<readonly [string, object, string]>([
        [
            "an image that changes without a word",
            { server: "openbao/openbao" },
            'drill.server: What it stands for changes without a word. Give a tag other than "latest", or a digest.',
        ],
        [
            "a key by its alias",
            { seal: { kmsKeyArn: "arn:aws:kms:eu-west-3:123456789012:alias/vault" } },
            SEAL,
        ],
        ["a key by its id", { seal: { kmsKeyArn: "11111111-2222-3333-4444-555555555555" } }, SEAL],
        ["every key", { seal: { kmsKeyArn: "arn:aws:kms:eu-west-3:123456789012:key/*" } }, SEAL],
        ["more than a key", { seal: { kmsKeyArn: `${SEAL_KEY}"\n}\nlistener "tcp" {` } }, SEAL],
        [
            "a token of Kubernetes",
            { auth: { kubernetes: { role: "drill" } } },
            "drill.auth.appRole: It is missing. Give { secretStore, remoteKey }, of an AppRole as VaultPki's drill: a restored server has no other way in.",
        ],
        ["two ways", { auth: { ...DRILL.auth, kubernetes: { role: "drill" } } }, WAY],
        [
            "no secret",
            { auth: { appRole: { ...DRILL.auth.appRole, remoteKey: "" } } },
            "drill.auth.appRole.remoteKey: It is empty. Give the name of the secret in the store.",
        ],
        [
            "a mount with auth before it",
            { auth: { appRole: { ...DRILL.auth.appRole, mount: "auth/approle" } } },
            'drill.auth.appRole.mount: It is no path of an auth method. Write it without "auth/" and slashes around, as "approle".',
        ],
        [
            "no schedule",
            { schedule: "weekly" },
            'drill.schedule: "weekly" is no schedule that Kubernetes would ever run. Write five fields, minute, hour, day, month and weekday, as "17 1 * * *"; the time zone is UTC.',
        ],
        [
            "a schedule without a rest",
            { schedule: "*/5 * * * *" },
            "drill.schedule: Two runs are 5 min apart, and each reads or lists everything. Leave 10 minutes at least.",
        ],
        ["no time", { timeout: "30s" }, TIME],
        ["two days", { timeout: "2d" }, TIME],
        ["words for time", { timeout: "long" }, TIME],
        ["too little memory", { memory: "511Mi" }, MEMORY],
        ["half a gibibyte in tenths", { memory: "0.5Gi" }, MEMORY],
        ["memory in bytes", { memory: "1073741824" }, MEMORY],
        ["no number of memory", { memory: 1 }, MEMORY],
        ["too little disk", { storage: "1023Mi" }, STORAGE],
        ["disk in other units", { storage: "8G" }, STORAGE],
        ["an address", { egressCidrs: ["10.0.0.7"] }, network("10.0.0.7")],
        ["an address within its network", { egressCidrs: ["10.0.0.7/16"] }, network("10.0.0.7/16")],
        ["a name", { egressCidrs: ["s3.eu-west-3.amazonaws.com"] }, network("s3.eu-west-3.amazonaws.com")],
        [
            "a network that is IPv4 within IPv6",
            { egressCidrs: ["::ffff:10.0.0.0/112"] },
            network("::ffff:10.0.0.0/112"),
        ],
        ["no text for a network", { egressCidrs: [7] }, network(7)],
        [
            "no network",
            { egressCidrs: [] },
            "drill.egressCidrs: It is empty, and the job would reach no snapshot. Leave it out, or give networks.",
        ],
        [
            "a promise that its own policy breaks",
            { isolated: true },
            'drill.isolated: The drill\'s own NetworkPolicy lets it send HTTPS everywhere, and clouds revoke over HTTPS. Give egressCidrs: the networks of the endpoints of S3, STS and KMS, or ["0.0.0.0/0"] where something else holds it to those.',
        ],
    ])("refuses %s", (_, changes, said) => {
        expect(refusals(drilled(changes))).toEqual([said]);
    });

    test("refuses a bucket after which no role can be named, and an age that is always reached or of nothing", () => {
        const bucketName = "b".repeat(59);
        expect(refusals(drilled({}, { bucketName }))).toEqual([
            "bucketName: The drill's role is named after it, and IAM takes no name so long. Give the bucket at most 58 characters.",
        ]);
        expect(refusals(backup(tls.authorities, { bucketName }))).toEqual([]);
        expect(refusals(drilled({}, { alerts: { maxDrillAge: "7d" } }))).toEqual([
            "alerts.maxDrillAge: Up to 170 h pass between the ends of two good runs, so that it would alert though all is well. Give more than that.",
        ]);
        expect(refusals(drilled({}, { alerts: { maxDrillAge: "a week" } }))).toEqual([
            'alerts.maxDrillAge: It is no duration. Write it as "26h".',
        ]);
        expect(refusals(backup(tls.authorities, { alerts: { maxDrillAge: "8d" } }))).toEqual([
            "alerts.maxDrillAge: There are no drills. Give drill as well.",
        ]);
    });

    test("says every fault at once, those of the backup among them", () => {
        const said = refusals(
            drilled(
                { server: "bao", schedule: "", memory: "1", seal: { kmsKeyArn: "" }, isolated: true },
                { bucketName: "V", alerts: { severity: "" } },
            ),
        );
        expect(said.map((one) => one.slice(0, one.indexOf(":")))).toEqual([
            ...["bucketName", "drill.schedule", "drill.memory", "drill.isolated", "drill.server"],
            ...["drill.seal.kmsKeyArn", "alerts.severity"],
        ]);
    });

    test.each<readonly [string, object]>([
        ["the least", {}],
        [
            "the most",
            {
                server: `hashicorp/vault@sha256:${"0".repeat(64)}`,
                seal: { kmsKeyArn: "arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-0123456789abcdef" },
                schedule: "0 3 1 * *",
                timeout: "1d",
                memory: "512Mi",
                storage: "999999Gi",
                egressCidrs: ["0.0.0.0/0", "::/0", "10.0.0.7/32", "2001:db8::/32"],
                isolated: true,
            },
        ],
    ])("takes %s", (_, changes) => {
        expect(refusals(drilled(changes, { bucketName: "b".repeat(58) }))).toEqual([]);
    });
});

test("what is always plain is refused at once, though the seal's key is not known yet", () => {
    const key = pulumi.output(new Promise<string>(() => undefined));
    const args = (changes: object) => ({
        ...backup(tls.authorities),
        drill: { ...DRILL, seal: { kmsKeyArn: key }, ...changes },
    });
    expect(() => {
        checkPlain("backup", args({}));
    }).not.toThrow();
    expect(() => {
        checkPlain("backup", { ...args({ timeout: "1s" }), bucketName: "V" });
    }).toThrow(PortcullisError);
    expect(() => {
        checkPlain("backup", { ...args({ timeout: "1s" }), bucketName: "V" });
    }).toThrow(/- bucketName: [^]*- drill\.timeout: /);
});
