/** What programs import from `pulumi-portcullis/vault`: the three-tier PKI, the Vault cluster and its configuration. */
export { PortcullisError, type ErrorCode } from "../provider/errors";
/** The cluster of OpenBao or Vault on AWS. */
export { VaultCluster } from "../components/vault-cluster/vault-cluster";
export type {
    ImageIdArgs,
    ImageSearchArgs,
    SourcesArgs,
    SubnetArgs,
    TlsArgs,
    VaultClusterArgs,
} from "../components/vault-cluster/args";
export type { ClusterInitialization } from "../components/vault-cluster/initialization";
export type { AutopilotChoice } from "../provider/vault/autopilot";
export { VaultPki, type AppRoles } from "../components/vault-pki/vault-pki";
export type { AppRoleAccess } from "../components/vault-pki/app-role";
export type { SnapshotAccess } from "../components/vault-pki/snapshot-role";
export type {
    AppRoleArgs,
    DrillRoleArgs,
    SignedIssuerArgs,
    SnapshotRoleArgs,
    VaultPkiArgs,
} from "../components/vault-pki/args";
export { OfflineAuthority, type AuthorityStage } from "../components/offline-authority/offline-authority";
export type { AuthorityFiles, AuthorityTls } from "../components/offline-authority/files";
export type {
    IntermediateArgs,
    OfflineAuthorityArgs,
    ServerArgs,
    SignedArgs,
} from "../components/offline-authority/args";
export {
    VaultInitialization,
    type VaultAdministratorArgs,
    type VaultAuditDeviceArgs,
    type VaultAutopilotArgs,
    type VaultCondition,
    type VaultInitializationArgs,
    type VaultNodeArgs,
    type VaultShareSecretsArgs,
} from "../provider/vault/program/initialization";
export type { IssuerLimits } from "../provider/kubernetes/issuer";
export type { KeyAlgorithm } from "../provider/pki/keys";
export type { ClusterSize } from "../provider/vault/autopilot";
