/** The arguments of GatewayTls. */
import type * as pulumi from "@pulumi/pulumi";
import type { KeyAlgorithm } from "../../provider/pki/keys";

/** What an issuer issues at most; what is not said is not judged. */
export interface IssuerLimitsArgs {
    /** Domains below which its certificates may be. */
    domains?: pulumi.Input<readonly pulumi.Input<string>[]>;
    /** Whether they may be for the first label `*`. */
    allowWildcards?: pulumi.Input<boolean>;
    /** Whether they may be for one of `domains` itself. */
    allowBareDomains?: pulumi.Input<boolean>;
    /** How long they last at most, as "90d". */
    leafLifetime?: pulumi.Input<string>;
}

/** An issuer of cert-manager: one of CertIssuers' outputs, or any other. */
export interface IssuerArgs {
    name: pulumi.Input<string>;
    kind: pulumi.Input<"ClusterIssuer" | "Issuer">;
    /** Where an Issuer is, which issues there alone; none for a ClusterIssuer. */
    namespace?: pulumi.Input<string>;
    /** What is known of it, so that a preview refuses what it would not issue. */
    limits?: pulumi.Input<IssuerLimitsArgs>;
}

/** A reference to the secret with a listener's certificate; what Gateway API allows and cert-manager ignores is refused. */
export interface CertificateRefArgs {
    name: pulumi.Input<string>;
    /** The Gateway's own, unless given; another one is refused. */
    namespace?: pulumi.Input<string>;
    /** "Secret" unless given; another one is refused. */
    kind?: pulumi.Input<string>;
    /** "" unless given, Kubernetes' core; another one is refused. */
    group?: pulumi.Input<string>;
}

export interface ListenerTlsArgs {
    /** "Terminate" unless given; "Passthrough" is refused, for no certificate would be issued. */
    mode?: pulumi.Input<string>;
    /** One secret. `<gatewayName>-tls` unless given, or that of the one certificate in `certificates`. */
    certificateRefs?: pulumi.Input<pulumi.Input<CertificateRefArgs>[]>;
}

/** Who may attach routes: of the Gateway's namespace, of all, or of those with all of these labels. */
export type AllowedNamespacesArgs = "Same" | "All" | { matchLabels: Record<string, pulumi.Input<string>> };

/** One HTTPS listener. */
export interface ListenerArgs {
    /** A DNS subdomain, once in the Gateway; routes name it. */
    name: string;
    /** What clients ask for, in lower case: "shop.example.org", or "*.example.org". */
    hostname: pulumi.Input<string>;
    /** 1 to 65535; 443 unless given. */
    port?: number;
    tls?: ListenerTlsArgs;
    /** Namespaces whose HTTPRoutes attach here; "Same" unless given. */
    allowedRoutes?: AllowedNamespacesArgs;
}

/** A certificate that cert-manager issues into a secret. */
export interface CertificateArgs {
    /** Who issues it; the component's `issuer` unless given. */
    issuer?: IssuerArgs;
    /** Names that it is good for; the host names of the listeners that use it unless given. */
    dnsNames?: pulumi.Input<pulumi.Input<string>[]>;
    /** Subject's common name, one of the names, at most 64 bytes. None unless given: clients read the names alone. */
    commonName?: pulumi.Input<string>;
    /** How long it lasts, from "1h" on; "2160h" unless given, less where the issuer's certificates end sooner. */
    duration?: pulumi.Input<string>;
    /** How long before its end it is renewed, from "5m" on; "360h" unless given, or a third of a shorter duration. */
    renewBefore?: pulumi.Input<string>;
    /** Of its key, which is a new one with each renewal: "EC-P256" unless given. */
    keyAlgorithm?: pulumi.Input<KeyAlgorithm>;
}

/** Requests by path, and the service that answers them. */
export interface RouteRuleArgs {
    /** Path that they begin with; "/" unless given, which is every one. */
    pathPrefix?: pulumi.Input<string>;
    /** Name of the service, in the route's namespace. */
    service: pulumi.Input<string>;
    /** Its port, 1 to 65535. */
    port: pulumi.Input<number>;
}

/** An HTTPRoute that attaches to one listener. */
export interface RouteArgs {
    /** The listener's name. */
    listener: string;
    /** The Gateway's unless given; the listener's `allowedRoutes` have to admit another one. */
    namespace?: pulumi.Input<string>;
    /** Host names of its own, within the listener's; the listener's own unless given. At most 16. */
    hostnames?: pulumi.Input<pulumi.Input<string>[]>;
    /** 1 to 16. */
    rules: pulumi.Input<pulumi.Input<RouteRuleArgs>[]>;
}

export interface GatewayTlsArgs {
    /** The Gateway's namespace, which its secrets are in. */
    namespace: pulumi.Input<string>;
    /** The Gateway's name; the component's unless given. */
    gatewayName?: pulumi.Input<string>;
    /** The class whose controller serves it, as "cilium". */
    gatewayClassName: pulumi.Input<string>;
    /** Who issues: named by an annotation of the Gateway, or by `certificates` where they are given. */
    issuer: IssuerArgs;
    /** 1 to 64 of them, with that for `redirectHttp`. */
    listeners: ListenerArgs[];
    /**
     * Certificates by the name of their secret. Where they are given, the Gateway has no annotation and each listener's
     * secret is one of them. None unless given: cert-manager makes a certificate for each secret, by the annotation.
     */
    certificates?: Record<string, CertificateArgs>;
    /** HTTPRoutes by their names. None unless given. */
    routes?: Record<string, RouteArgs>;
    /**
     * Whether a listener for HTTP redirects to HTTPS, by 301 and to the listeners' host names alone; its port is 80
     * unless given. False unless given.
     */
    redirectHttp?: boolean | { port: number };
    /** More annotations of the Gateway. Of cert-manager's, those alone that it reads there. */
    annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Labels of all objects; cert-manager gives those of the Gateway to its certificates. */
    labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
