/** What ClientCertificate accepts as inputs. */
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { clientCertificate, type ClientCertificateInputs } from "../../../../provider/pki/client-certificate";
import { UNKNOWN } from "../../../../provider/resource";
import { fixture, type Fixture } from "./client-fixture";
import { client, NOW } from "./support";

let made: Fixture;
let inputs: ClientCertificateInputs;

beforeAll(async () => {
    made = await fixture();
    inputs = made.inputs;
});

test("fills the defaults, and brings PEM to its normal form", () => {
    const given = {
        commonName: "alice",
        authorityCertificatePem: `text before\r\n${made.ca.pem.replaceAll("\n", "\r\n")}\n\n`,
        authorityPrivateKeyPem: `${made.ca.key}\n`,
    };
    expect(clientCertificate.check(given, NOW, {})).toEqual({
        inputs: { ...inputs, keyAlgorithm: "RSA-4096" },
        failures: [],
    });
});

test("fills no kind of key beside a request, and takes its own answer again", () => {
    const given = { ...inputs, keyAlgorithm: undefined, csrPem: made.csrPem.replaceAll("\n", "\r\n") };
    const { inputs: checked, failures } = clientCertificate.check(given, NOW, {});
    expect(failures).toEqual([]);
    expect(checked.keyAlgorithm).toBeUndefined();
    expect(checked.csrPem).toBe(made.csrPem);
    expect(clientCertificate.check(checked, NOW, {})).toEqual({ inputs: checked, failures: [] });
});

test("lets unknown values through, each of them and all", () => {
    fc.assert(
        fc.property(fc.subarray(Object.keys(inputs)), (unknown) => {
            const planned = { ...inputs, ...Object.fromEntries(unknown.map((key) => [key, UNKNOWN])) };
            expect(clientCertificate.check(planned, NOW, {})).toEqual({ inputs: planned, failures: [] });
        }),
    );
    const withRequest = { ...inputs, keyAlgorithm: undefined, csrPem: UNKNOWN };
    expect(clientCertificate.check(withRequest, NOW, {}).failures).toEqual([]);
});

test.each<[string, () => object, RegExp]>([
    ["commonName", () => ({ commonName: "alice " }), /no space at either end/],
    ["authorityCertificatePem", () => ({ authorityCertificatePem: "nonsense" }), /is no PEM certificate/],
    [
        "authorityCertificatePem",
        () => ({ authorityCertificatePem: made.ca.key }),
        /There is a private key where/,
    ],
    ["authorityPrivateKeyPem", () => ({ authorityPrivateKeyPem: "nonsense" }), /is no PEM private key/],
    [
        "authorityPrivateKeyPem",
        () => ({ authorityPrivateKeyPem: made.otherCa.key }),
        /is not the authority certificate's/,
    ],
    [
        "authorityPrivateKeyPem",
        () => ({ authorityPrivateKeyPem: undefined }),
        /missing\. Give it here or as authorityKeyFile/,
    ],
    [
        "authorityKeyFile",
        () => ({ authorityKeyFile: { path: "p", passphraseVariable: "V" } }),
        /Remove one of the two/,
    ],
    ["csrPem", () => ({ keyAlgorithm: undefined, csrPem: made.ca.pem }), /There is a CERTIFICATE where/],
    [
        "csrPem",
        () => ({ keyAlgorithm: undefined, csrPem: made.csrPem.replace(/\n.*\n/, "\nAAAA\n") }),
        /no PKCS#10/,
    ],
    [
        "csrPem",
        () => ({ keyAlgorithm: undefined, csrPem: made.csrPem.replace(/.{8}(?==*\n-----END)/, "AAAAAAAA") }),
        /signature is not by its own key/,
    ],
    ["keyAlgorithm", () => ({ csrPem: made.csrPem }), /The key is the request's/],
    ["renewBefore", () => ({ renewBefore: "366d" }), /must be shorter than validity/],
])("refuses a wrong %s (case %#), without echo", (property, over, reason) => {
    const { failures } = clientCertificate.check({ ...inputs, ...over() }, NOW, {});
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
    expect(failures[0]?.reason).not.toContain(made.ca.key.split("\n")[1]);
});

test("refuses an authority that is no CA", async () => {
    const alice = await client(made.ca.key);
    const wrong = { ...inputs, authorityCertificatePem: alice.pem, authorityPrivateKeyPem: alice.key };
    expect(clientCertificate.check(wrong, NOW, {}).failures).toEqual([
        { property: "authorityCertificatePem", reason: expect.stringContaining("is not a CA") },
    ]);
});
