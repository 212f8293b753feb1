/**
 * The policies of the cluster, as data: who may use the key, who may take the nodes' role, and what that role may do.
 *
 * How they are tested: the nodes' policy by running the programs that use it where policies are enforced, each action
 * needed and everything else denied; the trust policy there too, in that nobody of the account can take the role. No
 * server at hand enforces a key's own policy, nor has the API that Session Manager's channels use: of those two, only what
 * they say is tested, and that AWS's reference has each action and condition key. That EC2 itself is given the role, only
 * AWS can show.
 */
import {
    accountOf,
    administrationByTheAccount,
    policyDocument,
    SEAL_ACTIONS,
    type Place,
    type PolicyDocument,
    type Statement,
} from "../iam-policies";

/**
 * The key's own policy. The account's administrators may change and delete the key, so that nobody is locked out of it;
 * the nodes' role may use it; and whoever may write or read the secret of the TLS files does so through Secrets Manager
 * alone. The role is named in a condition and not as the principal: a principal that is deleted and made again is
 * another one to AWS, and the policy would admit nobody. So the role's own policy has to allow the use as well. Roles of
 * `sealUsers` may use it as the nodes' does, and need not be there yet.
 */
export function keyPolicy(place: Place, roleArn: string, sealUsers: readonly string[] = []): PolicyDocument {
    const account = accountOf(place);
    const seal = (Sid: string, roles: string | readonly string[]): Statement => ({
        Sid,
        Effect: "Allow",
        Principal: account,
        Action: SEAL_ACTIONS,
        Resource: ["*"],
        Condition: { ArnEquals: { "aws:PrincipalArn": roles } },
    });
    return policyDocument([
        administrationByTheAccount(place),
        seal("SealOfTheNodes", roleArn),
        ...(sealUsers.length > 0 ? [seal("SealOfOthers", sealUsers)] : []),
        {
            Sid: "TlsFilesThroughSecretsManager",
            Effect: "Allow",
            Principal: account,
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: ["*"],
            Condition: {
                StringEquals: { "kms:ViaService": `secretsmanager.${place.region}.${place.dnsSuffix}` },
            },
        },
    ]);
}

/** Who may take the nodes' role: EC2, for the instances that it starts with it. */
export function trustPolicy({ dnsSuffix }: Pick<Place, "dnsSuffix">): PolicyDocument {
    return policyDocument([
        {
            Sid: "Instances",
            Effect: "Allow",
            Principal: { Service: `ec2.${dnsSuffix}` },
            Action: ["sts:AssumeRole"],
        },
    ]);
}

/** The objects that the nodes' role reaches. */
export interface NodeObjects {
    readonly kmsKeyArn: string;
    readonly tlsSecretArn: string;
    readonly autoScalingGroupName: string;
}

/**
 * What a node may do, and what for. Finding its peers, sealing, and reading its TLS files are the server's. The last
 * three actions are those of the service beside it, on this group alone: without the first, an instance that has left the
 * cluster waits for its hook's whole time before it ends; without the second, one that may not leave yet, since the
 * quorum would break, ends all the same; without the third, one whose node was removed and can never come back counts as
 * healthy and is never replaced.
 */
export function nodePolicy(place: Place, objects: NodeObjects): PolicyDocument {
    const { partition, region, account } = place;
    const group = `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${objects.autoScalingGroupName}`;
    return policyDocument([
        // The call lists instances, and EC2 lets no policy say which ones.
        { Sid: "FindPeers", Effect: "Allow", Action: ["ec2:DescribeInstances"], Resource: ["*"] },
        { Sid: "Seal", Effect: "Allow", Action: SEAL_ACTIONS, Resource: [objects.kmsKeyArn] },
        {
            Sid: "TlsFiles",
            Effect: "Allow",
            Action: ["secretsmanager:GetSecretValue"],
            Resource: [objects.tlsSecretArn],
        },
        {
            Sid: "LeaveAndBeReplaced",
            Effect: "Allow",
            Action: [
                "autoscaling:CompleteLifecycleAction",
                "autoscaling:RecordLifecycleActionHeartbeat",
                "autoscaling:SetInstanceHealth",
            ],
            Resource: [group],
        },
    ]);
}

/**
 * What Session Manager needs on an instance, and no other part of Systems Manager. The first action could be held to
 * instances by their ids, which nobody knows beforehand; the others know no resources.
 */
export function sessionPolicy(): PolicyDocument {
    return policyDocument([
        {
            Sid: "SessionManager",
            Effect: "Allow",
            Action: [
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            Resource: ["*"],
        },
    ]);
}
