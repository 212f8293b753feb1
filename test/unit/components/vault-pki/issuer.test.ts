import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { acceptIssuer, isSigned, type GivenCertificates } from "../../../../components/vault-pki/issuer";
import { DOMAIN, material, type Material } from "./fixture";

const DAY = 86_400;
const SETTINGS = { domains: [DOMAIN], leafLifetime: 90 * DAY };
/** A minute on, for what is signed below is valid from its own second on. */
const now = new Date(Date.now() + 60_000);

let made: Material;
let given: GivenCertificates;
beforeAll(() => {
    made = material();
    const { tiers, csr } = made;
    given = { signed: tiers.signIssuer(csr), chain: tiers.intermediate, authorities: tiers.root };
});

const accept = (certificates: Partial<GivenCertificates> = {}, settings = SETTINGS, requests = [made.csr]) =>
    acceptIssuer({ ...given, ...certificates }, requests, settings, now);

test("a signed issuer is accepted, by a name of its own", () => {
    const { certificate, above, name, warnings } = accept();
    const fingerprint = new X509Certificate(given.signed).fingerprint256.replaceAll(":", "").toLowerCase();
    expect(name).toBe(`issuer-${fingerprint.slice(0, 16)}`);
    expect(new X509Certificate(certificate).fingerprint256).toBe(
        new X509Certificate(given.signed).fingerprint256,
    );
    expect(above.match(/-----BEGIN CERTIFICATE-----/g)).toHaveLength(2);
    expect(new X509Certificate(above).subject).toContain("Ogenki intermediate");
    expect(warnings).toEqual([]);
});

test("the former request's certificate stays accepted, with a warning", () => {
    const { warnings } = accept({}, SETTINGS, [made.otherCsr, made.csr]);
    expect(warnings).toEqual([
        expect.stringMatching(/^signed: It answers the former request; the present one is not signed yet\./),
    ]);
});

test("an issuer that ends within a leaf's lifetime is warned of", () => {
    const { warnings } = accept({ signed: made.tiers.signIssuer(made.csr, { days: 60 }) });
    expect(warnings).toEqual([
        expect.stringMatching(
            /^signed: It ends on .*, within the lifetime of a leaf, so that leaves end with it\./,
        ),
    ]);
});

describe("refused, with what to do", () => {
    test.each<readonly [string, () => Partial<GivenCertificates>, RegExp]>([
        [
            "for another key",
            () => ({ signed: made.tiers.signIssuer(made.otherCsr) }),
            /signed: It is for another key than the request's\. Sign the request again: portcullis sign csr --tier issuer /,
        ],
        [
            "signed by the root",
            () => ({ signed: made.tiers.signIssuer(made.csr, { by: "root" }) }),
            /signed: It was not issued by chain/,
        ],
        [
            "a path length of 1",
            () => ({
                signed: made.tiers.signIssuer(made.csr, { basicConstraints: "critical,CA:TRUE,pathlen:1" }),
            }),
            /signed: Its path length is 1; it must be 0/,
        ],
        [
            "no path length",
            () => ({ signed: made.tiers.signIssuer(made.csr, { basicConstraints: "critical,CA:TRUE" }) }),
            /signed: Its path length is not limited; it must be 0/,
        ],
        [
            "a private key beside the certificate",
            () => ({ signed: given.signed + made.key }),
            /signed: There is a private key in it/,
        ],
        [
            "a private key beside the intermediate's",
            () => ({ chain: made.key + given.chain }),
            /chain: There is a private key in it/,
        ],
        [
            "chain and authorities changed round",
            () => ({ chain: given.authorities, authorities: given.chain }),
            /authorities: /,
        ],
        ["no certificate at all", () => ({ signed: "issuer.pem" }), /signed: The text is no PEM/],
    ])("%s", (_what, certificates, message) => {
        expect(() => accept(certificates())).toThrow(message);
    });

    test("domains outside the constraints of those above", () => {
        const settings = { ...SETTINGS, domains: [DOMAIN, "example.com"] };
        expect(() => accept({}, settings)).toThrow(
            /signed: It is to issue for names outside the constraints of chain: "example\.com"/,
        );
    });

    test("an expired one", () => {
        const later = new Date(now.getTime() + 731 * DAY * 1_000);
        expect(() => acceptIssuer(given, [made.csr], SETTINGS, later)).toThrow(/signed: It expired on/);
    });
});

test("without the requests, everything else is refused already", () => {
    const other = { ...given, signed: made.tiers.signIssuer(made.otherCsr) };
    expect(() => acceptIssuer(other, undefined, SETTINGS, now)).not.toThrow();
    const byRoot = { ...given, signed: made.tiers.signIssuer(made.csr, { by: "root" }) };
    expect(() => acceptIssuer(byRoot, undefined, SETTINGS, now)).toThrow("It was not issued by chain");
});

test("the three are given together; those above alone are only not needed yet", () => {
    expect(isSigned({})).toBe(false);
    expect(isSigned({ chain: "c", authorities: "r" })).toBe(false);
    expect(isSigned({ signed: "s", chain: "c", authorities: "r" })).toBe(true);
    expect(() => isSigned({ signed: "s", authorities: "r" })).toThrow(
        "chain: It is missing, while signed is given",
    );
    expect(() => isSigned({ signed: "s", chain: "c" })).toThrow("authorities: It is missing");
});
