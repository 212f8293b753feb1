/** The parts of @pulumi/aws that a cluster is made of, loaded when one is made: the package is an optional peer. */
import type * as group from "@pulumi/aws/autoscaling/group";
import type * as lifecycleHook from "@pulumi/aws/autoscaling/lifecycleHook";
import type * as getAmi from "@pulumi/aws/ec2/getAmi";
import type * as launchTemplate from "@pulumi/aws/ec2/launchTemplate";
import type * as securityGroup from "@pulumi/aws/ec2/securityGroup";
import type * as getCallerIdentity from "@pulumi/aws/getCallerIdentity";
import type * as getPartition from "@pulumi/aws/getPartition";
import type * as instanceProfile from "@pulumi/aws/iam/instanceProfile";
import type * as role from "@pulumi/aws/iam/role";
import type * as rolePolicy from "@pulumi/aws/iam/rolePolicy";
import type * as key from "@pulumi/aws/kms/key";
import type * as listener from "@pulumi/aws/lb/listener";
import type * as loadBalancer from "@pulumi/aws/lb/loadBalancer";
import type * as targetGroup from "@pulumi/aws/lb/targetGroup";
import type * as secret from "@pulumi/aws/secretsmanager/secret";
import type * as secretVersion from "@pulumi/aws/secretsmanager/secretVersion";
import type * as egressRule from "@pulumi/aws/vpc/securityGroupEgressRule";
import type * as ingressRule from "@pulumi/aws/vpc/securityGroupIngressRule";
import { optionalPeer } from "../optional-peer";

/** By their paths in the package: the types of all of it would take the compiler half a minute. */
interface Modules {
    readonly "autoscaling/group": typeof group;
    readonly "autoscaling/lifecycleHook": typeof lifecycleHook;
    readonly "ec2/getAmi": typeof getAmi;
    readonly "ec2/launchTemplate": typeof launchTemplate;
    readonly "ec2/securityGroup": typeof securityGroup;
    readonly getCallerIdentity: typeof getCallerIdentity;
    readonly getPartition: typeof getPartition;
    readonly "iam/instanceProfile": typeof instanceProfile;
    readonly "iam/role": typeof role;
    readonly "iam/rolePolicy": typeof rolePolicy;
    readonly "kms/key": typeof key;
    readonly "lb/listener": typeof listener;
    readonly "lb/loadBalancer": typeof loadBalancer;
    readonly "lb/targetGroup": typeof targetGroup;
    readonly "secretsmanager/secret": typeof secret;
    readonly "secretsmanager/secretVersion": typeof secretVersion;
    readonly "vpc/securityGroupEgressRule": typeof egressRule;
    readonly "vpc/securityGroupIngressRule": typeof ingressRule;
}

/**
 * One module of @pulumi/aws.
 * @throws PortcullisError InvalidConfiguration where the package is not installed
 */
export function aws<Path extends keyof Modules>(path: Path): Modules[Path] {
    // The table above says what stands at each path.
    return optionalPeer("@pulumi/aws", "VaultCluster", path) as Modules[Path];
}
