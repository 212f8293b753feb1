/** The parts of @pulumi/aws that components are made of, loaded when one is made: the package is an optional peer. */
import type * as group from "@pulumi/aws/autoscaling/group";
import type * as lifecycleHook from "@pulumi/aws/autoscaling/lifecycleHook";
import type * as getAmi from "@pulumi/aws/ec2/getAmi";
import type * as launchTemplate from "@pulumi/aws/ec2/launchTemplate";
import type * as securityGroup from "@pulumi/aws/ec2/securityGroup";
import type * as podIdentityAssociation from "@pulumi/aws/eks/podIdentityAssociation";
import type * as getCallerIdentity from "@pulumi/aws/getCallerIdentity";
import type * as getPartition from "@pulumi/aws/getPartition";
import type * as instanceProfile from "@pulumi/aws/iam/instanceProfile";
import type * as role from "@pulumi/aws/iam/role";
import type * as rolePolicy from "@pulumi/aws/iam/rolePolicy";
import type * as key from "@pulumi/aws/kms/key";
import type * as listener from "@pulumi/aws/lb/listener";
import type * as loadBalancer from "@pulumi/aws/lb/loadBalancer";
import type * as targetGroup from "@pulumi/aws/lb/targetGroup";
import type * as bucket from "@pulumi/aws/s3/bucket";
import type * as lifecycle from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import type * as objectLock from "@pulumi/aws/s3/bucketObjectLockConfiguration";
import type * as ownership from "@pulumi/aws/s3/bucketOwnershipControls";
import type * as bucketPolicy from "@pulumi/aws/s3/bucketPolicy";
import type * as publicAccess from "@pulumi/aws/s3/bucketPublicAccessBlock";
import type * as encryption from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import type * as versioning from "@pulumi/aws/s3/bucketVersioning";
import type * as secret from "@pulumi/aws/secretsmanager/secret";
import type * as secretVersion from "@pulumi/aws/secretsmanager/secretVersion";
import type * as egressRule from "@pulumi/aws/vpc/securityGroupEgressRule";
import type * as ingressRule from "@pulumi/aws/vpc/securityGroupIngressRule";
import { optionalPeer } from "./optional-peer";

/** By their paths in the package: the types of all of it would take the compiler half a minute. */
export interface Modules {
    readonly "autoscaling/group": typeof group;
    readonly "autoscaling/lifecycleHook": typeof lifecycleHook;
    readonly "ec2/getAmi": typeof getAmi;
    readonly "ec2/launchTemplate": typeof launchTemplate;
    readonly "ec2/securityGroup": typeof securityGroup;
    readonly "eks/podIdentityAssociation": typeof podIdentityAssociation;
    readonly getCallerIdentity: typeof getCallerIdentity;
    readonly getPartition: typeof getPartition;
    readonly "iam/instanceProfile": typeof instanceProfile;
    readonly "iam/role": typeof role;
    readonly "iam/rolePolicy": typeof rolePolicy;
    readonly "kms/key": typeof key;
    readonly "lb/listener": typeof listener;
    readonly "lb/loadBalancer": typeof loadBalancer;
    readonly "lb/targetGroup": typeof targetGroup;
    readonly "s3/bucket": typeof bucket;
    readonly "s3/bucketLifecycleConfiguration": typeof lifecycle;
    readonly "s3/bucketObjectLockConfiguration": typeof objectLock;
    readonly "s3/bucketOwnershipControls": typeof ownership;
    readonly "s3/bucketPolicy": typeof bucketPolicy;
    readonly "s3/bucketPublicAccessBlock": typeof publicAccess;
    readonly "s3/bucketServerSideEncryptionConfiguration": typeof encryption;
    readonly "s3/bucketVersioning": typeof versioning;
    readonly "secretsmanager/secret": typeof secret;
    readonly "secretsmanager/secretVersion": typeof secretVersion;
    readonly "vpc/securityGroupEgressRule": typeof egressRule;
    readonly "vpc/securityGroupIngressRule": typeof ingressRule;
}

/**
 * What gives a component the modules of @pulumi/aws.
 * @param user the component, as "VaultCluster"
 * @param otherwise what can be done in place of installing the package: a sentence; nothing unless given
 * @throws PortcullisError InvalidConfiguration, when a module is asked for, where the package is not installed
 */
export function awsFor(user: string, otherwise?: string) {
    return <Path extends keyof Modules>(path: Path): Modules[Path] =>
        // The table above says what stands at each path.
        optionalPeer("@pulumi/aws", user, { path, otherwise }) as Modules[Path];
}
