/** The TLS files of VaultCluster's nodes, in Secrets Manager: from there nodes fetch them, at boot and to renew. */
import * as pulumi from "@pulumi/pulumi";
import type { Secret } from "@pulumi/aws/secretsmanager/secret";
import { TlsFilesCheck } from "../../provider/vault/program/tls-files-check";
import { publicKeyOf } from "../../provider/vault/tls-files";
import type { VaultClusterArgs } from "./args";
import { aws } from "./aws";
import type { Room } from "../room";

export interface TlsSecret {
    readonly secret: Secret;
    /** Its value; a node that boots before it is there has no certificate. */
    readonly version: pulumi.Resource;
}

/** Days in which a deleted secret can be restored. */
const RECOVERY_WINDOW = 30;

/** The secret, its value being JSON: `{"certificate", "privateKey", "authorities"}`, all of them PEM. */
export function tlsSecret(
    room: Room,
    { tls, serverName }: Pick<VaultClusterArgs, "tls" | "serverName">,
    kmsKeyArn: pulumi.Output<string>,
): TlsSecret {
    const secret = new (aws("secretsmanager/secret").Secret)(
        `${room.name}-tls`,
        {
            description: "Certificate, private key and roots of the Vault cluster's nodes",
            kmsKeyId: kmsKeyArn,
            recoveryWindowInDays: RECOVERY_WINDOW,
            tags: room.tags,
        },
        { parent: room.parent },
    );
    const privateKey = pulumi.secret(tls.privateKey);
    const { certificate, authorities } = tls;
    const check = new TlsFilesCheck(
        `${room.name}-tls-check`,
        {
            serverName,
            certificate,
            // What the check knows of the key is no secret, and stands in its state as it is.
            publicKey: pulumi.unsecret(privateKey.apply(publicKeyOf)),
            authorities,
        },
        { parent: room.parent },
    );
    const version = new (aws("secretsmanager/secretVersion").SecretVersion)(
        `${room.name}-tls-version`,
        {
            secretId: secret.arn,
            secretString: pulumi
                .all([certificate, privateKey, authorities])
                .apply(([leaf, key, roots]) =>
                    JSON.stringify({ certificate: leaf, privateKey: key, authorities: roots }),
                ),
        },
        { parent: room.parent, dependsOn: check },
    );
    return { secret, version };
}
