/** Identities of issuers: service accounts whose tokens cert-manager may take, and the role that writes proofs. */
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import type { CertIssuersArgs, LetsEncryptArgs } from "./args";
import { aws } from "./aws";
import type { Manager } from "./manager";
import { irsaTrust, type ServiceAccountName } from "../iam-policies";
import { dnsPolicy, podIdentityTrust } from "./policies";

/** What the parts of the component are given. */
export interface Place {
    /** The component's name, with which the names of its children begin. */
    readonly name: string;
    readonly parent: pulumi.Resource;
    readonly manager: Manager;
    /** What has to be there before. */
    readonly dependsOn: readonly pulumi.Resource[];
    readonly tags: NonNullable<CertIssuersArgs["tags"]>;
}

/**
 * A service account, and the controller's right to take tokens of it and of no other: since 1.21 the chart gives it
 * none.
 *
 * @returns what an issuer that uses it has to come after
 */
export function tokenAccount(
    place: Place,
    suffix: string,
    account: ServiceAccountName,
): readonly pulumi.Resource[] {
    const { name, manager, parent, dependsOn } = place;
    const opts = { parent, dependsOn: [...dependsOn] };
    const { namespace } = account;
    const made = new ServiceAccount(
        `${name}-${suffix}`,
        // Nothing runs as it: its tokens are made on demand.
        { metadata: { name: account.name, namespace }, automountServiceAccountToken: false },
        opts,
    );
    const metadata = { name: `${account.name}-tokens`, namespace };
    const role = new Role(
        `${name}-${suffix}-tokens`,
        {
            metadata,
            rules: [
                {
                    apiGroups: [""],
                    resources: ["serviceaccounts/token"],
                    resourceNames: [account.name],
                    verbs: ["create"],
                },
            ],
        },
        opts,
    );
    const binding = new RoleBinding(
        `${name}-${suffix}-tokens-binding`,
        {
            metadata,
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
            subjects: [
                { kind: "ServiceAccount", name: manager.serviceAccount, namespace: manager.namespace },
            ],
        },
        { ...opts, dependsOn: [...dependsOn, role] },
    );
    return [made, binding];
}

/** How the issuers of Let's Encrypt come by their rights. */
export interface DnsIdentity {
    /** Undefined where the rights are the controller's own. */
    readonly token: { readonly serviceAccount: string; readonly roleArn: pulumi.Output<string> } | undefined;
    readonly roleArn: pulumi.Output<string | undefined>;
    readonly needs: readonly pulumi.Resource[];
}

export function dnsIdentity(place: Place, args: LetsEncryptArgs): DnsIdentity {
    const { identity } = args;
    const { manager } = place;
    switch (identity.type) {
        case "ambient":
            return { token: undefined, roleArn: pulumi.output(undefined), needs: [] };
        case "podIdentity": {
            const account = { namespace: manager.namespace, name: manager.serviceAccount };
            const trust = pulumi
                .output(identity.clusterName)
                .apply((clusterName) => JSON.stringify(podIdentityTrust(clusterName, account)));
            const made = dnsRole(place, args, trust);
            const association = new (aws("eks/podIdentityAssociation").PodIdentityAssociation)(
                `${place.name}-dns-association`,
                {
                    clusterName: identity.clusterName,
                    namespace: account.namespace,
                    serviceAccount: account.name,
                    roleArn: made.roleArn,
                    tags: place.tags,
                },
                { parent: place.parent },
            );
            return { ...made, token: undefined, needs: [...made.needs, association] };
        }
        case "irsa": {
            const account = {
                namespace: args.namespace ?? manager.namespace,
                name: `${place.name}-route53`,
            };
            const needs = tokenAccount(place, "route53", account);
            const of = (
                roleArn: pulumi.Output<string>,
                more: readonly pulumi.Resource[] = [],
            ): DnsIdentity => ({
                token: { serviceAccount: account.name, roleArn },
                roleArn,
                needs: [...needs, ...more],
            });
            if ("roleArn" in identity) return of(pulumi.output(identity.roleArn));
            const trust = pulumi
                .output(identity.oidcProviderArn)
                .apply((arn) => JSON.stringify(irsaTrust(arn, account)));
            const made = dnsRole(place, args, trust);
            return of(made.roleArn, made.needs);
        }
    }
}

/** The role that may write proofs to the hosted zone. */
function dnsRole(
    { name, parent, tags }: Place,
    args: LetsEncryptArgs,
    assumeRolePolicy: pulumi.Output<string>,
): { readonly roleArn: pulumi.Output<string>; readonly needs: readonly pulumi.Resource[] } {
    const role = new (aws("iam/role").Role)(
        `${name}-dns-role`,
        { description: "cert-manager: proofs by DNS in one hosted zone", assumeRolePolicy, tags },
        { parent },
    );
    const { getPartitionOutput } = aws("getPartition");
    const policy = pulumi
        .all([getPartitionOutput({}, { parent }), args.hostedZoneId])
        .apply(([{ partition }, hostedZoneId]) =>
            JSON.stringify(dnsPolicy(partition, { hostedZoneId, zones: args.zones })),
        );
    const rights = new (aws("iam/rolePolicy").RolePolicy)(
        `${name}-dns-policy`,
        { role: role.name, policy },
        { parent },
    );
    return { roleArn: role.arn, needs: [rights] };
}
