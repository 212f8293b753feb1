/** The resources of Vault, for the test of every resource type. */
import { normalisePgpKey } from "../../../../provider/vault/pgp";
import { publicKeyOf } from "../../../../provider/vault/tls-files";
import type { Token } from "../../../../provider/types";
import type { Holders } from "../../../support/holders";
import { HOLDER_A, HOLDER_B, HOLDER_C } from "../../../support/pgp-keys";
import { SERVER_NAME, type TlsFixture } from "../../../support/vault-cluster";
import type { Subject } from "../contract-subject";

/** What they are made of is asked for when a test runs, since it is made before the first. */
export const vaultSubjects = (
    given: () => { readonly holders: Holders; readonly tls: TlsFixture },
): Readonly<Record<Extract<Token, `vault:${string}`>, Subject>> => ({
    "vault:VaultInitialization": {
        inputs: () => ({
            address: "https://vault.example.internal:8200",
            serverName: "vault.example.internal",
            caCertificatePem: given().holders.authorities.a.certificatePem,
            product: "openbao",
            nodes: 5,
            owner: "project/stack vault",
            recoveryShares: 3,
            recoveryThreshold: 2,
            pgpKeys: [HOLDER_A, HOLDER_B, HOLDER_C].map(({ armored }) => normalisePgpKey(armored)),
            administrators: [
                { name: "alice", certificatePem: given().holders.alice.certificatePem },
                {
                    name: "team",
                    authorityPem: given().holders.authorities.a.certificatePem,
                    commonNames: ["bob"],
                },
            ],
            autopilot: { deadServerLastContactThreshold: "5m", minQuorum: 3 },
            node: {
                authorityPem: given().holders.authorities.a.certificatePem,
                dnsNames: ["vault.example.internal"],
            },
            adopt: false,
        }),
        outputs: () => ({ clusterName: "c", clusterId: "i", condition: "ready", drifted: [] }),
        ignored: ["adopt"],
        replacing: [],
    },
    "vault:TlsFilesCheck": {
        inputs: () => ({
            serverName: SERVER_NAME,
            certificate: given().tls.certificate,
            publicKey: publicKeyOf(given().tls.privateKey),
            authorities: given().tls.authorities,
        }),
        outputs: () => ({}),
        ignored: [],
        replacing: [],
    },
});
