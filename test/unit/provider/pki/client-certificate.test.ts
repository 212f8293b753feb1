/** What ClientCertificate issues, and what it refuses to issue. */
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import "reflect-metadata";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { commonNameOf, verifyClientCertificate } from "../../../../provider/pki/chain";
import { clientCertificate, type ClientCertificateInputs } from "../../../../provider/pki/client-certificate";
import { encryptPrivateKey, keyMatchesCertificate } from "../../../../provider/pki/keys";
import { parseCertificate } from "../../../../provider/pki/parsed-certificate";
import { fingerprintSha1 } from "../../../../provider/pki/pem";
import { at, create, fixture, ofAuthority, type Fixture } from "./client-fixture";
import { authority, daysFromNow, NOW } from "./support";

let made: Fixture;
let inputs: ClientCertificateInputs;

beforeAll(async () => {
    made = await fixture();
    inputs = made.inputs;
});

test("issues a certificate that the access decision accepts; its state echoes the inputs", async () => {
    const { id, state } = await clientCertificate.create(inputs, at(NOW));
    expect(state).toEqual({
        ...inputs,
        certificatePem: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/),
        privateKeyPem: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n/),
        notBefore: "2026-06-15T11:55:00.000Z",
        notAfter: "2027-06-15T12:00:00.000Z",
        fingerprintSha1: fingerprintSha1(state.certificatePem),
        serialNumber: new X509Certificate(state.certificatePem).serialNumber.toLowerCase(),
        credentials: [
            {
                certificatePem: state.certificatePem,
                privateKeyPem: state.privateKeyPem,
                notAfter: state.notAfter,
            },
        ],
    });
    expect(id).toBe(state.serialNumber);
    const parsed = parseCertificate(state.certificatePem);
    expect(parsed.basicConstraints).toEqual({ critical: true, ca: false });
    expect([...(parsed.keyUsage ?? [])]).toEqual([0]);
    expect(parsed.extendedKeyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(keyMatchesCertificate(state.privateKeyPem ?? "", state.certificatePem)).toBe(true);
    expect(verifyClientCertificate(state.certificatePem, made.ca.pem, NOW)).toEqual({ trusted: true });
});

test("takes the key of a request, and nothing else of it", async () => {
    const state = await create({ ...inputs, csrPem: made.csrPem, keyAlgorithm: undefined });
    expect(state.privateKeyPem).toBeUndefined();
    expect(commonNameOf(state.certificatePem)).toBe("alice");
    const parsed = parseCertificate(state.certificatePem);
    expect(parsed.basicConstraints?.ca).toBe(false);
    const key = new Pkcs10CertificateRequest(made.csrPem).publicKey.rawData;
    expect(
        parsed.publicKey.equals(createPublicKey({ key: Buffer.from(key), format: "der", type: "spki" })),
    ).toBe(true);
});

test("refuses a request whose signature is not its own", async () => {
    const der = Buffer.from(made.csrPem.replace(/-----[A-Z ]+-----/g, ""), "base64");
    der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    await expect(create({ ...inputs, csrPem: forged, keyAlgorithm: undefined })).rejects.toMatchObject({
        property: "csrPem",
        problem: "csrPem: The certificate request's signature is not by its own key.",
    });
});

test("never outlives its authority, nor precedes it", async () => {
    const short = await authority({ notBefore: daysFromNow(0), notAfter: daysFromNow(20) });
    const of = { authorityCertificatePem: short.pem, authorityPrivateKeyPem: short.key };
    const state = await create({ ...inputs, ...of });
    expect(state).toMatchObject({
        notBefore: NOW.toISOString(),
        notAfter: daysFromNow(20).toISOString(),
    });
    // Due at once, but nothing better can be had: it must not be issued anew at every update.
    expect(clientCertificate.diff(state, { ...inputs, ...of }, daysFromNow(1)).changed).toEqual([]);
    expect(clientCertificate.diff(state, { ...inputs, ...of }, daysFromNow(20)).changed).toEqual([
        "notAfter",
    ]);
});

test.each<[string, () => Promise<Partial<ClientCertificateInputs>>, string, RegExp]>([
    [
        "an expired authority",
        async () => ofAuthority(await authority({ notAfter: daysFromNow(-1) })),
        "authorityCertificatePem",
        /expired on 2026-06-14T12:00:00Z/,
    ],
    [
        "an authority of the future",
        async () => ofAuthority(await authority({ notBefore: daysFromNow(1) })),
        "authorityCertificatePem",
        /not valid before/,
    ],
    [
        "a key of another authority",
        () => Promise.resolve({ authorityPrivateKeyPem: made.otherCa.key }),
        "authorityPrivateKeyPem",
        /is not the authority certificate's/,
    ],
])("refuses %s", async (_title, over, property, message) => {
    await expect(create({ ...inputs, ...(await over()) })).rejects.toMatchObject({
        property,
        message: expect.stringMatching(message),
    });
});

test("signs with a key file, and names what is wrong with one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-client-"));
    const authorityKeyFile = {
        path: join(folder, "made.ca.pem"),
        passphraseVariable: "PORTCULLIS_TEST_CLIENT",
    };
    const of = { authorityPrivateKeyPem: undefined, authorityKeyFile };
    try {
        writeFileSync(authorityKeyFile.path, await encryptPrivateKey(made.ca.key, "passphrase-71"));
        await expect(create({ ...inputs, ...of })).rejects.toMatchObject({
            property: "authorityKeyFile.passphraseVariable",
        });
        process.env.PORTCULLIS_TEST_CLIENT = "wrong";
        await expect(create({ ...inputs, ...of })).rejects.toMatchObject({ property: "authorityKeyFile" });
        process.env.PORTCULLIS_TEST_CLIENT = "passphrase-71";
        const state = await create({ ...inputs, ...of });
        expect(verifyClientCertificate(state.certificatePem, made.ca.pem, NOW)).toEqual({ trusted: true });
        rmSync(authorityKeyFile.path);
        await expect(create({ ...inputs, ...of })).rejects.toMatchObject({
            property: "authorityKeyFile.path",
        });
    } finally {
        delete process.env.PORTCULLIS_TEST_CLIENT;
        rmSync(folder, { recursive: true });
    }
});
