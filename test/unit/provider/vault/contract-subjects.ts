/** The resources of Vault, for the test of every resource type. */
import { normalisePgpKey } from "../../../../provider/vault/pgp";
import type { Token } from "../../../../provider/types";
import type { Holders } from "../../../support/holders";
import { HOLDER_A, HOLDER_B, HOLDER_C } from "../../../support/pgp-keys";
import type { Subject } from "../contract-subject";

/** The holders are asked for when a test runs, since they are made before the first. */
export const vaultSubjects = (
    holders: () => Holders,
): Readonly<Record<Extract<Token, `vault:${string}`>, Subject>> => ({
    "vault:VaultInitialization": {
        inputs: () => ({
            address: "https://vault.example.internal:8200",
            serverName: "vault.example.internal",
            caCertificatePem: holders().authorities.a.certificatePem,
            product: "openbao",
            nodes: 5,
            owner: "project/stack vault",
            recoveryShares: 3,
            recoveryThreshold: 2,
            pgpKeys: [HOLDER_A, HOLDER_B, HOLDER_C].map(({ armored }) => normalisePgpKey(armored)),
            administrators: [
                { name: "alice", certificatePem: holders().alice.certificatePem },
                {
                    name: "team",
                    authorityPem: holders().authorities.a.certificatePem,
                    commonNames: ["bob"],
                },
            ],
            autopilot: { deadServerLastContactThreshold: "5m", minQuorum: 3 },
            node: {
                authorityPem: holders().authorities.a.certificatePem,
                dnsNames: ["vault.example.internal"],
            },
            adopt: false,
        }),
        outputs: () => ({ clusterName: "c", clusterId: "i", condition: "ready", drifted: [] }),
        ignored: ["adopt"],
        replacing: [],
    },
});
