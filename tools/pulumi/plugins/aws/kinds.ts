/** The types of resources that the `aws` stand-in knows: their inputs, what replaces them, and what AWS would answer. */
import type { Properties } from "../values";
import { BUCKET_KINDS } from "./buckets";
import { arn, autoName, digits, DNS_SUFFIX, letters, regionOf, uuid } from "./names";

/** A resource about to be made, its inputs without envelopes. */
export interface Wish {
    readonly urn: string;
    readonly region: string;
    readonly inputs: Properties;
}

export interface Made {
    readonly id: string;
    /** What is added to the inputs to make the state. */
    readonly outputs: Properties;
}

export interface Kind {
    /** Inputs that the stand-in takes; any other is refused. */
    readonly inputs: readonly string[];
    /** Those of them that cannot be changed on what is there. */
    readonly replaces: readonly string[];
    readonly make: (wish: Wish) => Made;
    /** Outputs that an update changes. None unless given. */
    readonly updated?: (state: Properties) => Properties;
}

function nameOf({ urn, inputs }: Wish, limit = 128): string {
    return typeof inputs.name === "string" ? inputs.name : autoName(urn, limit);
}

const RULE: Kind = {
    inputs: [
        ...["securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "referencedSecurityGroupId"],
        ...["description", "tags"],
    ],
    replaces: ["securityGroupId"],
    make({ urn, region }) {
        const id = `sgr-${digits(urn, 17)}`;
        return {
            id,
            outputs: { securityGroupRuleId: id, arn: arn("ec2", region, `security-group-rule/${id}`) },
        };
    },
};

/** By their types, `aws:<module>/<file>:<Type>`. */
export const KINDS: Readonly<Record<string, Kind>> = {
    ...BUCKET_KINDS,
    "aws:autoscaling/group:Group": {
        inputs: [
            ...[
                "name",
                "minSize",
                "maxSize",
                "desiredCapacity",
                "vpcZoneIdentifiers",
                "mixedInstancesPolicy",
            ],
            ...["availabilityZoneDistribution", "capacityRebalance", "instanceMaintenancePolicy"],
            ...["healthCheckType", "healthCheckGracePeriod", "targetGroupArns", "tags"],
        ],
        replaces: ["name"],
        make(wish) {
            const name = nameOf(wish, 255);
            const own = `autoScalingGroup:${uuid(wish.urn)}:autoScalingGroupName/${name}`;
            return { id: name, outputs: { name, arn: arn("autoscaling", wish.region, own) } };
        },
    },
    "aws:autoscaling/lifecycleHook:LifecycleHook": {
        inputs: [
            ...["name", "autoscalingGroupName", "lifecycleTransition", "heartbeatTimeout"],
            "defaultResult",
        ],
        replaces: ["name", "autoscalingGroupName"],
        make(wish) {
            const name = nameOf(wish, 255);
            return { id: name, outputs: { name } };
        },
    },
    "aws:ec2/launchTemplate:LaunchTemplate": {
        inputs: [
            ...["name", "description", "imageId", "iamInstanceProfile", "metadataOptions"],
            ...["networkInterfaces", "blockDeviceMappings", "userData", "tagSpecifications"],
            ...["updateDefaultVersion", "tags"],
        ],
        replaces: ["name"],
        make(wish) {
            const id = `lt-${digits(wish.urn, 17)}`;
            return {
                id,
                outputs: {
                    name: nameOf(wish),
                    arn: arn("ec2", wish.region, `launch-template/${id}`),
                    latestVersion: 1,
                    defaultVersion: 1,
                },
            };
        },
        updated(state) {
            const latestVersion = Number(state.latestVersion) + 1;
            return { latestVersion, defaultVersion: latestVersion };
        },
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        inputs: ["name", "description", "vpcId", "tags"],
        replaces: ["name", "description", "vpcId"],
        make(wish) {
            const id = `sg-${digits(wish.urn, 17)}`;
            return {
                id,
                outputs: { name: nameOf(wish, 255), arn: arn("ec2", wish.region, `security-group/${id}`) },
            };
        },
    },
    "aws:iam/instanceProfile:InstanceProfile": {
        inputs: ["name", "role", "tags"],
        replaces: ["name"],
        make(wish) {
            const name = nameOf(wish);
            return { id: name, outputs: { name, arn: arn("iam", "", `instance-profile/${name}`) } };
        },
    },
    "aws:iam/role:Role": {
        inputs: ["name", "description", "assumeRolePolicy", "tags"],
        replaces: ["name"],
        make(wish) {
            const name = nameOf(wish, 64);
            return { id: name, outputs: { name, arn: arn("iam", "", `role/${name}`) } };
        },
    },
    "aws:iam/rolePolicy:RolePolicy": {
        inputs: ["name", "role", "policy"],
        replaces: ["name", "role"],
        make(wish) {
            const name = nameOf(wish);
            return { id: `${String(wish.inputs.role)}:${name}`, outputs: { name } };
        },
    },
    "aws:kms/key:Key": {
        inputs: ["description", "region", "enableKeyRotation", "deletionWindowInDays", "policy", "tags"],
        replaces: ["region"],
        make({ urn, region: standard, inputs }) {
            const region = regionOf(inputs, standard);
            const keyId = uuid(urn);
            return { id: keyId, outputs: { keyId, arn: arn("kms", region, `key/${keyId}`) } };
        },
    },
    "aws:lb/listener:Listener": {
        inputs: ["loadBalancerArn", "port", "protocol", "defaultActions", "tags"],
        replaces: ["loadBalancerArn"],
        make({ urn, inputs }) {
            const balancer = String(inputs.loadBalancerArn).replace(":loadbalancer/", ":listener/");
            const own = `${balancer}/${digits(urn, 16)}`;
            return { id: own, outputs: { arn: own } };
        },
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        inputs: [
            ...["name", "loadBalancerType", "internal", "ipAddressType", "subnets", "securityGroups"],
            ...[
                "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
                "enableCrossZoneLoadBalancing",
                "tags",
            ],
        ],
        replaces: ["name", "loadBalancerType", "internal"],
        make(wish) {
            const name = nameOf(wish, 32);
            const end = digits(wish.urn, 16);
            const own = arn("elasticloadbalancing", wish.region, `loadbalancer/net/${name}/${end}`);
            return {
                id: own,
                outputs: {
                    name,
                    arn: own,
                    dnsName: `${name}-${end}.elb.${wish.region}.${DNS_SUFFIX}`,
                },
            };
        },
    },
    "aws:lb/targetGroup:TargetGroup": {
        inputs: [
            ...["name", "port", "protocol", "targetType", "vpcId", "preserveClientIp", "deregistrationDelay"],
            ...["connectionTermination", "healthCheck", "tags"],
        ],
        replaces: ["name", "port", "protocol", "targetType", "vpcId"],
        make(wish) {
            const name = nameOf(wish, 32);
            const end = `targetgroup/${name}/${digits(wish.urn, 16)}`;
            const own = arn("elasticloadbalancing", wish.region, end);
            return { id: own, outputs: { name, arn: own } };
        },
    },
    "aws:secretsmanager/secret:Secret": {
        inputs: ["name", "description", "kmsKeyId", "recoveryWindowInDays", "tags"],
        replaces: ["name"],
        make(wish) {
            const name = nameOf(wish, 512);
            const own = arn("secretsmanager", wish.region, `secret:${name}-${letters(wish.urn)}`);
            return { id: own, outputs: { name, arn: own } };
        },
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        inputs: ["secretId", "secretString"],
        replaces: ["secretId"],
        make({ urn, inputs }) {
            const versionId = uuid(urn + JSON.stringify(inputs.secretString));
            const secret = String(inputs.secretId);
            return { id: `${secret}|${versionId}`, outputs: { arn: secret, versionId } };
        },
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": RULE,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": RULE,
};
