/** Every type of resource by its token: what the provider fills in, and what is encrypted in state. */

/** What Pulumi is told of a type of resource. */
export interface TypeDeclaration {
    /** The properties that the provider fills in. */
    readonly outputs: readonly string[];
    /** Inputs and outputs that are encrypted in state, whatever the program passes. */
    readonly secrets: readonly string[];
}

/** Those of the arguments that OUTSCALE resources share. */
const via = ["clientCertificates"];

/** A token is never renamed or removed: it stands in users' state. `registry.ts` serves each of them. */
export const TYPES = {
    "outscale:Ca": { outputs: ["caId", "fingerprint"], secrets: via },
    "outscale:ApiAccessRule": {
        // The lists too: one that the program leaves out is an output all the same.
        outputs: ["ruleId", "caIds", "cns", "ipRanges"],
        secrets: via,
    },
    "outscale:ApiAccessRuleRecord": { outputs: ["found"], secrets: via },
    "outscale:RetiredApiAccessRule": { outputs: ["restores"], secrets: via },
    "outscale:ApiAccessPlan": { outputs: [], secrets: [] },
    "outscale:ApiAccessProof": {
        outputs: ["provenAt", "conclusive", "otherRules"],
        secrets: ["probe", ...via],
    },
    "outscale:AccessKey": {
        outputs: ["accessKeyId", "secretKey", "expirationDate", "since", "previous"],
        secrets: ["secretKey", ...via],
    },
    "outscale:KeyAudit": { outputs: ["found", "blocking", "blockingRules", "dates", "ownEnd"], secrets: via },
    "outscale:ApiAccessPolicy": {
        outputs: ["found", "maxAccessKeyExpiration", "requireTrustedEnv"],
        secrets: ["probe", ...via],
    },
    "outscale:SdkProfile": {
        outputs: ["path", "region", "digest", "driftedKeys", "found"],
        secrets: ["secretKey", "clientCertificate", "digest", "found"],
    },
    "pki:CertificateAuthority": {
        outputs: ["certificatePem", "privateKeyPem", "notBefore", "notAfter", "fingerprintSha1"],
        secrets: ["privateKeyPem"],
    },
    "pki:ClientCertificate": {
        outputs: [
            "certificatePem",
            "privateKeyPem",
            "credentials",
            "notBefore",
            "notAfter",
            "fingerprintSha1",
            "serialNumber",
        ],
        secrets: ["privateKeyPem", "authorityPrivateKeyPem", "credentials"],
    },
    "pki:CertificateRequest": {
        outputs: ["requestPem", "privateKeyPem", "previous"],
        secrets: ["privateKeyPem", "previous"],
    },
    "pki:SignedCertificates": { outputs: ["certificates", "answered", "notAfter"], secrets: [] },
    "pki:Pkcs12Bundle": { outputs: ["pkcs12"], secrets: ["privateKeyPem", "password", "pkcs12"] },
    "vault:VaultInitialization": {
        outputs: [
            "clusterName",
            "clusterId",
            "encryptedShares",
            "pgpFingerprints",
            "shareSecrets",
            "condition",
            "drifted",
        ],
        secrets: ["encryptedShares", "unfinished"],
    },
    "vault:TlsFilesCheck": { outputs: [], secrets: [] },
} as const satisfies Readonly<Record<string, TypeDeclaration>>;

/** `<module>:<Type>` of a resource that this package serves. */
export type Token = keyof typeof TYPES;
