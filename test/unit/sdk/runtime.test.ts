/** What state calls for ever: every token that was ever written is served. */
import { expect, test } from "@jest/globals";
import { PortcullisError } from "../../../provider/errors";
import * as runtime from "../../../sdk/runtime";

/** Tokens in users' state. The list only ever grows. */
const TOKENS = [
    "outscale:Ca",
    "outscale:ApiAccessRule",
    "outscale:ApiAccessRuleRecord",
    "outscale:RetiredApiAccessRule",
    "outscale:ApiAccessPlan",
    "outscale:ApiAccessProof",
    "outscale:AccessKey",
    "outscale:KeyAudit",
    "outscale:ApiAccessPolicy",
    "outscale:SdkProfile",
    "pki:CertificateAuthority",
    "pki:ClientCertificate",
    "pki:Pkcs12Bundle",
    "pki:CertificateRequest",
    "pki:SignedCertificates",
    "vault:VaultInitialization",
];

test.each(TOKENS)("%s is served, each time by a provider of its own", (token) => {
    const provider = runtime.provider(token);
    expect(Object.keys(provider).sort()).toEqual([
        "check",
        "configure",
        "create",
        "delete",
        "diff",
        "read",
        "update",
    ]);
    expect(runtime.provider(token)).not.toBe(provider);
});

test("nothing else stands at this subpath", () => {
    expect(Object.keys(runtime)).toEqual(["provider"]);
});

test.each(["outscale:Nothing", "", "outscale:ca", "toString", "constructor", "__proto__", "hasOwnProperty"])(
    "%j is a clear error",
    (token) => {
        expect(() => runtime.provider(token)).toThrow(PortcullisError);
        expect(() => runtime.provider(token)).toThrow(
            `This version of pulumi-portcullis serves no resource "${token}". The state was written by a newer version: install that one.`,
        );
    },
);

test("each token is served by its own type", async () => {
    const failuresOf = async (token: string): Promise<string[]> =>
        (await runtime.provider(token).check({}, { nothing: 1 })).failures.map(({ reason }) => reason);
    const inputs: Record<string, RegExp> = {
        "outscale:Ca": /use one of: caPem,/,
        "outscale:ApiAccessRule": /use one of: caIds, cns, ipRanges, description, adopt,/,
        "outscale:ApiAccessRuleRecord": /use one of: ruleId, description,/,
        "outscale:RetiredApiAccessRule": /use one of: record, criteria, proof,/,
        "outscale:ApiAccessPlan": /use one of: rules, protect\./,
        "outscale:ApiAccessProof": /use one of: rules, probe,/,
        "outscale:AccessKey": /use one of: userName, expirationDate,/,
        "outscale:KeyAudit": /use one of: maxAccessKeyExpiration, expire,/,
        "outscale:ApiAccessPolicy": /use one of: maxAccessKeyExpiration, requireTrustedEnv,/,
        "outscale:SdkProfile": /use one of: client, profile, path,/,
        "pki:CertificateAuthority": /use one of: commonName, organization,/,
        "pki:ClientCertificate": /use one of: commonName, authorityCertificatePem,/,
        "pki:CertificateRequest": /use one of: tier, commonName,/,
        "pki:SignedCertificates": /use one of: signed, requests,/,
        "pki:Pkcs12Bundle": /use one of: certificatePem, privateKeyPem, chainPems,/,
        "vault:VaultInitialization": /use one of: address, serverName, caCertificatePem,/,
    };
    for (const token of TOKENS) expect((await failuresOf(token))[0]).toMatch(inputs[token] ?? /never/);
});

test("certificates need no account: no configuration is asked for", async () => {
    const authority = runtime.provider("pki:CertificateAuthority");
    const { inputs } = await authority.check({}, { commonName: "Authority", keyAlgorithm: "EC-P256" });
    const { outs } = await authority.create(inputs);
    expect(outs.certificatePem).toMatch(/^-----BEGIN CERTIFICATE-----/);
});
