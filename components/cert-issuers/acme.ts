/** Issuers by ACME: Let's Encrypt's two, or another authority's, with proofs by DNS in one hosted zone. */
import type * as pulumi from "@pulumi/pulumi";
import { durationOrUndefined } from "../../provider/duration";
import type { IssuerLimits } from "../../provider/kubernetes/issuer";
import { isHostName, isLabel, isWildcard } from "../../provider/kubernetes/names";
import type { KubernetesObject } from "../../provider/kubernetes/object";
import { isRegion } from "../../provider/region";
import type { CheckFailure } from "../../provider/resource";
import { bundleFault } from "../../provider/vault/connection-faults";
import { isOidcProviderArn, isRoleArn } from "../iam-policies";
import type { LetsEncryptArgs } from "./args";
import type { Manager } from "./manager";

export type KnownAcme = pulumi.Unwrap<LetsEncryptArgs>;
export type Environment = "staging" | "production";

export const ENVIRONMENTS = ["staging", "production"] as const satisfies readonly Environment[];

const SERVERS: Readonly<Record<Environment, string>> = {
    staging: "https://acme-staging-v02.api.letsencrypt.org/directory",
    production: "https://acme-v02.api.letsencrypt.org/directory",
};

/** Name of the issuer. */
export function acmeName(environment: Environment): string {
    return `letsencrypt-${environment}`;
}

/** What the issuers issue: their zones whole, wildcards among them. */
export function acmeLimits({
    zones,
    leafLifetime = "90d",
}: Pick<LetsEncryptArgs, "zones" | "leafLifetime">): IssuerLimits {
    return { domains: zones, allowWildcards: true, allowBareDomains: true, leafLifetime };
}

/** What is wrong with the arguments. */
export function acmeFailures(
    args: KnownAcme,
    manager: Pick<Manager, "minor">,
    now: Date,
): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    const refuse = (property: string, reason: string) =>
        failures.push({ property: `letsEncrypt.${property}`, reason });
    const { zones, environments = ENVIRONMENTS, servers = {}, namespace, leafLifetime } = args;
    failures.push(...emailFailures(args, environments));
    if (zones.length === 0)
        refuse("zones", 'It is empty, so that nothing could be issued. Give one, as "example.org".');
    for (const [index, zone] of zones.entries()) {
        if (isHostName(zone) && !isWildcard(zone)) continue;
        refuse(
            `zones[${index}]`,
            `${JSON.stringify(zone.slice(0, 255))} is no DNS zone. Write two labels or more in lower case, without "*", as "example.org".`,
        );
    }
    if (!/^Z[A-Z0-9]{1,31}$/.test(args.hostedZoneId)) {
        refuse(
            "hostedZoneId",
            'It is no id of a hosted zone. Write one of Route 53, without "/hostedzone/", as "Z0123456789ABCDEFGHIJ".',
        );
    }
    if (!isRegion(args.region)) refuse("region", 'It is no region. Write it as "eu-west-3".');
    const other = environments.find((environment) => !ENVIRONMENTS.includes(environment));
    if (
        environments.length === 0 ||
        other !== undefined ||
        new Set(environments).size < environments.length
    ) {
        refuse("environments", 'Give "staging", "production", or both, each once.');
    }
    for (const environment of ENVIRONMENTS) {
        const server = servers[environment];
        if (server !== undefined && !isHttps(server)) {
            refuse(
                `servers.${environment}`,
                "It is no address of a directory. Write one that begins with https://.",
            );
        }
    }
    const untrusted = trustFault(args, environments, now);
    if (untrusted !== undefined) refuse("caBundle", untrusted);
    if (leafLifetime !== undefined && durationOrUndefined(leafLifetime) === undefined) {
        refuse("leafLifetime", 'It is no duration. Write it as "90d".');
    }
    if (namespace !== undefined && !isLabel(namespace)) {
        refuse("namespace", "It is no name of a namespace. Write letters, digits and hyphens.");
    }
    return [...failures, ...identityFailures(args, manager)];
}

function isHttps(text: string): boolean {
    return URL.canParse(text) && new URL(text).protocol === "https:" && !text.includes("@");
}

