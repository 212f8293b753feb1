/** What is made here, judged and read by the openssl command; what openssl makes, judged here. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import {
    certificateAuthority,
    type CertificateAuthorityInputs,
} from "../../provider/pki/certificate-authority";
import { Declarations } from "../../provider/declarations";
import { commonNameOf, verifyClientCertificate } from "../../provider/pki/chain";
import { clientCertificate, type ClientCertificateInputs } from "../../provider/pki/client-certificate";
import { needKeyFile } from "../../provider/pki/key-file";
import type { KeyAlgorithm } from "../../provider/pki/keys";
import { fingerprintSha1 } from "../../provider/pki/pem";
import type { Context } from "../../provider/resource";
import { fileOf, folder, openssl, refusalByOpenssl, skip, start, stop } from "../unit/provider/pki/openssl";
import { daysFromNow, NOW } from "../unit/provider/pki/support";

const VARIABLE = "PORTCULLIS_TEST_OPENSSL_PASSPHRASE";
const at = (now: Date): Context<unknown> => ({
    client: undefined,
    now: () => now,
    declared: new Declarations(),
    sleep: () => Promise.resolve(),
});

function assertAccepted(authority: string, client: string, now = NOW): void {
    assert.equal(refusalByOpenssl(authority, client, now, "-x509_strict"), undefined);
    assert.deepEqual(verifyClientCertificate(client, authority, now), { trusted: true });
}

const caInputs = (over: Partial<CertificateAuthorityInputs>): CertificateAuthorityInputs => ({
    commonName: "Gate of the tests",
    organization: "Portcullis & Söhne, Inc.",
    keyAlgorithm: "EC-P256",
    validity: "365d",
    renewBefore: "30d",
    pathLength: 1,
    permanent: false,
    ...over,
});

async function makeCa(over: Partial<CertificateAuthorityInputs> = {}) {
    const inputs = caInputs(over);
    return { inputs, ...(await certificateAuthority.create(inputs, at(NOW))) };
}

async function makeClient(over: Partial<ClientCertificateInputs>, now = NOW) {
    const defaults = {
        commonName: "alice",
        validity: "365d",
        renewBefore: "30d",
        authorityCertificatePem: "",
    };
    return (await clientCertificate.create({ ...defaults, ...over }, at(now))).state;
}

describe(`pki and openssl${skip}`, function () {
    before(function () {
        if (skip !== "") this.skip();
        start();
        process.env[VARIABLE] = "correct horse battery";
    });

    after(() => {
        stop();
        Reflect.deleteProperty(process.env, VARIABLE);
    });

    const algorithms: [KeyAlgorithm, KeyAlgorithm][] = [
        ["RSA-4096", "RSA-2048"],
        ["RSA-2048", "EC-P256"],
        ["RSA-3072", "EC-P384"],
        ["EC-P256", "EC-P384"],
        ["EC-P384", "RSA-2048"],
        ["EC-P256", "EC-P256"],
    ];
    for (const [ofAuthority, ofClient] of algorithms) {
        it(`accepts, strictly, a chain of ${ofAuthority} and ${ofClient}, before and after renewal`, async () => {
            const ca = await makeCa({ keyAlgorithm: ofAuthority });
            const issuer = {
                authorityCertificatePem: ca.state.certificatePem,
                authorityPrivateKeyPem: ca.state.privateKeyPem,
            };
            const alice = await makeClient({ ...issuer, keyAlgorithm: ofClient });
            assertAccepted(ca.state.certificatePem, alice.certificatePem);
            const later = daysFromNow(340);
            const renewed = await certificateAuthority.update(ca.id, ca.state, ca.inputs, at(later));
            assert.notEqual(renewed.fingerprintSha1, ca.state.fingerprintSha1);
            assertAccepted(renewed.certificatePem, alice.certificatePem, later);
            const next = await makeClient(
                { ...issuer, authorityCertificatePem: renewed.certificatePem, keyAlgorithm: ofClient },
                later,
            );
            assertAccepted(renewed.certificatePem, next.certificatePem, later);
            assertAccepted(ca.state.certificatePem, next.certificatePem, later);
        }).timeout(120_000);
    }

    it("reads what the certificates say", async () => {
        const { state } = await makeCa({ pathLength: 0 });
        const alice = await makeClient({
            commonName: 'alice, the "first" + O=x',
            authorityCertificatePem: state.certificatePem,
            authorityPrivateKeyPem: state.privateKeyPem,
            keyAlgorithm: "EC-P256",
        });
        const show = (pem: string, ...args: string[]) =>
            openssl("x509", "-in", fileOf(pem), "-noout", ...args);
        const ca = show(state.certificatePem, "-text");
        assert.match(ca, /Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
        assert.match(ca, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
        assert.match(show(state.certificatePem, "-subject", "-nameopt", "utf8"), /O=Portcullis & Söhne/);
        const leaf = show(alice.certificatePem, "-text");
        assert.match(leaf, /Basic Constraints: critical\s+CA:FALSE\n/);
        assert.match(leaf, /Key Usage: critical\s+Digital Signature\n/);
        assert.match(leaf, /Extended Key Usage: \n?\s+TLS Web Client Authentication\n/);
        assert.equal(show(alice.certificatePem, "-serial"), `serial=${alice.serialNumber.toUpperCase()}\n`);
        const fingerprint = show(state.certificatePem, "-sha1", "-fingerprint").replace(/^.*=|:|\n/g, "");
        assert.equal(state.fingerprintSha1, fingerprint.toLowerCase());
    });

    it("reads the encrypted key file with its passphrase, and with no other", async () => {
        const privateKeyFile = { path: join(folder(), "ca-key.pem"), passphraseVariable: VARIABLE };
        const { state } = await makeCa({ privateKeyFile });
        const publicKey = openssl(
            "pkey",
            "-in",
            privateKeyFile.path,
            "-passin",
            `env:${VARIABLE}`,
            "-pubout",
        );
        assert.equal(publicKey, openssl("x509", "-in", fileOf(state.certificatePem), "-noout", "-pubkey"));
        assert.throws(() => openssl("pkey", "-in", privateKeyFile.path, "-passin", "pass:wrong", "-noout"));
        const parameters = openssl("asn1parse", "-in", privateKeyFile.path);
        assert.match(parameters, /PBES2[^]*PBKDF2[^]*INTEGER +:0927C0[^]*hmacWithSHA256[^]*aes-256-cbc/);
        const alice = await makeClient({
            authorityCertificatePem: state.certificatePem,
            authorityKeyFile: privateKeyFile,
            keyAlgorithm: "EC-P256",
        });
        assertAccepted(state.certificatePem, alice.certificatePem);
    });

    for (const [form, args] of [
        ["PKCS#8", ["genrsa", "-aes256", "-passout", `env:${VARIABLE}`]],
        ["traditional", ["genrsa", "-aes256", "-traditional", "-passout", `env:${VARIABLE}`]],
    ] as const) {
        it(`opens a key file in openssl's ${form} form, and adopts it`, async () => {
            const path = fileOf(openssl(...args, "2048"));
            const privateKeyFile = { path, passphraseVariable: VARIABLE };
            const before = readFileSync(path, "utf8");
            const { state } = await makeCa({ keyAlgorithm: "RSA-2048", privateKeyFile });
            assert.equal(readFileSync(path, "utf8"), before);
            const publicKey = openssl("rsa", "-in", path, "-passin", `env:${VARIABLE}`, "-pubout");
            assert.equal(
                publicKey,
                openssl("x509", "-in", fileOf(state.certificatePem), "-noout", "-pubkey"),
            );
            assert.match(await needKeyFile(privateKeyFile, "privateKeyFile"), /^-----BEGIN PRIVATE KEY-----/);
        });
    }

    for (const newkey of [["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]]) {
        it(`certifies a request that openssl made for ${String(newkey[0])}, taking its key alone`, async () => {
            const key = join(folder(), "client-key.pem");
            const csrPem = openssl(
                ...["req", "-new", "-sha256", "-nodes", "-newkey", ...newkey, "-keyout", key],
                ...["-subj", "/CN=mallory", "-addext", "basicConstraints=critical,CA:TRUE"],
            );
            const { state } = await makeCa();
            const alice = await makeClient({
                authorityCertificatePem: state.certificatePem,
                authorityPrivateKeyPem: state.privateKeyPem,
                csrPem,
            });
            assertAccepted(state.certificatePem, alice.certificatePem);
            assert.equal(commonNameOf(alice.certificatePem), "alice");
            const certified = openssl("x509", "-in", fileOf(alice.certificatePem), "-noout", "-pubkey");
            assert.equal(certified, openssl("pkey", "-in", key, "-pubout"));
        });
    }

    it("trusts an authority and a client made by the commands of the OUTSCALE tutorial", async () => {
        const config = fileOf(
            `[req]\ndistinguished_name=dn\n[dn]\n[ext]\nbasicConstraints = critical,CA:TRUE,pathlen:1\n`,
        );
        const extensions = fileOf("extendedKeyUsage = clientAuth\n");
        const pass = `env:${VARIABLE}`;
        openssl("genrsa", "-aes256", "-passout", pass, "-out", "seed-ca-key.pem", "4096");
        openssl(
            ...["req", "-new", "-x509", "-days", "365", "-key", "seed-ca-key.pem", "-passin", pass],
            ...[
                "-out",
                "seed-ca.pem",
                "-config",
                config,
                "-extensions",
                "ext",
                "-subj",
                "/O=Example/CN=My CA",
            ],
        );
        openssl(
            ...["req", "-new", "-sha256", "-nodes", "-newkey", "rsa:2048", "-keyout", "seed-client-key.pem"],
            ...["-out", "seed-client.csr", "-subj", "/CN=alice"],
        );
        const sign = (out: string, ...more: string[]) =>
            openssl(
                ...["x509", "-req", "-sha256", "-days", "365", "-CAkey", "seed-ca-key.pem", "-passin", pass],
                ...["-CA", "seed-ca.pem", "-CAcreateserial", "-in", "seed-client.csr", "-out", out, ...more],
            );
        sign("seed-client.pem", "-extfile", extensions);
        const [ca, client] = ["seed-ca.pem", "seed-client.pem"].map((name) =>
            readFileSync(join(folder(), name), "utf8"),
        );
        assert.ok(ca !== undefined && client !== undefined);
        // The command has no other clock than the machine's.
        const now = new Date(Math.ceil(Date.now() / 1000) * 1000);
        assert.deepEqual(verifyClientCertificate(client, ca, now), { trusted: true });
        assert.equal(refusalByOpenssl(ca, client, now), undefined);
        assert.equal(commonNameOf(client), "alice");
        const fingerprint = openssl("x509", "-in", "seed-ca.pem", "-noout", "-sha1", "-fingerprint");
        assert.equal(fingerprintSha1(ca), fingerprint.replace(/^.*=|:|\n/g, "").toLowerCase());
        // The tutorial's line about clientAuth forgotten: what openssl lets pass is refused here.
        sign("seed-no-eku.pem");
        const noEku = readFileSync(join(folder(), "seed-no-eku.pem"), "utf8");
        assert.match(verifyClientCertificate(noEku, ca, now).reason ?? "", /has no extendedKeyUsage/);
        // The tutorial's authority issues from here, too.
        const bob = await makeClient(
            {
                commonName: "bob",
                authorityCertificatePem: ca,
                authorityKeyFile: { path: join(folder(), "seed-ca-key.pem"), passphraseVariable: VARIABLE },
                keyAlgorithm: "EC-P256",
            },
            now,
        );
        assert.equal(refusalByOpenssl(ca, bob.certificatePem, now), undefined);
    }).timeout(120_000);
});
