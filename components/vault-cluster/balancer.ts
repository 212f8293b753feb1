/** The balancer of VaultCluster: internal, TCP from end to end, to nodes that answer as serving ones. */
import type { LoadBalancer } from "@pulumi/aws/lb/loadBalancer";
import type { TargetGroup } from "@pulumi/aws/lb/targetGroup";
import type * as pulumi from "@pulumi/pulumi";
import type { VaultClusterArgs } from "./args";
import { aws } from "./aws";
import { PORTS } from "./node/settings";
import type { Room } from "../room";

export interface Balancer {
    readonly loadBalancer: LoadBalancer;
    readonly targetGroup: TargetGroup;
}

/** Standbys serve too: they pass on what only the active node may do. Sealed and uninitialised ones do not. */
export const ROUTING_HEALTH = "/v1/sys/health?standbyok=true&perfstandbyok=true";

/** Seconds for the calls that a leaving node still answers. */
const DEREGISTRATION_DELAY = 30;

export function balancer(
    room: Room,
    { subnets, vpcId }: Pick<VaultClusterArgs, "subnets" | "vpcId">,
    securityGroupId: pulumi.Output<string>,
): Balancer {
    const opts = { parent: room.parent, ...room.protection };
    const loadBalancer = new (aws("lb/loadBalancer").LoadBalancer)(
        `${room.name}-lb`,
        {
            loadBalancerType: "network",
            internal: true,
            ipAddressType: "ipv4",
            subnets: subnets.map(({ id }) => id),
            // A network balancer that is made without a security group can never be given one.
            securityGroups: [securityGroupId],
            enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
            // A zone whose nodes are being replaced goes on answering.
            enableCrossZoneLoadBalancing: true,
            tags: room.tags,
        },
        opts,
    );
    const targetGroup = new (aws("lb/targetGroup").TargetGroup)(
        `${room.name}-api`,
        {
            port: PORTS.api,
            protocol: "TCP",
            targetType: "instance",
            vpcId,
            // Nodes then see the balancer's addresses, so that their security group admits the balancer alone.
            preserveClientIp: "false",
            deregistrationDelay: DEREGISTRATION_DELAY,
            connectionTermination: true,
            // Routing only: what has to be replaced is for the Auto Scaling group, which does not ask here.
            healthCheck: {
                protocol: "HTTPS",
                port: "traffic-port",
                path: ROUTING_HEALTH,
                matcher: "200",
                interval: 10,
                timeout: 6,
                healthyThreshold: 2,
                unhealthyThreshold: 2,
            },
            tags: room.tags,
        },
        { parent: room.parent },
    );
    new (aws("lb/listener").Listener)(
        `${room.name}-listener`,
        {
            loadBalancerArn: loadBalancer.arn,
            port: PORTS.api,
            // Nodes end TLS themselves: the balancer has no certificate, and reads nothing.
            protocol: "TCP",
            defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
            tags: room.tags,
        },
        opts,
    );
    return { loadBalancer, targetGroup };
}
