/** The policies, statement by statement: what each allows, on what, and nothing else. */
import { expect, test } from "@jest/globals";
import type { Place } from "../../../../components/iam-policies";
import {
    keyPolicy,
    nodePolicy,
    sessionPolicy,
    trustPolicy,
} from "../../../../components/vault-cluster/policies";

const place: Place = {
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    account: "123456789012",
    region: "eu-west-3",
};
const KEY = "arn:aws:kms:eu-west-3:123456789012:key/1";
const SECRET = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:tls-AbCdEf";
const ROLE = "arn:aws:iam::123456789012:role/vault";

test("the nodes' role: four of the server, three of the service beside it", () => {
    const objects = { kmsKeyArn: KEY, tlsSecretArn: SECRET, autoScalingGroupName: "ogenki-vault" };
    expect(nodePolicy(place, objects)).toEqual({
        Version: "2012-10-17",
        Statement: [
            { Sid: "FindPeers", Effect: "Allow", Action: ["ec2:DescribeInstances"], Resource: ["*"] },
            {
                Sid: "Seal",
                Effect: "Allow",
                Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
                Resource: [KEY],
            },
            {
                Sid: "TlsFiles",
                Effect: "Allow",
                Action: ["secretsmanager:GetSecretValue"],
                Resource: [SECRET],
            },
            {
                Sid: "LeaveAndBeReplaced",
                Effect: "Allow",
                Action: [
                    "autoscaling:CompleteLifecycleAction",
                    "autoscaling:RecordLifecycleActionHeartbeat",
                    "autoscaling:SetInstanceHealth",
                ],
                Resource: [
                    "arn:aws:autoscaling:eu-west-3:123456789012:autoScalingGroup:*:autoScalingGroupName/ogenki-vault",
                ],
            },
        ],
    });
});

test("the key: the account administers and cannot use, the role uses, Secrets Manager serves the secret", () => {
    const { Statement } = keyPolicy(place, ROLE);
    const [administration, ...uses] = Statement;
    const account = { AWS: "arn:aws:iam::123456789012:root" };
    expect(administration).toMatchObject({ Effect: "Allow", Principal: account, Resource: ["*"] });
    expect(administration).not.toHaveProperty("Condition");
    // Whoever may change the policy is not locked out; nothing here reads or makes ciphertext, or lets others do so.
    expect(administration?.Action).toContain("kms:PutKeyPolicy");
    expect(administration?.Action).toContain("kms:ScheduleKeyDeletion");
    const use = /Encrypt|Decrypt|GenerateDataKey|CreateGrant|Sign|Mac|\*/;
    expect(administration?.Action.filter((action) => use.test(action))).toEqual([]);
    expect(uses).toEqual([
        {
            Sid: "SealOfTheNodes",
            Effect: "Allow",
            Principal: account,
            Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
            Resource: ["*"],
            Condition: { ArnEquals: { "aws:PrincipalArn": ROLE } },
        },
        {
            Sid: "TlsFilesThroughSecretsManager",
            Effect: "Allow",
            Principal: account,
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: ["*"],
            Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-3.amazonaws.com" } },
        },
    ]);
});

test("others may use the key as the nodes do, by a condition and not as principals, which would have to be there", () => {
    const users = [
        "arn:aws:iam::123456789012:role/backup-drill",
        "arn:aws:iam::123456789012:role/teams/other",
    ];
    const { Statement } = keyPolicy(place, ROLE, users);
    expect(Statement.filter(({ Sid }) => Sid !== "SealOfOthers")).toEqual(keyPolicy(place, ROLE).Statement);
    expect(Statement.filter(({ Sid }) => Sid === "SealOfOthers")).toEqual([
        {
            Sid: "SealOfOthers",
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::123456789012:root" },
            Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
            Resource: ["*"],
            Condition: { ArnEquals: { "aws:PrincipalArn": users } },
        },
    ]);
});

test("the role is taken by instances alone", () => {
    expect(trustPolicy(place).Statement).toEqual([
        {
            Sid: "Instances",
            Effect: "Allow",
            Principal: { Service: "ec2.amazonaws.com" },
            Action: ["sts:AssumeRole"],
        },
    ]);
});

test("Session Manager, and no more of Systems Manager", () => {
    expect(sessionPolicy().Statement).toEqual([
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
});

test("other partitions have their own names", () => {
    const china = { ...place, partition: "aws-cn", dnsSuffix: "amazonaws.com.cn", region: "cn-north-1" };
    const text = JSON.stringify([keyPolicy(china, ROLE), trustPolicy(china)]);
    expect(text).toContain('"ec2.amazonaws.com.cn"');
    expect(text).toContain('"arn:aws-cn:iam::123456789012:root"');
    expect(text).toContain('"secretsmanager.cn-north-1.amazonaws.com.cn"');
});
