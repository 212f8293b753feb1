/** What a drill's node is given, and what is read of its log. */
import { X509Certificate } from "node:crypto";
import { expect, test } from "@jest/globals";
import { makeNodeCertificate } from "../../../../../../provider/vault/snapshot/drill/certificate";
import { nodeConfig, nodeEnvironment } from "../../../../../../provider/vault/snapshot/drill/node-config";
import { openNodeLog } from "../../../../../../provider/vault/snapshot/drill/node-log";

test("its environment is PATH, AWS's and its own folder", () => {
    const environment = {
        ...{ PATH: "/bin", HOME: "/root", AWS_REGION: "eu-west-3", AWS_PROFILE: undefined, LD_PRELOAD: "x" },
        ...{ VAULT_TOKEN: "t", BAO_ADDR: "a", PORTCULLIS_SNAPSHOT_BUCKET: "b", MY_AWS_KEY: "k" },
    };
    expect(nodeEnvironment("/work/n", environment)).toEqual({
        ...{ PATH: "/bin", AWS_REGION: "eu-west-3", HOME: "/work/n", TMPDIR: "/work/n" },
    });
});

test("it listens on loopback alone, joins nobody, and has one seal", () => {
    const seal = { type: "awskms", settings: [["region", '"eu-west-3"']] } as const;
    const text = nodeConfig({ folder: "/work/n", seal, ports: { api: 4001, cluster: 4002 } });
    expect(text.match(/^[a-z]+ "[a-z0-9]+" \{$/gm)).toEqual([
        'listener "tcp" {',
        'storage "raft" {',
        'seal "awskms" {',
    ]);
    const addresses = text.match(/address\s+= ".*"|_addr\s+= ".*"/g);
    expect(addresses).toHaveLength(4);
    for (const address of addresses ?? []) expect(address).toMatch(/127\.0\.0\.1:400[12]"$/);
    expect(text).not.toMatch(/retry_join|audit|telemetry|tls_disable/);
});

test("its certificate is one of 127.0.0.1, signed by its own key", () => {
    const now = new Date("2026-11-22T12:00:00Z");
    const { certificatePem, privateKeyPem } = makeNodeCertificate(now);
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(certificate.checkIP("127.0.0.2")).toBeUndefined();
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect([certificate.validFrom, certificate.validTo]).toEqual([
        "Nov 22 11:59:00 2026 GMT",
        "Nov 29 12:00:00 2026 GMT",
    ]);
    expect(privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(makeNodeCertificate(now).certificatePem).not.toBe(certificatePem);
});

test("of its log the errors are told, without secrets and audit entries; and that a restore failed", () => {
    const log = openNodeLog(["hunter2"]);
    log.add("[INFO]  core: restoring leases\n");
    expect(log.lastWords()).toBe("[INFO]  core: restoring leases");
    log.add('{"error":"of an audit device"}\n[ERROR] core: hunter2 is wrong\n[INFO]  core: on\n');
    expect(log.lastWords()).toBe("[ERROR] core: [secret] is wrong");
    expect(log.hasFailedRestore()).toBe(false);
    log.add("[ERROR] core: raft snapshot restore fai");
    expect(log.hasFailedRestore()).toBe(false);
    log.add('led postUnseal: error="failed to setup audit table"\n');
    expect(log.hasFailedRestore()).toBe(true);
});
