/** What VaultCluster guards: its key, its TLS files, and the rights of its nodes. */
import { createPublicKey } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { CLUSTER, SERVER_NAME, tlsFiles, type TlsFixture } from "../../../support/vault-cluster";
import { ACCOUNT, declare, KEY_ARN, ROLE_ARN, SECRET_ARN, type Declared } from "./declare";

let tls: TlsFixture;
let declared: Declared;
beforeAll(async () => {
    tls = await tlsFiles();
    declared = await declare(tls);
});

test("the key rotates, is protected, waits the longest before it ends, and has a policy of its own", () => {
    const { policy, ...rest } = declared.inputs("key");
    expect(rest).toEqual({
        description:
            "Unseals the Vault cluster. Without it, its nodes and backups cannot be read ever again.",
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        tags: {},
    });
    const { Statement } = JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] };
    expect(Statement.map(({ Sid }) => Sid)).toEqual([
        "AdministrationByTheAccount",
        "SealOfTheNodes",
        "TlsFilesThroughSecretsManager",
    ]);
    expect(Statement[1]?.Condition).toEqual({ ArnEquals: { "aws:PrincipalArn": ROLE_ARN } });
});

test("the key, the group that holds the data, and what leads to it are protected, unless it is said otherwise", async () => {
    const isProtected = ({ found }: Declared) =>
        found.filter((child) => child.isProtected).map(({ name }) => name.slice(CLUSTER.length + 1));
    expect(isProtected(declared).sort()).toEqual(["group", "key", "lb", "leave", "listener"]);
    expect(isProtected(await declare(tls, { deletionProtection: false }))).toEqual([]);
});

test("the nodes' rights are one policy on one key, one secret and one group", async () => {
    const { policy, role } = declared.inputs("role-policy");
    expect(role).toBe("ogenki-vault-role");
    const { Statement } = JSON.parse(String(policy)) as {
        Statement: { Action: string[]; Resource: string[] }[];
    };
    expect(Statement.map(({ Action, Resource }) => [Action.join(" "), Resource.join(" ")])).toEqual([
        ["ec2:DescribeInstances", "*"],
        ["kms:Decrypt kms:DescribeKey kms:Encrypt", KEY_ARN],
        ["secretsmanager:GetSecretValue", SECRET_ARN],
        [
            "autoscaling:CompleteLifecycleAction autoscaling:RecordLifecycleActionHeartbeat autoscaling:SetInstanceHealth",
            `arn:aws:autoscaling:eu-west-3:${ACCOUNT}:autoScalingGroup:*:autoScalingGroupName/${CLUSTER}`,
        ],
    ]);
    expect(declared.inputs("profile")).toEqual({ role: "ogenki-vault-role", tags: {} });
    expect(JSON.parse(String(declared.inputs("role").assumeRolePolicy))).toMatchObject({
        Statement: [{ Principal: { Service: "ec2.amazonaws.com" }, Action: ["sts:AssumeRole"] }],
    });
    const renamed = await declare(tls, { clusterName: "other" });
    expect(renamed.inputs("role-policy").policy).toContain("autoScalingGroupName/other");
});

test("Session Manager opens nodes only where that is said", async () => {
    expect(declared.found.map(({ inputs }) => JSON.stringify(inputs)).join()).not.toMatch(/ssm/);
    const { policy, role } = (await declare(tls, { enableSsm: true })).inputs("role-session");
    expect(role).toBe("ogenki-vault-role");
    expect(JSON.parse(String(policy))).toMatchObject({ Statement: [{ Sid: "SessionManager" }] });
});

describe("the TLS files", () => {
    test("are one secret under the cluster's key, and its value reaches the engine encrypted", () => {
        expect(declared.inputs("tls")).toEqual({
            description: "Certificate, private key and roots of the Vault cluster's nodes",
            kmsKeyId: KEY_ARN,
            recoveryWindowInDays: 30,
            tags: {},
        });
        const version = declared.child("tls-version");
        expect(version.secretInputs).toEqual(["secretString"]);
        expect(version.secretOutputs).toContain("secretString");
        const { secretId, secretString } = version.inputs;
        expect(secretId).toBe(SECRET_ARN);
        expect(JSON.parse((secretString as { value: string }).value)).toEqual(tls);
    });

    test("stand nowhere else", () => {
        const [line = ""] = tls.privateKey.split("\n").slice(1);
        expect(line.length).toBeGreaterThan(60);
        for (const { name, inputs } of declared.found) {
            const holds = JSON.stringify(inputs).includes(line.slice(0, 60));
            expect({ name, holds }).toEqual({ name, holds: name === `${CLUSTER}-tls-version` });
        }
        const raw = Buffer.from(String(declared.inputs("template").userData), "base64").toString();
        expect(raw).not.toContain("PRIVATE KEY");
    });

    test("are judged before the secret has them, by what is no secret of them", () => {
        const check = declared.child("tls-check");
        const { __provider: _provider, ...inputs } = check.inputs;
        expect(check.secretInputs).toEqual([]);
        expect(inputs).toEqual({
            serverName: SERVER_NAME,
            certificate: tls.certificate,
            publicKey: createPublicKey(tls.privateKey).export({ type: "spki", format: "pem" }),
            authorities: tls.authorities,
        });
        expect(declared.child("tls-version").dependsOn).toEqual([`${CLUSTER}-tls-check`]);
    });
});
