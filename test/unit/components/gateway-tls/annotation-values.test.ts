/** Values of cert-manager's annotations that it, or the issuer, would not take. */
import { expect, test } from "@jest/globals";
import { valueRefusal } from "../../../../components/gateway-tls/annotation-values";
import type { Issuer } from "../../../../provider/kubernetes/issuer";

const ISSUER: Issuer = {
    name: "vault",
    kind: "ClusterIssuer",
    limits: { domains: ["priv.example.org"], allowWildcards: false, allowBareDomains: false },
};
const said = (key: string, annotations: Readonly<Record<string, string>>) =>
    valueRefusal(key, annotations, ISSUER);

test.each([
    ["alt-names", "a.priv.example.org"],
    ["alt-names", "a.priv.example.org,b.priv.example.org"],
    ["common-name", "a.priv.example.org"],
    ["duration", "2160h"],
    ["email-sans", "ops@example.org,root@example.org"],
    ["ip-sans", "10.0.0.1,2001:db8::1"],
    ["private-key-algorithm", "Ed25519"],
    ["private-key-encoding", "PKCS8"],
    ["private-key-rotation-policy", "Always"],
    ["private-key-size", "4096"],
    ["renew-before", "360h"],
    ["renew-before-percentage", "33"],
    ["revision-history-limit", "1"],
    ["secret-template", '{"labels":{"team":"platform"}}'],
    ["subject-organizations", 'Ogenki, "Another, Inc."'],
    ["usages", "digital signature, server auth"],
])("%s may be %s", (key, value) => {
    expect(said(key, { [key]: value })).toBeUndefined();
});

test.each([
    ["alt-names", "shop.evil.com", "is in none of the domains"],
    ["alt-names", "a.priv.example.org,*.priv.example.org", "is a wildcard"],
    ["alt-names", "a.priv.example.org, b.priv.example.org", '" b.priv.example.org" is no host name'],
    ["alt-names", "", '"" is no host name'],
    ["common-name", "shop.evil.com", "is in none of the domains"],
    ["common-name", "The Shop", "It is no host name"],
    ["common-name", `${"x".repeat(60)}.org.x`, "more than 64 bytes"],
    ["email-sans", "ops", "addresses of electronic mail"],
    ["ip-sans", "10.0.0.256", "IP addresses"],
    ["private-key-algorithm", "DSA", "Write RSA or ECDSA or Ed25519."],
    ["private-key-encoding", "pkcs8", "Write PKCS1 or PKCS8."],
    ["private-key-rotation-policy", "always", "Write Always or Never."],
    ["private-key-size", "1024", "from 2048 to 8192"],
    ["renew-before-percentage", "300", "from 1 to 99"],
    ["revision-history-limit", "0", "from 1 to"],
    ["secret-template", "{", "no JSON"],
    ["secret-template", '{"data":{}}', "no JSON"],
    [
        "secret-template",
        '{"annotations":{"cert-manager.io/x":""}}',
        'refuses its own annotation "cert-manager.io/x"',
    ],
    ["usages", "nonsense", '"nonsense" is no usage'],
    ["usages", "client auth", 'Without "server auth"'],
])("%s may not be %s", (key, value, reason) => {
    expect(said(key, { [key]: value })).toContain(reason);
});

test("the size of a key is judged by its algorithm", () => {
    const size = (algorithm: string, text: string) =>
        said("private-key-size", { "private-key-algorithm": algorithm, "private-key-size": text });
    expect(size("ECDSA", "384")).toBeUndefined();
    expect(size("ECDSA", "2048")).toBe("Write 256 or 384 or 521.");
    expect(size("Ed25519", "256")).toContain("one size");
});

test("one time of renewal is said, and not two", () => {
    expect(
        said("renew-before-percentage", { "renew-before": "24h", "renew-before-percentage": "33" }),
    ).toContain("cert-manager takes one of them");
});
