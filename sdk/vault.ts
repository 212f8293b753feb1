/** What programs import from `pulumi-portcullis/vault`: the three-tier PKI, the Vault cluster and its configuration. */
export { PortcullisError, type ErrorCode } from "../provider/errors";
