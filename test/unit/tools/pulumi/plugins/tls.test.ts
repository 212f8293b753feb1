import { X509Certificate } from "node:crypto";
import { expect, test } from "@jest/globals";
import { check, create, diff } from "../../../../../tools/pulumi/plugins/tls/provider";
import { secret, unwrap } from "../../../../../tools/pulumi/plugins/values";

const urn = (type: string): string => `urn:pulumi:s::p::pkg:index:Parent$tls:index/${type}::name`;
const KEY = urn("privateKey:PrivateKey");
const SELF = urn("selfSignedCert:SelfSignedCert");
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const now = new Date("2030-01-02T03:04:05.678Z");

async function selfSigned(inputs: Record<string, unknown>) {
    const key = await create(KEY, check(KEY, { algorithm: "ECDSA", ecdsaCurve: "P256" }).inputs, now);
    const given = {
        privateKeyPem: key.outs.privateKeyPem,
        validityPeriodHours: 2,
        allowedUses: [],
        ...inputs,
    };
    return create(SELF, check(SELF, given).inputs, now);
}

test("inputs get the real provider's defaults and keep their secrets; unknown ones are refused by name", () => {
    expect(check(KEY, { algorithm: secret("RSA") })).toEqual({
        inputs: { algorithm: secret("RSA"), rsaBits: 2048, ecdsaCurve: "P224" },
        failures: [],
    });
    expect(check(KEY, { algorithm: "RSA", bits: 1 }).failures.map(({ property }) => property)).toEqual([
        "bits",
    ]);
});

test("private keys are secret outputs", async () => {
    const { outs } = await create(KEY, { algorithm: "ED25519" }, now);
    expect(outs.privateKeyPem).toEqual(secret(unwrap(outs.privateKeyPem)));
    expect(unwrap(outs.privateKeyPem)).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(outs.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
});

test("validity starts at the second of creation and lasts the hours given", async () => {
    const { outs } = await selfSigned({ subject: { commonName: "x" } });
    expect([outs.validityStartTime, outs.validityEndTime]).toEqual([
        "2030-01-02T03:04:05Z",
        "2030-01-02T05:04:05Z",
    ]);
    const certificate = new X509Certificate(String(outs.certPem));
    expect(new Date(certificate.validFrom).toISOString()).toBe("2030-01-02T03:04:05.000Z");
    expect(certificate.ca).toBe(false);
});

test("any changed input replaces; secrets and the order of properties do not count as changes", () => {
    const state = { ...check(KEY, { algorithm: "RSA" }).inputs, publicKeyPem: "…" };
    expect(diff(KEY, state, check(KEY, { algorithm: secret("RSA") }).inputs, now)).toEqual({
        changes: false,
        replaces: [],
    });
    expect(diff(KEY, state, check(KEY, { algorithm: "RSA", rsaBits: 4096 }).inputs, now).replaces).toEqual([
        "rsaBits",
    ]);
    expect(diff(KEY, state, check(KEY, { algorithm: UNKNOWN }).inputs, now).replaces).toEqual(["algorithm"]);
    const nested = { subject: { commonName: "x", country: "FR" } };
    expect(diff(SELF, nested, { subject: { country: "FR", commonName: "x" } }, now).changes).toBe(false);
    expect(diff(SELF, nested, {}, now).replaces).toEqual(["subject"]);
});

test("a certificate is replaced once it is within earlyRenewalHours of its end", async () => {
    const { outs } = await selfSigned({ earlyRenewalHours: 1 });
    const at = (time: string) => diff(SELF, outs, outs, new Date(time)).replaces;
    expect(at("2030-01-02T04:04:04Z")).toEqual([]);
    expect(at("2030-01-02T04:04:05Z")).toEqual(["readyForRenewal"]);
});

test("what cannot be made is refused by property", async () => {
    await expect(create(KEY, { algorithm: "DSA" }, now)).rejects.toThrow("algorithm DSA is none of");
    await expect(create(KEY, { algorithm: "ECDSA", ecdsaCurve: "P1" }, now)).rejects.toThrow(
        "ecdsaCurve P1 is none",
    );
    await expect(selfSigned({ allowedUses: ["fly"] })).rejects.toThrow("allowedUses: fly");
    await expect(selfSigned({ privateKeyPem: "nonsense" })).rejects.toThrow(
        "privateKeyPem is not a private key",
    );
    expect(() => diff(urn("getCert:GetCert"), {}, {}, now)).toThrow("has no tls:index/getCert:GetCert");
});
