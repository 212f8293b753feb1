/**
 * What stands on Vault in Kubernetes: its backups, and a Gateway with certificates of its issuer.
 *
 * The cluster is there, with cert-manager, Gateway API, the Prometheus Operator, External Secrets and its store for
 * Secrets Manager, and the namespaces `vault` and `infrastructure`. `kubernetes:kubeconfig`, or $KUBECONFIG, leads to it.
 */
import { Secret } from "@pulumi/aws/secretsmanager";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { CertIssuers, GatewayTls, VaultBackup } from "pulumi-portcullis/kubernetes";
import type { AppRoleAccess, VaultCluster, VaultPki } from "pulumi-portcullis/vault";

/** What the rest of the platform gives out. */
export interface Vault {
    readonly cluster: VaultCluster;
    readonly issuer: VaultPki;
    /** The root that the cluster's own certificate leads to, PEM. */
    readonly authorities: pulumi.Output<string>;
}

/** Of the cluster's service account tokens: by it, jobs have roles on AWS. */
const oidcProviderArn =
    "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-3.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
const secretStore = { name: "secrets-manager", kind: "ClusterSecretStore" } as const;
/** Where `deliver.sh` keeps the credentials of an AppRole: `role_id` and `secret_id`. */
const delivered = ({ roleName }: AppRoleAccess): pulumi.Output<string> =>
    new Secret(`vault-${roleName}`, { name: `platform/vault/${roleName}` }).name;

export function onKubernetes({ cluster, issuer, authorities }: Vault) {
    const { certManager, snapshot } = issuer.approles;
    const backup =
        snapshot &&
        new VaultBackup("vault-backup", {
            bucketName: "ogenki-vault-backup",
            region: new pulumi.Config("aws").require("region"),
            namespace: "vault",
            oidcProviderArn,
            vault: { address: cluster.url, caBundle: authorities, canaryMount: snapshot.canaryMount },
            auth: { appRole: { mount: snapshot.path, secretStore, remoteKey: delivered(snapshot) } },
            alerts: {},
        });
    const gateway = issuer.whenSigned(() => {
        const secretRef = { name: "vault-approle", key: "secret-id" };
        const certificates = new CertIssuers("certs", {
            certManager: { existingVersion: "v1.21.2" },
            vault: {
                vault: {
                    server: cluster.url,
                    path: issuer.signPath,
                    caBundle: authorities,
                    auth: { appRole: { mount: certManager.path, roleId: certManager.roleId, secretRef } },
                    limits: issuer.limits,
                },
            },
        });
        new CustomResource("vault-approle", {
            apiVersion: "external-secrets.io/v1",
            kind: "ExternalSecret",
            metadata: { name: secretRef.name, namespace: certificates.namespace },
            spec: {
                refreshInterval: "1h",
                secretStoreRef: secretStore,
                target: { name: secretRef.name, creationPolicy: "Owner" },
                data: [
                    {
                        secretKey: secretRef.key,
                        remoteRef: { key: delivered(certManager), property: "secret_id" },
                    },
                ],
            },
        });
        return new GatewayTls("platform", {
            namespace: "infrastructure",
            gatewayClassName: "cilium",
            issuer: certificates.issuers.vault,
            listeners: [
                { name: "harbor", hostname: "harbor.priv.cloud.ogenki.io", allowedRoutes: "All" },
                { name: "grafana", hostname: "grafana.priv.cloud.ogenki.io", allowedRoutes: "All" },
            ],
            certificates: { "platform-tls": {} },
            redirectHttp: true,
        });
    });
    return { backup, gateway };
}
