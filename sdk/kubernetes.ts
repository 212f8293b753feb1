/** What programs import from `pulumi-portcullis/kubernetes`: certificates for a Gateway, issued by cert-manager. */
export { PortcullisError, type ErrorCode } from "../provider/errors";
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
