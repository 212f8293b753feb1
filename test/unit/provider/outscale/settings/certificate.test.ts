/** Client certificates and authorities: every way to give them, and every way to get them wrong. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { inspect } from "node:util";
import { testAuthority, type Pair, type TestAuthority } from "../api/certificates";
import { CONFIG, refusalOf, resolve, type Given } from "./sources";

const KEY = { OSC_ACCESS_KEY: "AK", OSC_SECRET_KEY: "SK" };
const ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";

let authority: TestAuthority;
let alice: Pair;
let bob: Pair;
let files: Record<string, string>;
beforeAll(async () => {
    authority = await testAuthority("Test CA");
    [alice, bob] = await Promise.all([authority.issue("alice"), authority.issue("bob")]);
    files = {
        "/alice.pem": alice.certificatePem,
        "/alice.key": alice.privateKeyPem,
        "/bob.pem": bob.certificatePem,
        "/bob.key": bob.privateKeyPem,
        "/both.pem": alice.privateKeyPem + alice.certificatePem + authority.caPem,
        "/chain.pem": `a comment\r\n${alice.certificatePem.replaceAll("\n", "\r\n")}${authority.caPem}`,
        "/ca.pem": authority.caPem,
        "/two-cas.pem": `# two\n${authority.caPem}\n${authority.caPem}`,
        "/encrypted.key": ENCRYPTED,
        "/nonsense.pem": "nonsense",
        "/broken.pem": alice.certificatePem.replace(/M[\s\S]{40}/, "!"),
        "/broken.key": alice.privateKeyPem.replace(/M[\s\S]{40}/, "!"),
    };
});
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("ways to give a certificate", () => {
    test.each<[string, () => Given, () => Pair]>([
        [
            "arguments",
            () => ({ arguments: { x509CertPath: "/alice.pem", x509KeyPath: "/alice.key" } }),
            () => alice,
        ],
        [
            "environment",
            () => ({
                environment: { OSC_X509_CLIENT_CERT: "/alice.pem", OSC_X509_CLIENT_KEY: "/alice.key" },
            }),
            () => alice,
        ],
        [
            "environment, base64",
            () => ({
                environment: {
                    OSC_X509_CLIENT_CERT_B64: base64(alice.certificatePem),
                    OSC_X509_CLIENT_KEY_B64: base64(alice.privateKeyPem),
                },
            }),
            () => alice,
        ],
        [
            "a file and a base64 text",
            () => ({
                environment: {
                    OSC_X509_CLIENT_CERT: "/alice.pem",
                    OSC_X509_CLIENT_KEY_B64: base64(alice.privateKeyPem),
                },
            }),
            () => alice,
        ],
        [
            "older environment",
            () => ({ environment: { OUTSCALE_X509CERT: "/alice.pem", OUTSCALE_X509KEY: "/alice.key" } }),
            () => alice,
        ],
        [
            "profile",
            () => profile({ x509_client_cert: "/alice.pem", x509_client_key: "/alice.key" }),
            () => alice,
        ],
        ["osc-cli's pair", () => profile({ client_certificate: ["/alice.pem", "/alice.key"] }), () => alice],
        [
            "osc-cli's one file",
            () => profile({ client_certificate: "/both.pem" }),
            () => ({ ...alice, certificatePem: alice.certificatePem + authority.caPem }),
        ],
        [
            "the specification's keys before osc-cli's",
            () =>
                profile({
                    client_certificate: "/both.pem",
                    x509_client_cert: "/bob.pem",
                    x509_client_key: "/bob.key",
                }),
            () => bob,
        ],
        [
            "arguments before the environment",
            () => ({
                arguments: { x509CertPath: "/alice.pem", x509KeyPath: "/alice.key" },
                environment: { OSC_X509_CLIENT_CERT: "/bob.pem", OSC_X509_CLIENT_KEY: "/bob.key" },
            }),
            () => alice,
        ],
        [
            "a chain with other line ends and text around it",
            () => ({ arguments: { x509CertPath: "/chain.pem", x509KeyPath: "/alice.key" } }),
            () => ({ ...alice, certificatePem: alice.certificatePem + authority.caPem }),
        ],
    ])("%s", (_what, given, expected) => {
        expect(resolve(complete(given())).certificate).toEqual(expected());
    });
});

describe("refusals", () => {
    const args = (x509CertPath?: string, x509KeyPath?: string): Given => ({
        arguments: { x509CertPath, x509KeyPath },
    });
    test.each<[string, () => Given, string, string]>([
        ["no key", () => args("/alice.pem"), "x509KeyPath", "x509CertPath is set, but x509KeyPath is not."],
        [
            "no certificate",
            () => args(undefined, "/alice.key"),
            "x509CertPath",
            "x509KeyPath is set, but x509CertPath is not.",
        ],
        [
            "halves of two places",
            () => ({
                arguments: { x509CertPath: "/alice.pem" },
                environment: { OSC_X509_CLIENT_KEY: "/alice.key" },
            }),
            "x509KeyPath",
            "never taken from different ones",
        ],
        [
            "file and base64",
            () => ({
                environment: {
                    OSC_X509_CLIENT_CERT: "/alice.pem",
                    OSC_X509_CLIENT_CERT_B64: "x",
                    OSC_X509_CLIENT_KEY: "/alice.key",
                },
            }),
            "OSC_X509_CLIENT_CERT",
            "OSC_X509_CLIENT_CERT and OSC_X509_CLIENT_CERT_B64 are both set",
        ],
        [
            "no base64",
            () => ({ environment: { OSC_X509_CLIENT_CERT_B64: "***", OSC_X509_CLIENT_KEY: "/alice.key" } }),
            "OSC_X509_CLIENT_CERT_B64",
            "is not base64",
        ],
        [
            "another's key",
            () => args("/alice.pem", "/bob.key"),
            "x509KeyPath",
            "does not belong to the certificate",
        ],
        ["an encrypted key", () => args("/alice.pem", "/encrypted.key"), "x509KeyPath", "is encrypted"],
        [
            "a key that is none",
            () => args("/alice.pem", "/nonsense.pem"),
            "x509KeyPath",
            "holds no private key in PEM",
        ],
        [
            "a broken key",
            () => args("/alice.pem", "/broken.key"),
            "x509KeyPath",
            "holds no private key in PEM",
        ],
        [
            "a certificate that is none",
            () => args("/nonsense.pem", "/alice.key"),
            "x509CertPath",
            "holds no certificate in PEM",
        ],
        [
            "a broken certificate",
            () => args("/broken.pem", "/alice.key"),
            "x509CertPath",
            "holds no certificate in PEM",
        ],
        [
            "a missing file",
            () => args("/alice.pem", "/missing"),
            "x509KeyPath",
            "The file /missing, named by x509KeyPath, does not exist.",
        ],
        [
            "a text for a path",
            () => args("/alice.pem", alice.privateKeyPem),
            "x509KeyPath",
            "holds the text of a file instead of its path",
        ],
        [
            "no authority",
            () => ({ arguments: { caFile: "/nonsense.pem" } }),
            "caFile",
            "holds no certificate in PEM",
        ],
        [
            "a missing authority",
            () => ({ environment: { OSC_CA_FILE: "/missing" } }),
            "OSC_CA_FILE",
            "does not exist",
        ],
    ])("%s", (_what, given, property, said) => {
        const error = refusalOf(complete(given()));
        expect(error).toMatchObject({ code: "InvalidConfiguration", property });
        expect(error.message).toContain(said);
        const secret = alice.privateKeyPem.split("\n")[1] ?? "";
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
    });
});

test.each([
    ["caFile", { arguments: { caFile: "/ca.pem" }, environment: { OSC_CA_FILE: "/missing" } }, 1],
    ["OSC_CA_FILE", { environment: { OSC_CA_FILE: "/two-cas.pem" } }, 2],
    ["ca_file of a profile", profile({ ca_file: "/ca.pem" }), 1],
])("authorities by %s", (_what, given, count) => {
    expect(resolve(complete(given)).caPem).toBe(authority.caPem.repeat(count));
});

function profile(values: object): Given {
    return { files: { [CONFIG]: { default: values } } };
}

function complete(given: Given): Given {
    return { ...given, environment: { ...KEY, ...given.environment }, files: { ...files, ...given.files } };
}