/** cert-manager takes a bundle in place of the public authorities, which Let's Encrypt's servers are verified by. */
function trustFault(
    { caBundle, servers = {} }: KnownAcme,
    environments: readonly Environment[],
    now: Date,
): string | undefined {
    if (caBundle === undefined) return undefined;
    if (environments.every((environment) => servers[environment] === undefined)) {
        return "There is no server that it verifies: Let's Encrypt's are verified by public authorities. Give servers, or leave it out.";
    }
    return bundleFault(caBundle, now);
}

/** Names that are nobody's (RFC 2606, RFC 6761). */
const NOBODY = /(^|\.)(example\.(com|net|org)|example|invalid|localhost|local|test)$/;

function emailFailures(
    { email, servers = {} }: KnownAcme,
    environments: readonly Environment[],
): readonly CheckFailure[] {
    const [, host = ""] = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([^@]+)$/.exec(email) ?? [];
    const property = "letsEncrypt.email";
    if (!isHostName(host) || isWildcard(host)) {
        return [
            {
                property,
                reason: "It is no address of electronic mail. Write one alone, without a name before it, its host in lower case.",
            },
        ];
    }
    if (NOBODY.test(host) && environments.some((environment) => servers[environment] === undefined)) {
        return [
            {
                property,
                reason: `Let's Encrypt makes no account for "${host}", which is nobody's. Give an address that is read.`,
            },
        ];
    }
    return [];
}

function identityFailures(
    { identity, namespace }: KnownAcme,
    { minor }: Pick<Manager, "minor">,
): readonly CheckFailure[] {
    const property = "letsEncrypt.identity";
    if (identity.type !== "irsa") {
        const known =
            identity.type === "ambient" || /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(identity.clusterName);
        return [
            ...(known
                ? []
                : [
                      {
                          property: `${property}.clusterName`,
                          reason: "It is no name of a cluster of EKS. Give it as EKS has it.",
                      },
                  ]),
            ...(namespace === undefined
                ? []
                : [
                      {
                          property,
                          reason: `With "${identity.type}" the rights are the controller's own, which it lends to ClusterIssuers alone. Use "irsa", or leave namespace out.`,
                      },
                  ]),
        ];
    }
    if (minor < 15) {
        return [
            {
                property,
                reason: `cert-manager 1.${minor} takes no tokens of a service account for Route 53; 1.15 and later do. Use another identity, or a newer version.`,
            },
        ];
    }
    const [part, kind, isIts] =
        "roleArn" in identity
            ? (["roleArn", "role", isRoleArn(identity.roleArn)] as const)
            : (["oidcProviderArn", "oidc-provider", isOidcProviderArn(identity.oidcProviderArn)] as const);
    if (isIts) return [];
    return [
        {
            property: `${property}.${part}`,
            reason: `It is no ARN of IAM's kind ${kind}. Write it as "arn:aws:iam::123456789012:${kind}/…".`,
        },
    ];
}

/** The service account whose tokens are good for the role; undefined where the controller's own rights are used. */
export interface AcmeParts {
    readonly environment: Environment;
    readonly token: { readonly serviceAccount: string; readonly roleArn: string } | undefined;
}

export function acmeObject(args: KnownAcme, { environment, token }: AcmeParts): KubernetesObject {
    const { email, zones, hostedZoneId, region, servers = {}, caBundle, namespace } = args;
    const server = servers[environment];
    const name = acmeName(environment);
    const identity = token && {
        role: token.roleArn,
        auth: { kubernetes: { serviceAccountRef: { name: token.serviceAccount } } },
    };
    return {
        apiVersion: "cert-manager.io/v1",
        kind: namespace === undefined ? "ClusterIssuer" : "Issuer",
        metadata: { name, ...(namespace !== undefined && { namespace }) },
        spec: {
            acme: {
                server: server ?? SERVERS[environment],
                ...(server !== undefined &&
                    caBundle !== undefined && { caBundle: Buffer.from(caBundle).toString("base64") }),
                email,
                privateKeySecretRef: { name: `${name}-account-key` },
                solvers: [
                    {
                        selector: { dnsZones: zones },
                        // With the hosted zone said, no right to list all of them is needed.
                        dns01: { route53: { hostedZoneID: hostedZoneId, region, ...identity } },
                    },
                ],
            },
        },
    };
}
