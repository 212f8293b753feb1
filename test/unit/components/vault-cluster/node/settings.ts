/** Settings of a node for tests. */
import type { NodeSettings } from "../../../../../components/vault-cluster/node/settings";

export function settings(changes: Partial<NodeSettings> = {}): NodeSettings {
    return {
        ...{ product: "openbao", binary: { path: "/usr/bin/bao" }, clusterName: "vault", nodes: 5 },
        ...{ region: "eu-west-3", serverName: "vault.example.com", lifecycleHook: "leave", telemetry: false },
        kmsKeyArn: "arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555",
        tlsSecretArn: "arn:aws:secretsmanager:eu-west-3:123456789012:secret:vault-tls-AbCdEf",
        ...changes,
    };
}
