/** An account of moto with two clusters' keys, secrets and groups, and the nodes' role of the first, held to its policy. */
import assert from "node:assert/strict";
import type { PolicyDocument } from "../../components/iam-policies";
import { nodePolicy, trustPolicy } from "../../components/vault-cluster/policies";
import { REGION } from "../../tools/services/moto-calls";
import { enforcePolicies, startMoto, type Moto, type RunningMoto } from "../../tools/services/moto";
import { callAws, type AwsCall, type AwsCredentials, type AwsResult } from "../oracles/boto";
import { CLUSTER } from "./vault-cluster";

export const PLACE = {
    ...{ partition: "aws", dnsSuffix: "amazonaws.com" },
    ...{ account: "123456789012", region: REGION },
};
export const ROLE = "ogenki-vault-role";

/** Of whoever sets up, while nothing is enforced. */
const ANYBODY: AwsCredentials = { accessKeyId: "test", secretAccessKey: "test" };

/** What a cluster has. */
export interface ClusterObjects {
    /** ARNs of its key and of its secret. */
    readonly key: string;
    readonly secret: string;
    /** The names of its group, and of that group's one instance. */
    readonly group: string;
    readonly instance: string;
}

export interface VaultAccount {
    readonly moto: RunningMoto;
    readonly own: ClusterObjects;
    /** Those of a cluster that is not the role's. */
    readonly other: ClusterObjects;
    readonly policy: PolicyDocument;
    /** The nodes' role, as an instance has it. */
    readonly role: AwsCredentials & { readonly token: string };
    /** Who may do everything. */
    readonly administrator: AwsCredentials;
    readonly call: (credentials: AwsCredentials, ...calls: AwsCall[]) => Promise<readonly AwsResult[]>;
    /** Does the work while the role's policy lacks one action. */
    readonly without: <T>(action: string, work: () => Promise<T>) => Promise<T>;
}

/** Sets an account up, and holds every call to policies from then on. */
export async function openVaultAccount(found: Moto): Promise<VaultAccount> {
    const moto = await startMoto(found, { knowsResources: true });
    try {
        return await setUp(found.python, moto);
    } catch (error) {
        await moto.end();
        throw error;
    }
}

async function setUp(python: string, moto: RunningMoto): Promise<VaultAccount> {
    const call: VaultAccount["call"] = (credentials, ...calls) =>
        callAws(python, moto.url, credentials, calls);

    /** What an allowed call answers. */
    async function answered<T>(credentials: AwsCredentials, wanted: AwsCall): Promise<T> {
        const [result] = await call(credentials, wanted);
        assert.equal(result?.code, "ok", `${wanted.operation}: ${result?.code ?? ""}`);
        // As the SDK's documentation has it; what is missing fails where it is used.
        return result.answer as T;
    }

    async function makeObjects(group: string): Promise<ClusterObjects> {
        const { KeyMetadata } = await answered<{ KeyMetadata: { Arn: string } }>(ANYBODY, {
            ...{ service: "kms", operation: "create_key" },
        });
        const files = { certificate: "a", privateKey: "b", authorities: "c" };
        const { ARN } = await answered<{ ARN: string }>(ANYBODY, {
            ...{ service: "secretsmanager", operation: "create_secret" },
            parameters: { Name: `${group}-tls`, SecretString: JSON.stringify(files) },
        });
        await answered(ANYBODY, {
            ...{ service: "ec2", operation: "create_launch_template" },
            parameters: {
                LaunchTemplateName: group,
                LaunchTemplateData: { ImageId: "ami-12c6146b", InstanceType: "t3.small" },
            },
        });
        await answered(ANYBODY, {
            ...{ service: "autoscaling", operation: "create_auto_scaling_group" },
            parameters: {
                ...{ AutoScalingGroupName: group, MinSize: 1, MaxSize: 2, DesiredCapacity: 1 },
                AvailabilityZones: [`${REGION}a`],
                LaunchTemplate: { LaunchTemplateName: group, Version: "$Latest" },
                Tags: [{ Key: "portcullis:vault-cluster", Value: group, PropagateAtLaunch: true }],
            },
        });
        const { AutoScalingGroups } = await answered<{
            AutoScalingGroups: readonly { Instances: readonly { InstanceId: string }[] }[];
        }>(ANYBODY, {
            ...{ service: "autoscaling", operation: "describe_auto_scaling_groups" },
            parameters: { AutoScalingGroupNames: [group] },
        });
        const instance = AutoScalingGroups[0]?.Instances[0]?.InstanceId ?? "";
        assert.match(instance, /^i-/);
        return { key: KeyMetadata.Arn, secret: ARN, group, instance };
    }

    const putPolicy = (document: PolicyDocument): AwsCall => ({
        ...{ service: "iam", operation: "put_role_policy" },
        parameters: { RoleName: ROLE, PolicyName: "nodes", PolicyDocument: JSON.stringify(document) },
    });

    async function makeAdministrator(): Promise<AwsCredentials> {
        const UserName = "administrator";
        const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
        await answered(ANYBODY, { service: "iam", operation: "create_user", parameters: { UserName } });
        await answered(ANYBODY, {
            ...{ service: "iam", operation: "put_user_policy" },
            parameters: { UserName, PolicyName: "all", PolicyDocument: JSON.stringify(all) },
        });
        const { AccessKey } = await answered<{
            AccessKey: { AccessKeyId: string; SecretAccessKey: string };
        }>(ANYBODY, { service: "iam", operation: "create_access_key", parameters: { UserName } });
        return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
    }

    const own = await makeObjects(CLUSTER);
    const other = await makeObjects("other");
    const policy = nodePolicy(PLACE, {
        kmsKeyArn: own.key,
        tlsSecretArn: own.secret,
        autoScalingGroupName: own.group,
    });
    const RoleArn = `arn:aws:iam::${PLACE.account}:role/${ROLE}`;
    await answered(ANYBODY, {
        ...{ service: "iam", operation: "create_role" },
        parameters: { RoleName: ROLE, AssumeRolePolicyDocument: JSON.stringify(trustPolicy(PLACE)) },
    });
    await answered(ANYBODY, putPolicy(policy));
    const { Credentials } = await answered<{
        Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
    }>(ANYBODY, {
        ...{ service: "sts", operation: "assume_role" },
        parameters: { RoleArn, RoleSessionName: own.instance },
    });
    const role = {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        token: Credentials.SessionToken,
    };
    const administrator = await makeAdministrator();
    await enforcePolicies(moto);
    const without: VaultAccount["without"] = async (action, work) => {
        const Statement = policy.Statement.map((statement) => ({
            ...statement,
            Action: statement.Action.filter((one) => one !== action),
        })).filter(({ Action }) => Action.length > 0);
        await answered(administrator, putPolicy({ ...policy, Statement }));
        try {
            return await work();
        } finally {
            await answered(administrator, putPolicy(policy));
        }
    };
    return { moto, own, other, policy, role, administrator, call, without };
}
