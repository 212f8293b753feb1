/** What programs import from `pulumi-portcullis/kubernetes`: certificates for a Gateway, issued by cert-manager, and backups of Vault. */
export { PortcullisError, type ErrorCode } from "../provider/errors";
export { CertIssuers, type IssuerHandle, type IssuerHandles } from "../components/cert-issuers/cert-issuers";
export type {
    CertIssuersArgs,
    CertManagerChartArgs,
    DnsIdentityArgs,
    ExistingCertManagerArgs,
    LetsEncryptArgs,
    SecretKeyArgs,
    VaultAuthArgs,
    VaultIssuerArgs,
} from "../components/cert-issuers/args";
export type { IssuerLimits } from "../provider/kubernetes/issuer";
export type { KeyAlgorithm } from "../provider/pki/keys";
export { GatewayTls } from "../components/gateway-tls/gateway-tls";
export type {
    AllowedNamespacesArgs,
    CertificateArgs,
    CertificateRefArgs,
    GatewayTlsArgs,
    IssuerArgs,
    IssuerLimitsArgs,
    ListenerArgs,
    ListenerTlsArgs,
    RouteArgs,
    RouteRuleArgs,
} from "../components/gateway-tls/args";
export { VaultBackup } from "../components/vault-backup/vault-backup";
export type {
    BackupAlertsArgs,
    BackupAppRoleArgs,
    BackupAuthArgs,
    BackupKubernetesAuthArgs,
    BackupRetentionArgs,
    BackupVaultArgs,
    DrillArgs,
    DrillSealArgs,
    ObjectLockArgs,
    VaultBackupArgs,
} from "../components/vault-backup/args";
