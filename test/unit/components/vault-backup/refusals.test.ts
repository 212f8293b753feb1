/** What VaultBackup refuses when it is declared, all faults at once. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { tlsFiles, type TlsFixture } from "../../../support/vault-cluster";
import { APP_ROLE, backup, refusals } from "./fixture";

const BUCKET =
    "bucketName: It is no name that S3 takes for a bucket over TLS. Write 3 to 63 lower-case letters, digits and hyphens, without S3's own beginnings and ends.";
const DAYS = "Give a whole number of days from 1 to 36500.";
const KEEP = "retention.keepLast: The last good snapshot always stays. Give a whole number from 1 to 999999.";
const TAG = 'image: What it stands for changes without a word. Give a tag other than "latest", or a digest.';
const NAME =
    "name: Objects of Kubernetes are named after the component. Give it at most 40 lower-case letters, digits and hyphens.";
const schedule = (text: string, property = "schedule"): string =>
    `${property}: "${text}" is no schedule that Kubernetes would ever run. Write five fields, minute, hour, day, month and weekday, as "17 1 * * *"; the time zone is UTC.`;
const often = (minutes: number, property = "schedule"): string =>
    `${property}: Two runs are ${minutes} min apart, and each reads or lists everything. Leave 10 minutes at least.`;

describe("VaultBackup", () => {
    let tls: TlsFixture;
    beforeAll(async () => {
        tls = await tlsFiles();
    });

    test.each<readonly [string, object, string]>([
        ["no name of a bucket", { bucketName: "Vault" }, BUCKET],
        ["a bucket with a dot", { bucketName: "vault.example" }, BUCKET],
        ["a short bucket", { bucketName: "ab" }, BUCKET],
        ["a bucket that is an access point", { bucketName: "vault-s3alias" }, BUCKET],
        ["a bucket in S3's own words", { bucketName: "xn--vault" }, BUCKET],
        ["a bucket that ends with a hyphen", { bucketName: "vault-" }, BUCKET],
        ["no region", { region: "Paris" }, 'region: It is no region. Write it as "eu-west-3".'],
        [
            "no namespace",
            { namespace: "Vault" },
            "namespace: It is no name of a namespace. Write lower-case letters, digits and hyphens.",
        ],
        [
            "no provider",
            { oidcProviderArn: "arn:aws:iam::123456789012:role/x" },
            'oidcProviderArn: It is no ARN of an OpenID Connect provider. Write it as "arn:aws:iam::123456789012:oidc-provider/…".',
        ],
        [
            "no cluster's name",
            { clusterName: "a/b" },
            'clusterName: "a/b" cannot name a cluster\'s snapshots. Give 1 to 100 letters, digits, dots, dashes or underscores, the first a letter or a digit.',
        ],
        [
            "no prefix",
            { prefix: "vault" },
            'prefix: "vault" is no prefix of objects. Give folders, each ended by a slash, as "vault/"; or nothing.',
        ],
        ["no schedule", { schedule: "daily" }, schedule("daily")],
        ["a day that never comes", { schedule: "0 0 30 2 *" }, schedule("0 0 30 2 *")],
        ["too often", { schedule: "*/9 * * * *" }, often(6)],
        ["twice in a row", { schedule: "0,5 1 * * *" }, often(5)],
        ["too often to prune", { retention: { schedule: "* * * * *" } }, often(1, "retention.schedule")],
        ["no schedule to prune", { retention: { schedule: "x" } }, schedule("x", "retention.schedule")],
        ["nothing kept", { retention: { keepLast: 0 } }, KEEP],
        ["part of one kept", { retention: { keepLast: 1.5 } }, KEEP],
        ["no number kept", { retention: { keepLast: Number.NaN } }, KEEP],
        ["no tag", { image: "node" }, TAG],
        ["the latest", { image: "docker.io/library/node:latest" }, TAG],
        ["no time", { timeout: "30s" }, 'timeout: Give a duration from "1m" to "1d", as "1h".'],
        ["words for time", { timeout: "an hour" }, 'timeout: Give a duration from "1m" to "1d", as "1h".'],
        ["no versions kept", { noncurrentDays: 0 }, `noncurrentDays: ${DAYS}`],
        [
            "no mode",
            { objectLock: { mode: "LEGAL", days: 1 } },
            'objectLock.mode: Give "GOVERNANCE" or "COMPLIANCE".',
        ],
        ["a lock of no days", { objectLock: { mode: "GOVERNANCE", days: 0 } }, `objectLock.days: ${DAYS}`],
        [
            "no way to sign in",
            { auth: {} },
            "auth: Nothing says how to sign in to Vault. Give exactly one of appRole and kubernetes.",
        ],
        [
            "two ways to sign in",
            { auth: { ...APP_ROLE, kubernetes: { role: "snapshot" } } },
            "auth: There are two ways to sign in to Vault. Give exactly one of appRole and kubernetes.",
        ],
        [
            "a mount with auth before it",
            { auth: { kubernetes: { role: "snapshot", mount: "auth/kubernetes" } } },
            'auth.kubernetes.mount: It is no path of an auth method. Write it without "auth/" and slashes around, as "approle".',
        ],
        [
            "no role",
            { auth: { kubernetes: { role: "" } } },
            "auth.kubernetes.role: It is no role of Vault. Write letters, digits, hyphens, dots and underscores.",
        ],
        [
            "no audience",
            { auth: { kubernetes: { role: "snapshot", audience: "" } } },
            'auth.kubernetes.audience: It is empty, and the token would be good for the API server. Write it as "vault".',
        ],
        [
            "no store",
            { auth: { appRole: { ...APP_ROLE.appRole, secretStore: { name: "" } } } },
            "auth.appRole.secretStore.name: It is no name of a store. Write lower-case letters, digits, hyphens and dots.",
        ],
        [
            "another kind of store",
            { auth: { appRole: { ...APP_ROLE.appRole, secretStore: { name: "v", kind: "Store" } } } },
            'auth.appRole.secretStore.kind: Give "SecretStore" or "ClusterSecretStore".',
        ],
        [
            "no secret",
            { auth: { appRole: { ...APP_ROLE.appRole, remoteKey: "" } } },
            "auth.appRole.remoteKey: It is empty. Give the name of the secret in the store.",
        ],
        [
            "no property",
            { auth: { appRole: { ...APP_ROLE.appRole, secretIdProperty: "" } } },
            'auth.appRole.secretIdProperty: It is empty. Leave it out for "secret_id".',
        ],
        [
            "words for an interval",
            { auth: { appRole: { ...APP_ROLE.appRole, refreshInterval: "hourly" } } },
            'auth.appRole.refreshInterval: It is no duration. Write it as "1h".',
        ],
        [
            "words for an age",
            { alerts: { maxAge: "a day" } },
            'alerts.maxAge: It is no duration. Write it as "26h".',
        ],
        [
            "an age that is always reached",
            { alerts: { maxAge: "24h" } },
            "alerts.maxAge: Up to 25 h pass between the ends of two good runs, so that it would alert though all is well. Give more than that.",
        ],
        [
            "no label",
            { alerts: { ruleLabels: { release: "kube prometheus" } } },
            'alerts.ruleLabels["release"]: Kubernetes takes no such label. Write letters, digits, hyphens, dots and underscores, 63 at most.',
        ],
        [
            "no severity",
            { alerts: { severity: "" } },
            'alerts.severity: It is empty. Write it as "critical".',
        ],
    ])("refuses %s", (_, changes, said) => {
        expect(refusals(backup(tls.authorities, changes))).toEqual([said]);
    });

    test.each<readonly [string, object, string]>([
        [
            "Vault in clear",
            { address: "http://vault.priv.example.org:8200" },
            "vault.address: Over http:// anybody on the way could read the token and answer in Vault's place. Give the address that begins with https://.",
        ],
        [
            "no name of a server",
            { serverName: "https://vault" },
            'vault.serverName: It is no name of a server. Write it as "vault.example.org".',
        ],
        [
            "a mount with a slash",
            { canaryMount: "canary/" },
            'vault.canaryMount: It is no path of a mount. Write it without slashes around, as "portcullis-canary".',
        ],
        [
            "no authority",
            { caBundle: "" },
            "vault.caBundle: There is no certificate in it. Give the text of CA certificates in PEM form; it is encoded for Kubernetes here.",
        ],
    ])("refuses %s", (_, changes, said) => {
        const { vault } = backup(tls.authorities);
        expect(refusals(backup("", { vault: { ...vault, ...changes } }))).toEqual([said]);
    });

    test("refuses a private key among the authorities, and does not repeat it", () => {
        expect(refusals(backup(`${tls.authorities}${tls.privateKey}`))).toEqual([
            "vault.caBundle: There is a private key in it. Give the certificates alone, and treat that key as exposed.",
        ]);
    });

    test.each(["Backup", "b".repeat(41), "backup.vault", ""])("refuses the name %j", (name) => {
        expect(refusals(backup(tls.authorities, { clusterName: "main" }), name)).toEqual([NAME]);
    });

    test("says every fault at once", () => {
        const said = refusals(
            backup(tls.authorities, { bucketName: "V", schedule: "", image: "node", auth: {} }),
        );
        expect(said.map((one) => one.slice(0, one.indexOf(":")))).toEqual([
            "bucketName",
            "auth",
            "schedule",
            "image",
        ]);
    });

    test.each<readonly [string, object]>([
        ["the least", {}],
        ["AppRole", { auth: APP_ROLE }],
        [
            "the most",
            {
                clusterName: "main.eu",
                prefix: "vault/prod/",
                schedule: "*/10 * * * *",
                timeout: "1d",
                retention: { keepLast: 1, schedule: "@daily" },
                noncurrentDays: 36_500,
                objectLock: { mode: "COMPLIANCE", days: 1 },
                image: `node@sha256:${"0".repeat(64)}`,
                alerts: { maxAge: "25h", ruleLabels: { "prometheus.io/rule": "on" }, severity: "page" },
            },
        ],
    ])("takes %s", (_, changes) => {
        expect(refusals(backup(tls.authorities, changes))).toEqual([]);
    });
});
