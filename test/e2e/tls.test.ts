/** The tls plugin on the real engine: certificates that openssl accepts, keys that state holds encrypted. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { X509Certificate } from "node:crypto";
import * as tls from "@pulumi/tls";
import { after, before, describe, it } from "mocha";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack, type UpResult } from "../../tools/pulumi/engine";
import { choosePlugins, standInNotice } from "../../tools/pulumi/plugins";

const run = promisify(execFile);
const workDir = resolve(__dirname, "..", "..");

/** An authority, a client certificate that it signed, and one of an unknown authority, for one key algorithm. */
function program(algorithm: string, organization = "Example") {
    return () => {
        const key = (name: string): tls.PrivateKey =>
            new tls.PrivateKey(name, { algorithm, ecdsaCurve: "P256" });
        const authorityKey = key("authority");
        const authority = new tls.SelfSignedCert("authority", {
            privateKeyPem: authorityKey.privateKeyPem,
            subject: { commonName: "Gate authority", organization },
            isCaCertificate: true,
            allowedUses: ["cert_signing", "crl_signing"],
            validityPeriodHours: 24,
        });
        const clientKey = key("client");
        const request = new tls.CertRequest("client", {
            privateKeyPem: clientKey.privateKeyPem,
            subject: { commonName: "operator" },
            dnsNames: ["operator.example.org"],
        });
        const client = new tls.LocallySignedCert("client", {
            certRequestPem: request.certRequestPem,
            caPrivateKeyPem: authorityKey.privateKeyPem,
            caCertPem: authority.certPem,
            allowedUses: ["digital_signature", "client_auth"],
            validityPeriodHours: 12,
            setSubjectKeyId: true,
        });
        return Promise.resolve({
            authority: authority.certPem,
            client: client.certPem,
            key: clientKey.privateKeyPem,
            end: client.validityEndTime,
        });
    };
}

describe("the tls plugin on the real engine", function () {
    this.timeout(120_000);

    let directory: string;
    let stack: EngineStack;
    let first: UpResult;

    before(async function () {
        this.timeout(30 * 60_000);
        directory = mkdtempSync(join(tmpdir(), "portcullis-tls-"));
        const cli = await findPulumi();
        const plugins = await choosePlugins(["tls"], { cli, workDir });
        const notice = standInNotice(plugins);
        if (notice !== undefined) console.log(`    ${notice}`);
        stack = await openStack({
            project: "tls",
            stack: "test",
            program: program("ECDSA"),
            directory,
            workDir,
            cli,
            plugins,
        });
        first = await stack.up();
    });

    after(() => {
        rmSync(directory, { recursive: true, force: true });
    });

    const text = (result: UpResult, name: string): string => String(result.outputs[name]?.value);

    /** What `openssl verify` says of the client certificate; resolves where it accepts. */
    async function verify(result: UpResult, ...options: string[]): Promise<string> {
        const ca = join(directory, "ca.pem");
        const leaf = join(directory, "client.pem");
        writeFileSync(ca, text(result, "authority"));
        writeFileSync(leaf, text(result, "client"));
        const { stdout } = await run("openssl", ["verify", "-x509_strict", ...options, "-CAfile", ca, leaf]);
        return stdout.trim();
    }

    it("makes a client certificate that openssl accepts strictly, as a client's and not as a server's", async () => {
        assert.match(await verify(first, "-purpose", "sslclient"), /client\.pem: OK$/);
        await assert.rejects(verify(first, "-purpose", "sslserver"), /unsuitable certificate purpose/);
        const client = new X509Certificate(text(first, "client"));
        assert.equal(client.subject, "CN=operator");
        assert.equal(client.subjectAltName, "DNS:operator.example.org");
        assert.equal(client.issuer.split("\n").sort().join(), "CN=Gate authority,O=Example");
        assert.equal(new Date(client.validTo).toISOString(), new Date(text(first, "end")).toISOString());
    });

    it("gives the key that belongs to the certificate, as a secret", () => {
        assert.equal(first.outputs.key?.secret, true);
        assert.match(text(first, "key"), /^-----BEGIN EC PRIVATE KEY-----/);
    });

    it("keeps every private key encrypted in state, and out of the run's output", async () => {
        const state = JSON.stringify(await stack.exportState());
        assert.equal(state.includes("PRIVATE KEY-----"), false);
        assert.equal(state.includes("BEGIN CERTIFICATE-----"), true);
        assert.equal(JSON.stringify([first.stdout, first.diagnostics]).includes("PRIVATE KEY-----"), false);
    });

    it("changes nothing on an unchanged program, and replaces what a changed input touches", async () => {
        assert.deepEqual((await stack.preview()).changes, { same: 6 });
        const renamed = await stack.preview({ program: program("ECDSA", "Other") });
        // The authority, and the client certificate that names it; the keys and the request stay.
        assert.deepEqual(renamed.changes, { replace: 2, same: 4 });
    });

    for (const algorithm of ["RSA", "ED25519"]) {
        it(`makes ${algorithm} keys and certificates that openssl accepts strictly`, async () => {
            const result = await stack.up({ program: program(algorithm) });
            assert.match(await verify(result, "-purpose", "sslclient"), /client\.pem: OK$/);
        });
    }

    it("removes everything on destroy", async () => {
        assert.deepEqual((await stack.destroy()).changes, { delete: 6 });
    });
});
