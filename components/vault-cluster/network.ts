/** The network of VaultCluster: who reaches the balancer, who reaches a node, and what they reach in turn. */
import type * as pulumi from "@pulumi/pulumi";
import type { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import type { SourcesArgs, VaultClusterArgs } from "./args";
import { aws } from "./aws";
import type { ClusterPlan } from "./check";
import { PORTS } from "./node/settings";
import type { Room } from "../room";

const HTTPS_PORT = 443;

export interface Network {
    readonly balancer: SecurityGroup;
    readonly node: SecurityGroup;
    /** Nodes need them from their first second to their last. */
    readonly rules: readonly pulumi.Resource[];
}

/** The other end of a rule. */
type End = { readonly group: pulumi.Input<string> } | { readonly cidr: string };

interface Rule {
    /** The end of its resource's name. */
    readonly suffix: string;
    readonly on: "balancer" | "node";
    readonly direction: "in" | "out";
    readonly port: number;
    readonly end: End;
    readonly description: string;
}

/** Two security groups and every rule that they have: what no rule names is closed. */
export function network(room: Room, args: VaultClusterArgs, plan: ClusterPlan): Network {
    const { SecurityGroup } = aws("ec2/securityGroup");
    const group = (suffix: string, description: string): SecurityGroup =>
        new SecurityGroup(
            `${room.name}-${suffix}`,
            {
                description,
                vpcId: args.vpcId,
                tags: { ...room.tags, Name: `${plan.settings.clusterName}-${suffix}` },
            },
            { parent: room.parent },
        );
    const balancer = group("balancer-access", "The balancer of the Vault cluster");
    const node = group("node-access", "The nodes of the Vault cluster");
    const groups = { balancer, node };
    const declared = rules(args, plan, { balancer: balancer.id, node: node.id });
    return { ...groups, rules: declared.map((rule) => declare(room, rule, groups[rule.on].id)) };
}

/** Every rule. None opens the port of the node service's answers, which are for programs on the node itself. */
function rules(
    { clients, telemetry }: VaultClusterArgs,
    { egressCidrs }: ClusterPlan,
    groups: Readonly<Record<"balancer" | "node", pulumi.Output<string>>>,
): readonly Rule[] {
    const rule = (
        on: Rule["on"],
        direction: Rule["direction"],
        suffix: string,
        port: number,
        end: End,
        description: string,
    ): Rule => ({ suffix: `${on}-${suffix}`, on, direction, port, end, description });
    const node = { group: groups.node };
    const balancer = { group: groups.balancer };
    return [
        ...ends(clients).map(({ label, end }) =>
            rule("balancer", "in", `from-${label}`, PORTS.api, end, "Clients"),
        ),
        rule("balancer", "out", "to-node", PORTS.api, node, "Nodes, and their health"),
        rule("node", "in", "api-from-balancer", PORTS.api, balancer, "Clients through the balancer"),
        rule("node", "in", "api-from-node", PORTS.api, node, "Peers that join or leave"),
        rule("node", "in", "cluster-from-node", PORTS.cluster, node, "Raft and forwarded requests"),
        ...ends(telemetry ?? {}).map(({ label, end }) =>
            rule("node", "in", `metrics-from-${label}`, PORTS.telemetry, end, "Metrics"),
        ),
        rule("node", "out", "api-to-node", PORTS.api, node, "Peers that join or leave"),
        rule("node", "out", "cluster-to-node", PORTS.cluster, node, "Raft and forwarded requests"),
        ...egressCidrs.map((cidr) =>
            rule("node", "out", `https-to-${cidr}`, HTTPS_PORT, { cidr }, "AWS, and the server program"),
        ),
    ];
}

function ends({ cidrs = [], securityGroups = {} }: SourcesArgs): readonly { label: string; end: End }[] {
    return [
        ...cidrs.map((cidr) => ({ label: cidr, end: { cidr } })),
        ...Object.entries(securityGroups).map(([label, group]) => ({ label, end: { group } })),
    ];
}

function declare(room: Room, rule: Rule, securityGroupId: pulumi.Output<string>): pulumi.Resource {
    const args = {
        securityGroupId,
        ipProtocol: "tcp",
        fromPort: rule.port,
        toPort: rule.port,
        description: rule.description,
        ...("cidr" in rule.end ? { cidrIpv4: rule.end.cidr } : { referencedSecurityGroupId: rule.end.group }),
        tags: room.tags,
    };
    const name = `${room.name}-${rule.suffix}`;
    const opts = { parent: room.parent };
    return rule.direction === "in"
        ? new (aws("vpc/securityGroupIngressRule").SecurityGroupIngressRule)(name, args, opts)
        : new (aws("vpc/securityGroupEgressRule").SecurityGroupEgressRule)(name, args, opts);
}
