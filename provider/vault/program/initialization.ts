/** The VaultInitialization resource as programs use it. */
import * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { ClusterSize } from "../autopilot";
import type { Condition } from "../condition";

export type VaultCondition = Condition;

/** Who administers the cluster: exactly one of `certificatePem` and `authorityPem`. */
export interface VaultAdministratorArgs {
    /** Letters, digits, - and _. It names the role `administrator-<name>` of the auth method `cert`, and stands in the audit log. */
    name: pulumi.Input<string>;
    /** The one certificate, PEM, that signs in; for TLS clients. */
    certificatePem?: pulumi.Input<string>;
    /** The certificate, PEM, of an authority: whoever it certifies under one of `commonNames` signs in. */
    authorityPem?: pulumi.Input<string>;
    /** With `authorityPem`: common names in full, at least one. */
    commonNames?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Where recovery shares go, each into a secret of its own. */
export interface VaultShareSecretsArgs {
    /** The secrets are `<prefix>-1`, `<prefix>-2` and so on. One that is there already is refused. */
    prefix: pulumi.Input<string>;
    /** As "eu-west-3". Credentials are those of the AWS SDK's own environment and files. */
    region: pulumi.Input<string>;
    /** The KMS key that encrypts them. The account's own for Secrets Manager unless given. */
    kmsKeyId?: pulumi.Input<string>;
}

/** How autopilot removes dead nodes; what would endanger the quorum is refused at preview. */
export interface VaultAutopilotArgs {
    /** How long a node may be silent before it is removed, 2m to 15m. "5m" unless given. */
    deadServerLastContactThreshold?: pulumi.Input<string>;
    /** How many voters are always left: 3 to `nodes`. 3 unless given. */
    minQuorum?: pulumi.Input<number>;
}

/** As whom nodes sign in, with the certificate that they serve: role `node`, policy `portcullis-node`. */
export interface VaultNodeArgs {
    /** The certificate, PEM, of the authority that the nodes' certificate leads to. */
    authorityPem: pulumi.Input<string>;
    /** DNS names in the nodes' certificate: one of them is enough. */
    dnsNames: pulumi.Input<pulumi.Input<string>[]>;
}

/** An audit device of Vault. */
export interface VaultAuditDeviceArgs {
    /** Letters, digits, - and _. */
    path: pulumi.Input<string>;
    type: pulumi.Input<"file" | "syslog" | "socket">;
    /** As Vault's documentation names them: `{ file_path: "/var/log/vault/audit.log" }`. None unless given. */
    options?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export interface VaultInitializationArgs {
    /** Where the cluster answers: `https://<host>:8200`, reached from where the program runs. Never plain HTTP. */
    address: pulumi.Input<string>;
    /** The name in the servers' certificate, where `address` has another, as through a tunnel. */
    serverName?: pulumi.Input<string>;
    /** Authorities, PEM, of the servers' certificate. The file in VAULT_CACERT, else the system's, unless given. */
    caCertificatePem?: pulumi.Input<string>;
    /** "openbao" unless given, or "vault". */
    product?: pulumi.Input<"openbao" | "vault">;
    /** How many nodes the cluster has: 1, 3, 5 or 7. 5 unless given. */
    nodes?: pulumi.Input<ClusterSize>;
    /** Who initialises it, in the cluster's own record. `<project>/<stack> <name>` unless given. */
    owner?: pulumi.Input<string>;
    /** How many recovery shares are made, at least 3. As many as `pgpKeys`, else 5, unless given. */
    recoveryShares?: pulumi.Input<number>;
    /** How many of them are needed, at least 2 and fewer than there are. More than half of them unless given. */
    recoveryThreshold?: pulumi.Input<number>;
    /**
     * PGP public keys, armored or binary in base64: one a share, each of another holder. Exactly one of this and
     * `secretsManager`. Something is encrypted to each before anything is initialised.
     */
    pgpKeys?: pulumi.Input<pulumi.Input<string>[]>;
    /** In place of `pgpKeys`: AWS Secrets Manager. Let no one identity read as many secrets as `recoveryThreshold`. */
    secretsManager?: pulumi.Input<VaultShareSecretsArgs>;
    /**
     * Who administers the cluster, at least one. The certificate and key of one of them must be at hand (see below). The
     * last one who is known to work is never removed (`Lockout`).
     */
    administrators: pulumi.Input<pulumi.Input<VaultAdministratorArgs>[]>;
    autopilot?: pulumi.Input<VaultAutopilotArgs>;
    /** No role for nodes is written unless given. */
    node?: pulumi.Input<VaultNodeArgs>;
    /** Required for Vault, at least one; refused for OpenBao, which takes them from its server configuration alone. A device is never disabled from here. */
    auditDevices?: pulumi.Input<pulumi.Input<VaultAuditDeviceArgs>[]>;
    /**
     * Take over a cluster that something else has initialised. Its shares stay where they are; its policies
     * `portcullis-…`, the roles declared here and autopilot's settings become what the program says. Counts at creation
     * only. False unless given.
     */
    adopt?: pulumi.Input<boolean>;
}

/**
 * A cluster that unseals itself, initialised: recovery shares to their holders, administrators who sign in by client
 * certificate, autopilot's settings, the role of the nodes, and no root token.
 *
 * The root token is revoked, and seen to be gone, once an administrator has signed in and done what one must be able to
 * do. So the certificate and key of one of `administrators` have to be at hand: in the files that VAULT_CLIENT_CERT and
 * VAULT_CLIENT_KEY name, or `portcullis:vaultClientCert` and `portcullis:vaultClientKey` of the stack's configuration.
 * Without them nothing is initialised.
 *
 * A run that was interrupted is continued by the next one, or says what to do: where the answer of `sys/init` was lost,
 * nobody has the shares, and the cluster, which is empty, is to be made again. Until an initialisation is finished, the
 * state keeps the root token, encrypted, and drops it at the end; shares in the clear are never there.
 *
 * Shares are made once: changing what they were made by is refused. Destroying the resource changes nothing on the
 * cluster, which is only forgotten.
 */
export class VaultInitialization extends DynamicResource {
    /** As the cluster calls itself. */
    declare readonly clusterName: pulumi.Output<string>;
    declare readonly clusterId: pulumi.Output<string>;
    /** With `pgpKeys`: each share encrypted to its holder, in base64, by the order of the keys. Encrypted in state all the same. */
    declare readonly encryptedShares: pulumi.Output<string[] | undefined>;
    /** With `pgpKeys`: the keys' fingerprints in the same order, lower-case hexadecimal. */
    declare readonly pgpFingerprints: pulumi.Output<string[] | undefined>;
    /** With `secretsManager`: the names of the secrets. */
    declare readonly shareSecrets: pulumi.Output<string[] | undefined>;
    /**
     * What the last refresh found: "ready"; "unseen" (a standby, and no certificate was at hand to see whether it is a
     * member); "uninitialised" (the node has no data), "sealed", "leaderless" (it knows no
     * active node), "removed" (it is no member any more, whatever its health answers) or "shut" (the administrator at
     * hand cannot sign in). The next `up` names the remedy of any but the first two.
     */
    declare readonly condition: pulumi.Output<VaultCondition>;
    /**
     * What the last refresh found otherwise than the program says, as "autopilot" or "administrators": the next `up` writes
     * it again. "undeclaredAdministrators" go with it, and a "rootToken" that a run which was cut off has left is revoked.
     */
    declare readonly drifted: pulumi.Output<string[]>;

    constructor(name: string, args: VaultInitializationArgs, opts?: pulumi.CustomResourceOptions) {
        const owner = args.owner ?? `${pulumi.getProject()}/${pulumi.getStack()} ${name}`;
        super("vault:VaultInitialization", name, { ...args, owner }, opts);
    }
}
