/** The TLS files of VaultCluster's nodes, in Secrets Manager: from there nodes fetch them, at boot and to renew. */
import * as pulumi from "@pulumi/pulumi";
import type { Secret } from "@pulumi/aws/secretsmanager/secret";
import type { VaultClusterArgs } from "./args";
import { aws } from "./aws";
import { tlsFailures, type TlsFiles } from "./certificates";
import { refusal } from "./check";
import type { Room } from "./room";

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
    const secretString = pulumi
        .all([tls.certificate, pulumi.secret(tls.privateKey), tls.authorities])
        .apply(([certificate, privateKey, authorities]) =>
            secretValue(room.name, { certificate, privateKey, authorities }, serverName),
        );
    const version = new (aws("secretsmanager/secretVersion").SecretVersion)(
        `${room.name}-tls-version`,
        { secretId: secret.arn, secretString },
        { parent: room.parent },
    );
    return { secret, version };
}

/**
 * The secret's value for files that are known now; at preview already, where nothing that is still to be made goes in.
 * @throws PortcullisError InvalidInput where the files would not serve
 */
export function secretValue(name: string, files: TlsFiles, serverName: string): string {
    const failures = tlsFailures(files, serverName, new Date());
    if (failures.length > 0) throw refusal(name, failures);
    const { certificate, privateKey, authorities } = files;
    return JSON.stringify({ certificate, privateKey, authorities });
}
