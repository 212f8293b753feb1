/** The resources of certificates, for the test of every resource type. */
import type { Token } from "../../../../provider/types";
import type { Holders } from "../../../support/holders";
import type { Tiers } from "../../../support/tiers";
import type { Subject } from "../contract-subject";

const NEVER = "9999-01-01T00:00:00.000Z";

/** What they are made of is asked for when a test runs, since it is made before the first. */
export const pkiSubjects = (
    given: () => { readonly holders: Holders; readonly tiers: Tiers },
): Readonly<Record<Extract<Token, `pki:${string}`>, Subject>> => ({
    "pki:CertificateAuthority": {
        inputs: () => ({
            commonName: "Authority",
            organization: "Example",
            keyAlgorithm: "EC-P256",
            validity: "365d",
            renewBefore: "30d",
            pathLength: 1,
            permanent: true,
            privateKeyFile: { path: "key.pem", passphraseVariable: "PASSPHRASE" },
        }),
        outputs: () => ({ certificatePem: "", notBefore: "", notAfter: NEVER, fingerprintSha1: "" }),
        ignored: [],
        replacing: ["commonName", "organization", "keyAlgorithm", "pathLength"],
    },
    "pki:ClientCertificate": {
        inputs: () => ({
            commonName: "alice",
            authorityCertificatePem: given().holders.authorities.a.certificatePem,
            authorityPrivateKeyPem: given().holders.authorities.a.privateKeyPem,
            keyAlgorithm: "EC-P256",
            validity: "365d",
            renewBefore: "30d",
        }),
        outputs: () => ({ certificatePem: "", notAfter: NEVER, credentials: [] }),
        ignored: [],
        replacing: [],
    },
    "pki:CertificateRequest": {
        inputs: () => ({
            tier: "server",
            commonName: "vault.example.org",
            organization: "Example",
            country: "FR",
            dnsNames: ["vault.example.org"],
            ipAddresses: ["192.0.2.7"],
            keyAlgorithm: "EC-P256",
            generation: 2,
            privateKeyFile: { path: "key.pem", passphraseVariable: "PASSPHRASE" },
            certificatePem: given().tiers.server.pem,
        }),
        outputs: () => ({ requestPem: "", previous: [] }),
        ignored: ["certificatePem"],
        replacing: ["tier"],
    },
    "pki:SignedCertificates": {
        inputs: () => ({
            signed: {
                root: given().tiers.root.pem,
                intermediate: given().tiers.intermediate.pem,
                server: given().tiers.server.pem,
            },
            requests: {
                intermediate: [given().tiers.intermediate.request],
                server: [given().tiers.server.request],
            },
            permittedDnsDomains: { intermediate: ["example.org"] },
            issuesFor: { intermediate: ["apps.example.org"] },
        }),
        outputs: () => ({ certificates: {}, answered: {}, notAfter: NEVER }),
        ignored: [],
        replacing: [],
    },
    "pki:Pkcs12Bundle": {
        inputs: () => ({
            ...given().holders.alice,
            chainPems: [given().holders.authorities.a.certificatePem],
            password: "correct horse battery",
            friendlyName: "Alice",
            encryption: "legacy",
            iterations: 10_000,
        }),
        outputs: () => ({ pkcs12: "" }),
        ignored: [],
        replacing: [],
    },
});
