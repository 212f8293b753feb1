/** The arguments of CertIssuers. */
import type * as pulumi from "@pulumi/pulumi";
import type { IssuerLimits } from "../../provider/kubernetes/issuer";

/** cert-manager installed by its Helm chart. */
export interface CertManagerChartArgs {
    /** The chart's version, which is cert-manager's: "v1.21.2" unless given, from 1.12 on. */
    version?: string;
    /** Its namespace, which is made: "cert-manager" unless given. */
    namespace?: string;
    /** The chart's repository, or a copy of it, also as "oci://registry.example.org/charts": "https://charts.jetstack.io" unless given. */
    repository?: string;
    /** More values of the chart; what the component sets itself is refused. */
    values?: Record<string, unknown>;
}

/** A cert-manager that is there already. */
export interface ExistingCertManagerArgs {
    /** Its version, as "v1.19.2": what issuers may say depends on it. */
    existingVersion: string;
    /** Its namespace, where ClusterIssuers have their secrets: "cert-manager" unless given. */
    namespace?: string;
    /** The controller's service account, "cert-manager" unless given. */
    serviceAccount?: string;
}

/**
 * How cert-manager gets rights on the hosted zone.
 * - `irsa`: a service account for this alone, whose tokens cert-manager takes. The role is made for the cluster's
 *   OpenID Connect provider, or is there already (`roleArn`). From cert-manager 1.15 on.
 * - `podIdentity`: EKS gives the role to the controller's own service account in this cluster. For ClusterIssuers alone.
 * - `ambient`: the controller has the rights already. For ClusterIssuers alone.
 */
export type DnsIdentityArgs =
    | { type: "irsa"; oidcProviderArn: pulumi.Input<string> }
    | { type: "irsa"; roleArn: pulumi.Input<string> }
    | { type: "podIdentity"; clusterName: pulumi.Input<string> }
    | { type: "ambient" };

/** Issuers for Let's Encrypt, or another authority by ACME, which prove by DNS that they hold a zone. */
export interface LetsEncryptArgs {
    /** Of the account at the authority; no name of an example, which Let's Encrypt refuses. */
    email: pulumi.Input<string>;
    /** DNS zones that certificates are in, all within the hosted zone. */
    zones: string[];
    /** The one hosted zone of Route 53 that proofs are written to, as "Z0123456789ABCDEFGHIJ". */
    hostedZoneId: pulumi.Input<string>;
    /** Region of the calls, as "eu-west-3". */
    region: string;
    /** Where the rights come from. */
    identity: DnsIdentityArgs;
    /** Which issuers there are: both unless given. */
    environments?: ("staging" | "production")[];
    /** Directories of another authority than Let's Encrypt, in its place. */
    servers?: Partial<Record<"staging" | "production", string>>;
    /**
     * CA certificates that verify `servers`, PEM, where no public authority does: an authority of one's own. It stands in
     * the place of the public ones, for the issuers of `servers` alone.
     */
    caBundle?: pulumi.Input<string>;
    /** Namespace of Issuers in place of ClusterIssuers; with `irsa` alone. */
    namespace?: string;
    /** How long its certificates last: "90d" unless given. */
    leafLifetime?: string;
}

/** A key of a secret: in the Issuer's namespace, for a ClusterIssuer in cert-manager's. */
export interface SecretKeyArgs {
    name: pulumi.Input<string>;
    key: pulumi.Input<string>;
}

/** How cert-manager signs in to Vault: exactly one way. */
export type VaultAuthArgs =
    | {
          appRole: {
              /** The auth method's path, "approle" unless given. */
              mount?: pulumi.Input<string>;
              roleId: pulumi.Input<string>;
              /** Where the secret id is; it never passes through the program. */
              secretRef: SecretKeyArgs;
          };
      }
    | {
          kubernetes: {
              /** The auth method's path, "kubernetes" unless given. */
              mount?: pulumi.Input<string>;
              role: pulumi.Input<string>;
              /** Name of the service account that signs in; it is made, and cert-manager may take tokens of it alone. */
              serviceAccount: string;
              /** Audiences of its tokens, besides Vault's address and the issuer's own. */
              audiences?: pulumi.Input<pulumi.Input<string>[]>;
          };
      }
    | {
          /** From cert-manager 1.21 on. */
          aws: {
              /** The auth method's path, "aws" unless given. */
              mount?: pulumi.Input<string>;
              role: pulumi.Input<string>;
              region?: pulumi.Input<string>;
              /** What Vault wants in X-Vault-AWS-IAM-Server-ID. */
              headerValue?: pulumi.Input<string>;
              /** A service account that is made, and the role that its tokens are good for; else the controller's rights. */
              irsa?: { serviceAccount: string; roleArn: pulumi.Input<string> };
          };
      };

/** An issuer that has Vault or OpenBao sign. */
export interface VaultIssuerArgs {
    /** Its address, as "https://vault.example.org:8200". */
    server: pulumi.Input<string>;
    /** `<mount>/sign/<role>`: VaultPki's `signPath`. */
    path: pulumi.Input<string>;
    /** CA certificates that verify the server, PEM; this or `caBundleSecretRef`. */
    caBundle?: pulumi.Input<string>;
    /** The key of a secret with them; this or `caBundle`. */
    caBundleSecretRef?: SecretKeyArgs;
    /** The name in the server's certificate, where it is not that of `server`. */
    serverName?: pulumi.Input<string>;
    /** The namespace within Vault; none unless given. */
    vaultNamespace?: pulumi.Input<string>;
    auth: VaultAuthArgs;
    /** Namespace of an Issuer in place of a ClusterIssuer. */
    namespace?: string;
    /** What the role issues: VaultPki's `limits`. GatewayTls refuses what it does not. */
    limits?: IssuerLimits;
}

/** `VaultIssuer` is the union of the names in `vault`: outputs have the same names. */
export interface CertIssuersArgs<VaultIssuer extends string = string> {
    /** cert-manager: by its chart unless `existingVersion` is given. */
    certManager?: CertManagerChartArgs | ExistingCertManagerArgs;
    /** Whether the chart switches on certificates for Gateways, whose definitions have to be there before. True unless given. */
    enableGatewayApi?: boolean;
    /** Issuers for Let's Encrypt, `letsencrypt-staging` and `letsencrypt-production`. None unless given. */
    letsEncrypt?: LetsEncryptArgs;
    /** Issuers for Vault, by their names. None unless given. */
    vault?: Record<VaultIssuer, VaultIssuerArgs>;
    /** Of resources on AWS. None unless given. */
    tags?: Record<string, pulumi.Input<string>>;
}
