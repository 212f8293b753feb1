/** The CertIssuers component: cert-manager, and issuers for Let's Encrypt and for Vault. */
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Release, type ReleaseArgs } from "@pulumi/kubernetes/helm/v3/release";
import * as pulumi from "@pulumi/pulumi";
import type { IssuerLimits } from "../../provider/kubernetes/issuer";
import type { KubernetesObject } from "../../provider/kubernetes/object";
import { whenKnown } from "../../provider/kubernetes/program/known";
import { acmeLimits, acmeName, acmeObject, ENVIRONMENTS, type Environment } from "./acme";
import type { CertIssuersArgs, LetsEncryptArgs } from "./args";
import { dnsIdentity, tokenAccount, type Place } from "./identity";
import { managerOf } from "./manager";
import { checkIssuers, type KnownArgs } from "./plan";
import { refuseMissing } from "./required";
import { serviceAccountOf, vaultObject } from "./vault";

/** An issuer, for GatewayTls and for whoever else writes certificates. */
export interface IssuerHandle {
    /** Known in a preview already; what uses it comes after the issuer. */
    readonly name: pulumi.Output<string>;
    readonly kind: "ClusterIssuer" | "Issuer";
    /** Where an Issuer is; a ClusterIssuer is in none. */
    readonly namespace?: string;
    /** What it issues at most. */
    readonly limits?: IssuerLimits;
}

/** Issuers by their names; those of Let's Encrypt where they were asked for. */
export type IssuerHandles<VaultIssuer extends string = string> = Readonly<
    Partial<Record<`letsencrypt-${Environment}`, IssuerHandle>> & Record<VaultIssuer, IssuerHandle>
>;

/**
 * cert-manager by its Helm chart, or one that is there, and its issuers: for Let's Encrypt, with proofs by DNS in one
 * hosted zone of Route 53, and for Vault or OpenBao, by a role that signs. What cert-manager would only say in an
 * object's status, or repeat for ever, is refused: at preview where all of it is known by then.
 */
export class CertIssuers<VaultIssuer extends string = string> extends pulumi.ComponentResource {
    /** The issuers by their names: `letsencrypt-staging`, `letsencrypt-production`, and those of `vault`. */
    public readonly issuers: IssuerHandles<VaultIssuer>;
    /** cert-manager's namespace, where secrets of ClusterIssuers are; what uses it comes after the chart that makes it. */
    public readonly namespace: pulumi.Output<string>;
    /** Of the role that writes proofs; undefined where there is none but the controller's own. */
    public readonly dnsRoleArn: pulumi.Output<string | undefined>;

    /** @throws PortcullisError InvalidInput with every fault of the arguments, each with its remedy */
    constructor(name: string, args: CertIssuersArgs<VaultIssuer>, opts?: pulumi.ComponentResourceOptions) {
        super("portcullis:index:CertIssuers", name, {}, opts);
        refuseMissing(name, args);
        const checked = whenKnown(args, (known) => checkIssuers(name, known, new Date()));
        const { manager } = managerOf(args);
        const release =
            manager.chart && this.release(name, manager.version, manager.namespace, manager.chart, checked);
        const place: Place = {
            name,
            parent: this,
            manager,
            dependsOn: release === undefined ? [] : [release],
            tags: args.tags ?? {},
        };
        const acme = args.letsEncrypt && this.acme(place, args.letsEncrypt, checked);
        const issuers = { ...acme?.issuers, ...this.vault(place, args, checked) };
        // There is one for each name in `vault`, and those of Let's Encrypt are named by `acmeName`.
        this.issuers = issuers as unknown as IssuerHandles<VaultIssuer>;
        this.namespace = release?.urn.apply(() => manager.namespace) ?? pulumi.output(manager.namespace);
        this.dnsRoleArn = acme?.roleArn ?? pulumi.output(undefined);
        this.registerOutputs({
            issuers: this.issuers,
            namespace: this.namespace,
            dnsRoleArn: this.dnsRoleArn,
        });
    }

