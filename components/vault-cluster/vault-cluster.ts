/** The VaultCluster component: nodes of OpenBao or Vault on spot instances, behind an internal balancer. */
import * as pulumi from "@pulumi/pulumi";
import type { VaultClusterArgs } from "./args";
import { aws } from "./aws";
import { balancer } from "./balancer";
import { planCluster } from "./check";
import { autoScalingGroup, leavingHook } from "./group";
import { nodeRole, profile, rights } from "./identity";
import type { ClusterInitialization } from "./initialization";
import { unsealKey } from "./keys";
import { launchTemplate } from "./launch";
import { network } from "./network";
import { PORTS } from "./node/settings";
import { userData } from "./node/user-data";
import type { Place } from "../iam-policies";
import type { Room } from "../room";
import { tlsSecret } from "./secret";

/**
 * A Vault cluster on Raft storage whose instances may be taken away at any time: several spot pools in several zones,
 * replacements that start before what they replace ends, and a node that leaves the voters before its instance ends. It
 * unseals itself by a KMS key, which is protected. No part of it has a public address.
 *
 * It is not initialised: that is for `VaultInitialization`.
 */
export class VaultCluster extends pulumi.ComponentResource {
    /** `https://<serverName>:8200`. The name has to lead to `loadBalancerDnsName`. */
    public readonly url: pulumi.Output<string>;
    /** The balancer's own name: an alias or CNAME of `serverName` leads to it. It resolves to private addresses. */
    public readonly loadBalancerDnsName: pulumi.Output<string>;
    public readonly autoScalingGroupName: pulumi.Output<string>;
    /** Of the key that unseals the nodes and, with them, every backup. */
    public readonly kmsKeyArn: pulumi.Output<string>;
    /** Of the secret with the nodes' TLS files. */
    public readonly tlsSecretArn: pulumi.Output<string>;
    /** Of the role that the nodes have. */
    public readonly nodeRoleArn: pulumi.Output<string>;
    /** Of the group that the nodes are in. */
    public readonly nodeSecurityGroupId: pulumi.Output<string>;
    /**
     * What `VaultInitialization` takes of the cluster: product, number of nodes, name in the servers' certificate, the
     * choice for autopilot and, for Vault, the audit devices. Plain, to be spread: `{ ...cluster.initialization, address }`.
     */
    public readonly initialization: ClusterInitialization;

    /** @throws PortcullisError InvalidInput with every fault of the arguments, each with its remedy */
    constructor(name: string, args: VaultClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("portcullis:index:VaultCluster", name, {}, opts);
        const plan = planCluster(name, args, new Date());
        const { settings } = plan;
        const { tags = {}, deletionProtection = true } = args;
        const protection = deletionProtection ? ({ protect: true } as const) : {};
        const room: Room = { name, parent: this, tags, protection };
        const place = placeOf(settings.region, this);

        const groups = network(room, args, plan);
        const role = nodeRole(room, place);
        const key = unsealKey(room, place, role.arn, args.sealUsers ?? []);
        const tls = tlsSecret(room, args, key.arn);
        const granted = rights(room, {
            role,
            place,
            kmsKeyArn: key.arn,
            tlsSecretArn: tls.secret.arn,
            autoScalingGroupName: settings.clusterName,
            enableSsm: args.enableSsm ?? false,
        });
        const template = launchTemplate(room, {
            image: args.image,
            plan,
            profileArn: profile(room, role).arn,
            securityGroupId: groups.node.id,
            userData: pulumi
                .all([key.arn, tls.secret.arn])
                .apply(([kmsKeyArn, tlsSecretArn]) => userData({ ...settings, kmsKeyArn, tlsSecretArn })),
        });
        const { loadBalancer, targetGroup } = balancer(room, args, groups.balancer.id);
        const group = autoScalingGroup(room, {
            subnets: args.subnets,
            instanceTypes: args.instanceTypes,
            plan,
            template,
            targetGroupArn: targetGroup.arn,
            needs: [...groups.rules, ...granted, tls.version],
        });
        leavingHook(room, group, settings.lifecycleHook);

        this.url = pulumi.output(`https://${settings.serverName}:${PORTS.api}`);
        this.loadBalancerDnsName = loadBalancer.dnsName;
        this.autoScalingGroupName = group.name;
        this.kmsKeyArn = key.arn;
        this.tlsSecretArn = tls.secret.arn;
        this.nodeRoleArn = role.arn;
        this.nodeSecurityGroupId = groups.node.id;
        this.initialization = plan.initialization;
        this.registerOutputs({
            url: this.url,
            loadBalancerDnsName: this.loadBalancerDnsName,
            autoScalingGroupName: this.autoScalingGroupName,
            kmsKeyArn: this.kmsKeyArn,
            tlsSecretArn: this.tlsSecretArn,
            nodeRoleArn: this.nodeRoleArn,
            nodeSecurityGroupId: this.nodeSecurityGroupId,
            initialization: this.initialization,
        });
    }
}

/** The account and partition of the provider's credentials; policies name them. */
function placeOf(region: string, parent: pulumi.Resource): pulumi.Output<Place> {
    const { getCallerIdentityOutput } = aws("getCallerIdentity");
    const { getPartitionOutput } = aws("getPartition");
    return pulumi
        .all([getCallerIdentityOutput({}, { parent }), getPartitionOutput({}, { parent })])
        .apply(([{ accountId }, { partition, dnsSuffix }]) => ({
            account: accountId,
            partition,
            dnsSuffix,
            region,
        }));
}
