/** Recovery shares in Secrets Manager, which moto stands for with its IAM policies enforced: apart, working, never lost silently. */
import assert from "node:assert/strict";
import { afterEach, before, describe, it } from "mocha";
import {
    DescribeSecretCommand,
    SecretsManagerClient,
    GetSecretValueCommand,
    ListSecretsCommand,
} from "@aws-sdk/client-secrets-manager";
import { PortcullisError } from "../../provider/errors";
import { PartialFailure } from "../../provider/resource";
import { vaultInitialization } from "../../provider/vault/initialization";
import { findMoto, startMoto, type Moto, type RunningMoto } from "../../tools/services/moto";
import { statusOf } from "../../tools/services/openbao";
import { lastLine, runPython } from "../../tools/services/python";
import { checkedInputs, contextOf, type State } from "../support/vault-cluster-of-one";
import { rootFromShares } from "../support/vault-root";
import { useVaultScene, type VaultScene } from "../support/vault-scene";
import { foundOrSkip } from "../support/skip";

/** Calls of the script below, which need no rights. */
const SETTING_UP = 3;
/** Makes a user with rights on the secrets of one prefix, and prints its keys. */
const MAKE_USER = `
import boto3, json, sys
iam = boto3.client("iam")
iam.create_user(UserName="deployment")
iam.put_user_policy(UserName="deployment", PolicyName="shares", PolicyDocument=json.dumps({
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": sys.argv[1].split(","), "Resource": "*"}]}))
key = iam.create_access_key(UserName="deployment")["AccessKey"]
print(json.dumps([key["AccessKeyId"], key["SecretAccessKey"]]))
`;
const RIGHTS = ["CreateSecret", "DescribeSecret", "PutSecretValue", "TagResource"];
const REGION = "eu-west-3";