    private release(
        name: string,
        version: string,
        namespace: string,
        chart: { readonly repository: string; readonly values: Readonly<Record<string, unknown>> },
        checked: pulumi.Output<KnownArgs>,
    ): Release {
        return new Release(
            `${name}-cert-manager`,
            {
                // Its objects have the release's name before theirs, unless that is the chart's own.
                name: "cert-manager",
                ...chartPlace(chart.repository),
                version,
                namespace,
                createNamespace: true,
                values: checked.apply(() => ({ ...chart.values })),
            },
            { parent: this },
        );
    }

    private acme(
        place: Place,
        args: LetsEncryptArgs,
        checked: pulumi.Output<KnownArgs>,
    ): {
        readonly issuers: Record<string, IssuerHandle>;
        readonly roleArn: pulumi.Output<string | undefined>;
    } {
        const identity = dnsIdentity(place, args);
        const issuers = (args.environments ?? ENVIRONMENTS).map((environment): [string, IssuerHandle] => {
            const object = pulumi.all([checked, identity.roleArn]).apply(([{ letsEncrypt }, roleArn]) =>
                acmeObject(given(letsEncrypt), {
                    environment,
                    token: identity.token && {
                        serviceAccount: identity.token.serviceAccount,
                        roleArn: given(roleArn),
                    },
                }),
            );
            const issuerName = acmeName(environment);
            const limits = acmeLimits(args);
            return [
                issuerName,
                this.issuer(place, issuerName, {
                    object,
                    needs: identity.needs,
                    limits,
                    namespace: args.namespace,
                }),
            ];
        });
        return { issuers: Object.fromEntries(issuers), roleArn: identity.roleArn };
    }

    private vault(
        place: Place,
        { vault = {} }: CertIssuersArgs,
        checked: pulumi.Output<KnownArgs>,
    ): Record<string, IssuerHandle> {
        const issuers = Object.entries(vault).map(
            ([issuerName, { auth, namespace, limits }]): [string, IssuerHandle] => {
                const account = serviceAccountOf(auth);
                const needs =
                    account === undefined
                        ? []
                        : tokenAccount(place, `${issuerName}-vault`, {
                              name: account,
                              namespace: namespace ?? place.manager.namespace,
                          });
                const object = checked.apply((known) =>
                    vaultObject(issuerName, given(known.vault?.[issuerName])),
                );
                return [issuerName, this.issuer(place, issuerName, { object, needs, limits, namespace })];
            },
        );
        return Object.fromEntries(issuers);
    }

    private issuer(
        place: Place,
        name: string,
        parts: {
            readonly object: pulumi.Output<KubernetesObject>;
            readonly needs: readonly pulumi.Resource[];
            readonly limits: IssuerLimits | undefined;
            readonly namespace: string | undefined;
        },
    ): IssuerHandle {
        const { object, needs, limits, namespace } = parts;
        const kind = namespace === undefined ? "ClusterIssuer" : "Issuer";
        const made = new CustomResource(
            `${place.name}-${name}`,
            {
                apiVersion: "cert-manager.io/v1",
                kind,
                // Known in a preview, though an argument of the spec may not be.
                metadata: { name, ...(namespace !== undefined && { namespace }) },
                spec: object.spec,
            },
            { parent: this, dependsOn: [...place.dependsOn, ...needs] },
        );
        return {
            name: made.urn.apply(() => name),
            kind,
            ...(namespace !== undefined && { namespace }),
            ...(limits !== undefined && { limits }),
        };
    }
}

/** A registry holds charts under whole addresses; a repository has an index of them. */
function chartPlace(repository: string): Pick<ReleaseArgs, "chart" | "repositoryOpts"> {
    if (repository.startsWith("oci://")) return { chart: `${repository.replace(/\/$/, "")}/cert-manager` };
    return { chart: "cert-manager", repositoryOpts: { repo: repository } };
}

/** What was given once is there when all is known. */
function given<T>(value: T | undefined): T {
    if (value === undefined) throw new Error("an argument is no longer there");
    return value;
}
