/** The Auto Scaling group of VaultCluster, and the hook that holds an instance until its node has left the cluster. */
import type * as pulumi from "@pulumi/pulumi";
import type { Group } from "@pulumi/aws/autoscaling/group";
import type { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import type { VaultClusterArgs } from "./args";
import { aws } from "./aws";
import type { ClusterPlan } from "./check";
import { JOIN_TAG } from "./node/settings";
import type { Room } from "../room";

export interface GroupArgs extends Pick<VaultClusterArgs, "subnets" | "instanceTypes"> {
    readonly plan: ClusterPlan;
    readonly template: LaunchTemplate;
    readonly targetGroupArn: pulumi.Output<string>;
    /** What instances need to be there before the first of them starts, and after the last of them has ended. */
    readonly needs: readonly pulumi.Resource[];
}

/** Seconds in which a new node installs, joins and catches up before anybody may call it unhealthy. */
const GRACE_PERIOD = 300;
/** Seconds that a terminating instance is held for; an interrupted spot instance ends after two minutes all the same. */
const LEAVING_TIME = 300;

export function autoScalingGroup(room: Room, args: GroupArgs): Group {
    const { plan, template } = args;
    const { nodes, most, settings, onDemandBase } = plan;
    return new (aws("autoscaling/group").Group)(
        `${room.name}-group`,
        {
            name: settings.clusterName,
            minSize: nodes,
            desiredCapacity: nodes,
            maxSize: most,
            vpcZoneIdentifiers: args.subnets.map(({ id }) => id),
            // In a shortage five nodes in two zones outlive more losses than three nodes do.
            availabilityZoneDistribution: { capacityDistributionStrategy: "balanced-best-effort" },
            mixedInstancesPolicy: {
                instancesDistribution: {
                    onDemandBaseCapacity: onDemandBase,
                    // Any other percentage is rounded up to whole on-demand instances.
                    onDemandPercentageAboveBaseCapacity: 0,
                    spotAllocationStrategy: "price-capacity-optimized",
                },
                launchTemplate: {
                    launchTemplateSpecification: {
                        launchTemplateId: template.id,
                        version: template.latestVersion.apply(String),
                    },
                    // No weights: with them, a capacity of 5 means anything from one node to five.
                    overrides: args.instanceTypes.map((instanceType) => ({ instanceType })),
                },
            },
            capacityRebalance: true,
            // Whatever is replaced, its replacement starts before it ends.
            instanceMaintenancePolicy: {
                minHealthyPercentage: 100,
                maxHealthyPercentage: Math.ceil((most / nodes) * 100),
            },
            // A sealed node is no reason to replace it: while KMS is down, that would replace every one. The service on
            // each node says when it can never come back.
            healthCheckType: "EC2",
            healthCheckGracePeriod: GRACE_PERIOD,
            targetGroupArns: [args.targetGroupArn],
            tags: instanceTags(room, settings.clusterName),
        },
        { parent: room.parent, dependsOn: [...args.needs], ...room.protection },
    );
}

function instanceTags({ tags }: Room, clusterName: string) {
    return Object.entries({ ...tags, Name: clusterName, [JOIN_TAG]: clusterName }).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
    }));
}

/** Where nothing answers in time, the instance ends: its node is then for autopilot to remove. */
export function leavingHook(room: Room, group: Group, name: string): void {
    new (aws("autoscaling/lifecycleHook").LifecycleHook)(
        `${room.name}-leave`,
        {
            name,
            autoscalingGroupName: group.name,
            lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
            heartbeatTimeout: LEAVING_TIME,
            defaultResult: "CONTINUE",
        },
        { parent: room.parent, ...room.protection },
    );
}