describe("recovery shares in Secrets Manager", function () {
    this.timeout(180_000);
    let scene: VaultScene;
    let moto: Moto;
    let running: RunningMoto | undefined;
    const own = { ...process.env };

    useVaultScene(3, (set) => (scene = set));

    before(async function () {
        this.timeout(600_000);
        const found = foundOrSkip(this, await findMoto());
        moto = found;
    });
    afterEach(async () => {
        await running?.end("SIGKILL");
        running = undefined;
        process.env = { ...own };
    });

    /** An account in which this process has these rights on secrets, and no other. */
    async function accountWith(rights: readonly string[] = RIGHTS): Promise<void> {
        running = await startMoto(moto, { enforceAfter: SETTING_UP });
        const environment = {
            AWS_ENDPOINT_URL: running.url,
            AWS_DEFAULT_REGION: REGION,
            AWS_ACCESS_KEY_ID: "setup",
            AWS_SECRET_ACCESS_KEY: "setup",
        };
        const actions = rights.map((each) => `secretsmanager:${each}`).join(",");
        const { stdout, stderr } = await runPython(moto.python, ["-c", MAKE_USER, actions], environment);
        assert.ok(stdout.startsWith("["), lastLine(stderr));
        // The script prints these two.
        const [id, secret] = JSON.parse(stdout) as [string, string];
        Object.assign(process.env, environment, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
        process.env.AWS_EC2_METADATA_DISABLED = "true";
    }

    const given = (address: string, more: object = {}) =>
        checkedInputs(
            scene.given(address, {
                pgpKeys: undefined,
                secretsManager: { prefix: "vault/recovery", region: REGION },
                ...more,
            }),
        );
    const names = [1, 2, 3, 4, 5].map((number) => `vault/recovery-${number}`);
    const valueOf = async (name: string): Promise<string> => {
        const client = new SecretsManagerClient({ region: REGION });
        return (await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString ?? "";
    };

    it("are one a secret, make a root token, and are in no state; four rights are enough", async () => {
        await accountWith([...RIGHTS, "GetSecretValue"]);
        const { server, backDoor } = await scene.emptyNode();
        const { state } = await vaultInitialization.create(given(server.url), contextOf(scene.alice));
        assert.deepEqual(state.shareSecrets, names);
        assert.deepEqual([state.recoveryShares, state.recoveryThreshold], [5, 3]);
        const shares = await Promise.all(names.map(valueOf));
        assert.equal(new Set(shares).size, 5);
        assert.equal(state.encryptedShares, undefined);
        for (const share of shares) assert.ok(!JSON.stringify(state).includes(share));
        assert.equal(await rootFromShares(backDoor, shares.slice(0, 2)), undefined);
        assert.match((await rootFromShares(backDoor, shares.slice(1, 4))) ?? "", /^s\./);
        // As after a state that was lost.
        const again = await vaultInitialization.create(given(server.url), contextOf(scene.alice));
        assert.deepEqual(again.state, state);
    });

    it("need exactly those rights: without reading, and before anything is initialised", async () => {
        await accountWith();
        const { server } = await scene.emptyNode();
        await vaultInitialization.create(given(server.url), contextOf(scene.alice));
        await assert.rejects(valueOf("vault/recovery-1"));
        await running?.end("SIGKILL");

        await accountWith(RIGHTS.filter((each) => each !== "PutSecretValue"));
        const empty = await scene.emptyNode();
        await assert.rejects(
            vaultInitialization.create(given(empty.server.url), contextOf(scene.alice)),
            /refused PutSecretValue of "vault\/recovery-1"/,
        );
        assert.equal(await statusOf(`${empty.server.url}/v1/sys/health`), 501);
    });

    it("never overwrite those of another cluster, but go where they were prepared for", async () => {
        await accountWith([...RIGHTS, "GetSecretValue"]);
        const first = await scene.emptyNode();
        await vaultInitialization.create(given(first.server.url), contextOf(scene.alice));
        const kept = await valueOf("vault/recovery-1");
        const second = await scene.emptyNode();
        await assert.rejects(
            vaultInitialization.create(given(second.server.url), contextOf(scene.alice)),
            (error) =>
                error instanceof PortcullisError &&
                error.code === "AmbiguousMatch" &&
                error.message.includes("may hold a share of another cluster"),
        );
        assert.equal(await statusOf(`${second.server.url}/v1/sys/health`), 501);
        assert.equal(await valueOf("vault/recovery-1"), kept);

        // Prepared by a run that got no further.
        const secretsManager = { prefix: "other", region: REGION };
        const gate = await scene.gate(second.server.url);
        gate.reset({ at: 4, when: "before", forGood: true });
        const inputs = given(gate.url, { secretsManager, nodes: 3 });
        await assert.rejects(
            vaultInitialization.create(inputs, contextOf(scene.alice, { patienceMs: 400 })),
            /The answer to POST sys\/init .* did not come.*may have been initialised/,
        );
        assert.equal(await valueOf("other-1"), "no share yet");
        gate.reset();
        await vaultInitialization.create(inputs, contextOf(scene.alice));
        assert.notEqual(await valueOf("other-1"), "no share yet");
    });

    it("that do not arrive are named as lost, and the empty cluster is made again in the same secrets", async () => {
        // On AWS the tags of a new secret need this right as well, and so it would be missed before.
        await accountWith(RIGHTS.filter((each) => each !== "TagResource"));
        const { server } = await scene.emptyNode();
        const gate = await scene.gate(server.url);
        const inputs = given(gate.url);
        const failure: unknown = await vaultInitialization
            .create(inputs, contextOf(scene.alice))
            .catch((error: unknown) => error);
        assert.ok(failure instanceof PartialFailure);
        assert.match(failure.message, /could not all be delivered .*TagResource.*empty its nodes' storage/s);
        const state = failure.state as State;
        assert.equal(state.unfinished?.lost, true);
        assert.deepEqual(Object.keys(state.unfinished), ["lost", "attempt"]);
        const update = (): Promise<State> =>
            vaultInitialization.update(failure.id, state, inputs, contextOf(scene.alice));
        await assert.rejects(update(), /could not all be delivered/);

        await running?.end("SIGKILL");
        await accountWith([...RIGHTS, "GetSecretValue", "ListSecrets"]);
        gate.target = (await scene.emptyNode()).server.url;
        const next = await update();
        assert.equal(next.unfinished, undefined);
        const shares = await Promise.all(names.map(valueOf));
        assert.equal(new Set(shares).size, 5);
        const client = new SecretsManagerClient({ region: REGION });
        assert.equal((await client.send(new ListSecretsCommand({}))).SecretList?.length, 5);
    });

    it("that some run has delivered are only overwritten by the one that knows that very run, and its cluster gone", async () => {
        await accountWith([...RIGHTS, "GetSecretValue"]);
        const gate = await scene.gate((await scene.emptyNode()).server.url);
        const inputs = given(gate.url);
        const { state } = await vaultInitialization.create(inputs, contextOf(scene.alice));
        const kept = await Promise.all(names.map(valueOf));
        const client = new SecretsManagerClient({ region: REGION });
        const { Tags = [] } = await client.send(new DescribeSecretCommand({ SecretId: "vault/recovery-1" }));
        const attempt = Tags.find(({ Key }) => Key === "portcullis:initialization")?.Value;
        assert.match(attempt ?? "", /^[0-9a-f-]{36}$/);
        gate.target = (await scene.emptyNode()).server.url;
        const retry = (unfinished: State["unfinished"]): Promise<State> =>
            vaultInitialization.update(gate.url, { ...state, unfinished }, inputs, contextOf(scene.alice));
        const others = "00000000-0000-4000-8000-000000000000";
        for (const unfinished of [{ lost: true }, { lost: true, attempt: others }])
            await assert.rejects(retry(unfinished), /may hold a share of another cluster/);
        assert.deepEqual(await Promise.all(names.map(valueOf)), kept);
        assert.equal(await statusOf(`${gate.target}/v1/sys/health`), 501);

        assert.equal((await retry({ lost: true, attempt })).unfinished, undefined);
        const shares = await Promise.all(names.map(valueOf));
        assert.equal(new Set([...shares, ...kept]).size, 10);
    });
});
