/** What is signed for a request, and what is not. */
import { execFileSync } from "node:child_process";
import { beforeAll, expect, test } from "@jest/globals";
import { generatePrivateKey } from "../../../../../provider/pki/keys";
import { makeRequest, type RequestContent } from "../../../../../provider/pki/offline/make-request";
import { orderFor, refuseMade, type SigningWish } from "../../../../../provider/pki/offline/order";
import { certify } from "../../../../../provider/pki/offline/certify";
import { subjectText } from "../../../../../provider/pki/offline/subject-text";
import { makeTiers, signerOf, type Tiers } from "../../../../support/tiers";
import { DAY, daysFromNow, NOW } from "../support";

let tiers: Tiers;
let key: string;
beforeAll(async () => {
    tiers = await makeTiers();
    key = await generatePrivateKey("EC-P256");
});

/** A request of the openssl command for a key of its own, which asks for this extension. */
function asked(extension: string): string {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null"];
    const args = ["req", "-new", ...key, "-subj", "/CN=Asked", "-addext", extension];
    return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

async function wish(content: Partial<RequestContent>, over: Partial<SigningWish> = {}): Promise<SigningWish> {
    const tier = over.tier ?? "issuer";
    const csrPem = await makeRequest({ tier, subject: { commonName: "Asked" }, ...content }, key);
    const issuerPem = tier === "intermediate" ? tiers.root.pem : tiers.intermediate.pem;
    return { tier, csrPem, issuerPem, now: NOW, ...over };
}

test("takes a request that says nothing of what it is for, for whatever tier", () => {
    const csrPem = asked("subjectKeyIdentifier=hash");
    const issuerPem = tiers.intermediate.pem;
    expect(() => orderFor({ tier: "issuer", csrPem, issuerPem, now: NOW })).not.toThrow();
});

test("is the request's key and subject, from a little before now to the tier's end", async () => {
    const order = orderFor(await wish({}));
    expect(subjectText(order.subject)).toBe("CN=Asked");
    expect(order.notBefore).toEqual(new Date(NOW.getTime() - 300_000));
    expect(order.notAfter).toEqual(daysFromNow(730));
    expect(order).not.toHaveProperty("names");
    expect(order).not.toHaveProperty("permittedDnsDomains");
});

test("ends with its issuer unless a validity is given, and a longer one is refused", async () => {
    expect(orderFor(await wish({}, { tier: "intermediate" })).notAfter).toEqual(daysFromNow(1825));
    const late = daysFromNow(1400);
    expect(orderFor(await wish({}, { now: late })).notAfter).toEqual(daysFromNow(1500));
    const given = await wish({}, { now: late, validity: 101 * DAY });
    expect(() => orderFor(given)).toThrow("Give at most 100d, or renew the issuer first.");
    expect(orderFor({ ...given, validity: 100 * DAY }).notAfter).toEqual(daysFromNow(1500));
});

test("takes the constraints that the request asks for, or those that the operator says", async () => {
    const asked = await wish({ permittedDnsDomains: ["a.example.org"] });
    expect(orderFor(asked).permittedDnsDomains).toEqual(["a.example.org"]);
    const said = { ...asked, permittedDnsDomains: ["b.example.org"] };
    expect(orderFor(said).permittedDnsDomains).toEqual(["b.example.org"]);
    expect(() => orderFor({ ...asked, permittedDnsDomains: ["example.com"] })).toThrow(
        'The issuer is constrained, and these names are outside: "example.com".',
    );
});

test.each<[string, () => Promise<SigningWish>, string]>([
    [
        "the issuer's own key",
        async () => ({ ...(await wish({})), csrPem: tiers.intermediate.request }),
        "--csr: The request is for the key of its own issuer.",
    ],
    [
        "the issuer's own subject",
        () => wish({ subject: { organization: "Example", commonName: "Intermediate" } }),
        "--csr: The request has the subject of its issuer.",
    ],
    [
        "an issuer of another tier",
        () => wish({}, { issuerPem: tiers.root.pem }),
        "--ca: Its path length is 2; it must be 1.",
    ],
    [
        "an issuer of another tier, with what to name in its place",
        () => wish({}, { issuerPem: tiers.root.pem }),
        "Name the certificate and the key of the intermediate in use, by which requests of tier issuer are signed.",
    ],
    [
        "a server's request that would become an authority",
        async () => ({ ...(await wish({}, { tier: "intermediate" })), csrPem: tiers.server.request }),
        "--csr: The request asks to be no authority's (CA:FALSE), and --tier says intermediate. Name the request that is meant, or the tier that it is for.",
    ],
    [
        "a request for TLS that would become an authority",
        async () => ({ ...(await wish({})), csrPem: asked("extendedKeyUsage=serverAuth") }),
        "--csr: The request asks to be a TLS server's or client's (extendedKeyUsage), and --tier says issuer.",
    ],
    ["an issuer that has ended", () => wish({}, { now: daysFromNow(1500) }), "--ca: It expired on"],
    [
        "a private key for a certificate",
        () => wish({}, { issuerPem: tiers.root.key }),
        "--ca: There is a private key",
    ],
    [
        "a wildcard above everything",
        () => wish({ names: { dnsNames: ["*.org"], ipAddresses: [] } }, { tier: "server" }),
        '--csr: The request asks for "*.org", which is no DNS name.',
    ],
])("%s is refused", async (_name, make, problem) => {
    const given = await make();
    expect(() => orderFor(given)).toThrow(problem);
});

test("what was made is looked at once more: another request's certificate is not handed out", async () => {
    const given = await wish({});
    const pem = await certify(orderFor(given), signerOf(tiers.intermediate.key));
    expect(() => {
        refuseMade(pem, given);
    }).not.toThrow();
    expect(() => {
        refuseMade(pem, { ...given, csrPem: tiers.issuer.request });
    }).toThrow("It is for another key than the request's.");
});
