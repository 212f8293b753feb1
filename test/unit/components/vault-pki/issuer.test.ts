import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { SignedIssuerArgs } from "../../../../components/vault-pki/args";
import { acceptIssuer } from "../../../../components/vault-pki/issuer";
import { DOMAIN, material, type Material } from "./fixture";

const DAY = 86_400;
const SETTINGS = { domains: [DOMAIN], leafLifetime: 90 * DAY };
/** A minute on, for what is signed below is valid from its own second on. */
const now = new Date(Date.now() + 60_000);

let made: Material;
let given: SignedIssuerArgs;
beforeAll(() => {
    made = material();
    const { tiers, csr } = made;
    given = { issuer: tiers.signIssuer(csr), intermediate: tiers.intermediate, root: tiers.root };
});

const accept = (certificates: Partial<SignedIssuerArgs> = {}, settings = SETTINGS) =>
    acceptIssuer({ ...given, ...certificates }, settings, now);

test("a signed issuer is accepted, by a name of its own", () => {
    const { certificate, above, name, warnings } = accept();
    const fingerprint = new X509Certificate(given.issuer).fingerprint256.replaceAll(":", "").toLowerCase();
    expect(name).toBe(`issuer-${fingerprint.slice(0, 16)}`);
    expect(new X509Certificate(certificate).fingerprint256).toBe(
        new X509Certificate(given.issuer).fingerprint256,
    );
    expect(new X509Certificate(above.intermediate).subject).toContain("Ogenki intermediate");
    expect(new X509Certificate(above.root).subject).toContain("Ogenki root");
    expect(warnings).toEqual([]);
});

test("an issuer that ends within a leaf's lifetime is warned of", () => {
    const { warnings } = accept({ issuer: made.tiers.signIssuer(made.csr, { days: 60 }) });
    expect(warnings).toEqual([
        expect.stringMatching(
            /^signed.issuer: It ends on .*, within the lifetime of a leaf, so that leaves end with it\./,
        ),
    ]);
});

describe("refused, with what to do", () => {
    test.each<readonly [string, () => Partial<SignedIssuerArgs>, RegExp]>([
        [
            "signed by the root",
            () => ({ issuer: made.tiers.signIssuer(made.csr, { by: "root" }) }),
            /signed.issuer: It was not issued by signed.intermediate/,
        ],
        [
            "a path length of 1",
            () => ({
                issuer: made.tiers.signIssuer(made.csr, { basicConstraints: "critical,CA:TRUE,pathlen:1" }),
            }),
            /signed.issuer: Its path length is 1; it must be 0/,
        ],
        [
            "no path length",
            () => ({ issuer: made.tiers.signIssuer(made.csr, { basicConstraints: "critical,CA:TRUE" }) }),
            /signed.issuer: Its path length is not limited; it must be 0/,
        ],
        [
            "a private key beside the certificate",
            () => ({ issuer: given.issuer + made.key }),
            /signed.issuer: There is a private key in it/,
        ],
        [
            "a private key beside the intermediate's",
            () => ({ intermediate: made.key + given.intermediate }),
            /signed.intermediate: There is a private key in it/,
        ],
        [
            "chain and authorities changed round",
            () => ({ intermediate: given.root, root: given.intermediate }),
            /signed.root: /,
        ],
        ["nothing", () => ({ issuer: "" }), /signed.issuer: The text is no PEM/],
        ["no certificate at all", () => ({ issuer: "issuer.pem" }), /signed.issuer: The text is no PEM/],
    ])("%s", (_what, certificates, message) => {
        expect(() => accept(certificates())).toThrow(message);
    });

    test("domains outside the constraints of those above", () => {
        const settings = { ...SETTINGS, domains: [DOMAIN, "example.com"] };
        expect(() => accept({}, settings)).toThrow(
            /signed.issuer: It is to issue for names outside the constraints of signed.intermediate: "example\.com"/,
        );
    });

    test("an expired one", () => {
        const later = new Date(now.getTime() + 731 * DAY * 1_000);
        expect(() => acceptIssuer(given, SETTINGS, later)).toThrow(/signed.issuer: It expired on/);
    });
});
