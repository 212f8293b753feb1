/** The nodes' policy on a server that enforces it: what their programs call succeeds, the rest is denied, nothing is spare. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { JOIN_TAG } from "../../components/vault-cluster/node/settings";
import { startInstanceMetadata, type RunningMetadata } from "../../tools/services/instance-metadata";
import { REGION } from "../../tools/services/moto-calls";
import { findMoto } from "../../tools/services/moto";
import {
    findOpenBao,
    initialise,
    startSingle,
    statusOf,
    type RunningVault,
    type VaultProgram,
} from "../../tools/services/openbao";
import { runPython } from "../../tools/services/python";
import {
    openVaultAccount,
    PLACE,
    ROLE,
    type ClusterObjects,
    type VaultAccount,
} from "../support/vault-account";

const AGENT = join(__dirname, "../../components/vault-cluster/node/agent/agent.py");
const NODE_ACTIONS = join(__dirname, "../oracles/node_actions.py");
const NODE_CALLS = join(__dirname, "../oracles/node_calls.py");
/** The calls of the node's service, each by its action. */
const ALL_OK: Readonly<Record<string, string>> = {
    "ec2:DescribeInstances": "ok",
    "secretsmanager:GetSecretValue": "ok",
    "autoscaling:RecordLifecycleActionHeartbeat": "ok",
    "autoscaling:CompleteLifecycleAction": "ok",
    "autoscaling:SetInstanceHealth": "ok",
};

/** Those of the real server's seal. */
const SEAL = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"];

describe("the nodes' policy, enforced", function () {
    this.timeout(180_000);

    let directory: string;
    let python: string;
    let bao: VaultProgram;
    let account: VaultAccount;
    let metadata: RunningMetadata;
    /** Ends what was begun, the last first. */
    const ending: (() => unknown)[] = [];

    before(async function () {
        this.timeout(600_000);
        const [foundMoto, foundBao] = await Promise.all([findMoto(), findOpenBao()]);
        for (const found of [foundMoto, foundBao]) {
            if (!("missing" in found)) continue;
            console.log(`    skipped: ${found.missing}`);
            this.skip();
        }
        if ("missing" in foundMoto || "missing" in foundBao) return;
        ({ python } = foundMoto);
        bao = foundBao;
        directory = mkdtempSync(join(tmpdir(), "portcullis-iam-"));
        ending.unshift(() => {
            rmSync(directory, { recursive: true, force: true });
        });
        account = await openVaultAccount(foundMoto);
        ending.unshift(() => account.moto.end());
        const { own, role } = account;
        metadata = await startInstanceMetadata({
            ...{ id: own.instance, address: "127.0.0.1" },
            credentials: { role: ROLE, ...role },
        });
        ending.unshift(() => metadata.close());
    });

    after(async () => {
        for (const end of ending) await end();
    });

    /** What became of the calls of the node's service, each by its action. */
    async function nodeCalls(of: ClusterObjects): Promise<Readonly<Record<string, string>>> {
        const settings = {
            region: REGION,
            clusterName: of.group,
            lifecycleHook: "leave-raft",
            tlsSecretArn: of.secret,
        };
        const { stdout, stderr } = await runPython(python, [NODE_CALLS, AGENT, JSON.stringify(settings)], {
            AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
            AWS_ENDPOINT_URL_SECRETS_MANAGER: account.moto.url,
            AWS_ENDPOINT_URL_AUTO_SCALING: account.moto.url,
            AWS_ENDPOINT_URL_EC2: account.moto.url,
            PORTCULLIS_PACE: "1000",
        });
        assert.notEqual(stdout, "", stderr);
        // node_calls.py prints exactly this.
        return JSON.parse(stdout) as Record<string, string>;
    }

    it("is about the calls that the node's service and the server make, and about no other", async () => {
        const { stdout, stderr } = await runPython(python, [NODE_ACTIONS, AGENT], {});
        assert.notEqual(stdout, "", stderr);
        assert.deepEqual(
            JSON.parse(stdout),
            Object.keys(ALL_OK).sort(),
            "the program's calls are those below",
        );
        assert.deepEqual(
            account.policy.Statement.flatMap(({ Action }) => Action).sort(),
            [...Object.keys(ALL_OK), ...SEAL].sort(),
        );
    });

    it("lets the node's service make every call that it makes", async () => {
        assert.deepEqual(await nodeCalls(account.own), ALL_OK);
    });

    for (const action of Object.keys(ALL_OK)) {
        it(`needs ${action} for one of them, and for no other`, async () => {
            const { [action]: refused = "", ...rest } = await account.without(action, () =>
                nodeCalls(account.own),
            );
            assert.match(refused, /HTTP 403 .*(AccessDenied|UnauthorizedOperation)/);
            const { [action]: _ok, ...others } = ALL_OK;
            assert.deepEqual(rest, others);
        });
    }

    it("refuses the same calls for another cluster's secret and group", async () => {
        const refused = await nodeCalls(account.other);
        for (const action of ["secretsmanager:GetSecretValue", "autoscaling:CompleteLifecycleAction"])
            assert.match(refused[action] ?? "", /HTTP 403/, action);
        const [health] = await account.call(account.role, {
            ...{ service: "autoscaling", operation: "set_instance_health" },
            parameters: { InstanceId: account.other.instance, HealthStatus: "Unhealthy" },
        });
        assert.match(health?.code ?? "", /AccessDenied/);
    });

    describe("lets the real server", () => {
        /** moto refuses in XML, which the server shows by its status alone. */
        const DENIED = /status code: 403/;
        const sealed = (key: string) =>
            `seal "awskms" {\n  region = "${REGION}"\n  kms_key_id = "${key}"\n  endpoint = "${account.moto.url}"\n}`;
        const asRole = () => ({
            AWS_ACCESS_KEY_ID: account.role.accessKeyId,
            AWS_SECRET_ACCESS_KEY: account.role.secretAccessKey,
            AWS_SESSION_TOKEN: account.role.token,
            AWS_EC2_METADATA_DISABLED: "true",
        });
        const start = (name: string, key = account.own.key): Promise<RunningVault> =>
            startSingle({
                ...{ program: bao, directory: join(directory, name), seal: sealed(key) },
                environment: asRole(),
            });

        it("seal itself with the key, and unseal itself after a restart", async () => {
            const first = await start("whole");
            await initialise(first.url);
            await first.end("SIGKILL");
            const second = await start("whole");
            try {
                await until(async () => (await statusOf(`${second.url}/v1/sys/health`)) === 200);
            } finally {
                await second.end();
            }
        });

        it("not unseal without kms:Decrypt: it stays sealed, and says that it is denied", async () => {
            await account.without("kms:Decrypt", async () => {
                const server = await start("whole");
                try {
                    await until(() => Promise.resolve(DENIED.test(server.log())));
                    assert.equal(await statusOf(`${server.url}/v1/sys/health`), 503);
                } finally {
                    await server.end("SIGKILL");
                }
            });
        });

        for (const action of SEAL.filter((each) => each !== "kms:Decrypt")) {
            it(`not begin without ${action}`, async () => {
                await account.without(action, async () => {
                    await assert.rejects(async () => {
                        const server = await start(action.replace(":", "-"));
                        await initialise(server.url).finally(() => server.end("SIGKILL"));
                    }, DENIED);
                });
            });
        }

        describe("find its peers", () => {
            /** Starts a server that looks for the group's instances, and ends it as soon as it has logged this. */
            const looking = async (name: string, logged: RegExp): Promise<void> => {
                const terms = [
                    ...["provider=aws", `region=${REGION}`, "addr_type=private_v4"],
                    ...[`tag_key=${JOIN_TAG}`, `tag_value=${account.own.group}`],
                    `endpoint=${account.moto.url}`,
                ].join(" ");
                const server = await startSingle({
                    ...{ program: bao, directory: join(directory, name), environment: asRole() },
                    join: `retry_join {\n    auto_join = "${terms}"\n    auto_join_scheme = "http"\n  }`,
                });
                try {
                    await until(() => Promise.resolve(logged.test(server.log())));
                } finally {
                    await server.end("SIGKILL");
                }
            };

            it("by ec2:DescribeInstances", async () => {
                const [listed] = await account.call(account.administrator, {
                    ...{ service: "ec2", operation: "describe_instances" },
                    parameters: { InstanceIds: [account.own.instance] },
                });
                const { Reservations } = listed?.answer as {
                    Reservations: readonly { Instances: readonly { PrivateIpAddress: string }[] }[];
                };
                const address = Reservations[0]?.Instances[0]?.PrivateIpAddress ?? "";
                assert.match(address, /^\d+\.\d+\.\d+\.\d+$/);
                await looking("joins", new RegExp(`join.*http://${address.replaceAll(".", "\\.")}:8200`));
            });

            it("and not without it", async () => {
                await account.without("ec2:DescribeInstances", () =>
                    looking("alone", /DescribeInstances.*StatusCode: 403/),
                );
            });
        });

        it("use no other key", async () => {
            await assert.rejects(start("other", account.other.key), DENIED);
        });
    });

    it("denies everything else", async () => {
        const { administrator, call, other, own, policy, role } = account;
        const calls: readonly (readonly [service: string, operation: string, parameters?: object])[] = [
            ["kms", "encrypt", { KeyId: other.key, Plaintext: "x" }],
            ["kms", "generate_data_key", { KeyId: own.key, KeySpec: "AES_256" }],
            [
                "kms",
                "create_grant",
                {
                    KeyId: own.key,
                    GranteePrincipal: "arn:aws:iam::123456789012:root",
                    Operations: ["Decrypt"],
                },
            ],
            ["kms", "put_key_policy", { KeyId: own.key, PolicyName: "default", Policy: "{}" }],
            ["kms", "schedule_key_deletion", { KeyId: own.key }],
            ["kms", "disable_key", { KeyId: own.key }],
            ["kms", "disable_key_rotation", { KeyId: own.key }],
            ["kms", "list_keys"],
            ["kms", "create_key"],
            ["secretsmanager", "get_secret_value", { SecretId: other.secret }],
            ["secretsmanager", "put_secret_value", { SecretId: own.secret, SecretString: "x" }],
            ["secretsmanager", "update_secret", { SecretId: own.secret, SecretString: "x" }],
            ["secretsmanager", "delete_secret", { SecretId: own.secret }],
            ["secretsmanager", "describe_secret", { SecretId: own.secret }],
            ["secretsmanager", "list_secrets"],
            ["ec2", "describe_images", { Owners: ["self"] }],
            ["ec2", "describe_volumes"],
            ["ec2", "describe_security_groups"],
            ["ec2", "run_instances", { ImageId: "ami-12c6146b", MinCount: 1, MaxCount: 1 }],
            ["ec2", "terminate_instances", { InstanceIds: [own.instance] }],
            ["ec2", "create_tags", { Resources: [own.instance], Tags: [{ Key: "a", Value: "b" }] }],
            ["autoscaling", "describe_auto_scaling_groups"],
            ["autoscaling", "set_desired_capacity", { AutoScalingGroupName: own.group, DesiredCapacity: 0 }],
            ["autoscaling", "update_auto_scaling_group", { AutoScalingGroupName: own.group, MinSize: 0 }],
            ["autoscaling", "delete_auto_scaling_group", { AutoScalingGroupName: own.group }],
            [
                "autoscaling",
                "delete_lifecycle_hook",
                { AutoScalingGroupName: own.group, LifecycleHookName: "leave-raft" },
            ],
            [
                "autoscaling",
                "terminate_instance_in_auto_scaling_group",
                { InstanceId: own.instance, ShouldDecrementDesiredCapacity: true },
            ],
            ["iam", "get_role", { RoleName: ROLE }],
            ["iam", "list_roles"],
            [
                "iam",
                "put_role_policy",
                { RoleName: ROLE, PolicyName: "x", PolicyDocument: JSON.stringify(policy) },
            ],
            [
                "sts",
                "assume_role",
                { RoleArn: `arn:aws:iam::${PLACE.account}:role/${ROLE}`, RoleSessionName: "node" },
            ],
            ["ssm", "get_parameters_by_path", { Path: "/" }],
            ["ssm", "send_command", { DocumentName: "AWS-RunShellScript", InstanceIds: [own.instance] }],
            ["elbv2", "describe_load_balancers"],
        ];
        const results = await call(
            role,
            ...calls.map(([service, operation, parameters = {}]) => ({
                service,
                operation,
                parameters: parameters as Readonly<Record<string, unknown>>,
            })),
        );
        const got = calls.map(
            ([service, operation], index) => `${service}:${operation} ${results[index]?.code ?? ""}`,
        );
        // moto refuses in XML, of which a client that speaks JSON sees the status alone.
        const denied = / (AccessDenied|UnauthorizedOperation|403)$/;
        assert.deepEqual(
            got.filter((line) => !denied.test(line)),
            [],
        );
        const allowed = await call(
            administrator,
            { service: "kms", operation: "list_keys" },
            { service: "secretsmanager", operation: "list_secrets" },
            { service: "ec2", operation: "describe_volumes" },
        );
        assert.deepEqual(
            allowed.map(({ code }) => code),
            ["ok", "ok", "ok"],
            "it is the policy that denies",
        );
    });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 30_000;
    while (!(await isSo())) {
        assert.ok(Date.now() < end, "it did not become so within 30 s");
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
