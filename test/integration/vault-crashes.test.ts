/** VaultInitialization cut off at every call, on the real OpenBao: the next run converges, or says what to do. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { PartialFailure } from "../../provider/resource";
import { vaultInitialization } from "../../provider/vault/initialization";
import { call, statusOf } from "../../tools/services/openbao";
import { checkedInputs, contextOf, type State } from "../support/vault-cluster-of-one";
import type { Fall, GateCall, VaultGate } from "../support/vault-gate";
import { signedIn } from "../support/vault-root";
import { VaultScene } from "../support/vault-scene";

const INIT = "/v1/sys/init";
/** Where nobody at all can enter yet. */
const FIRST_ROLE = "/v1/auth/cert/certs/administrator-alice";

describe("VaultInitialization, cut off", function () {
    this.timeout(1_800_000);
    let scene: VaultScene;

    before(async function () {
        const set = await VaultScene.set(3);
        if ("missing" in set) {
            console.log(`      skipped: ${set.missing}`);
            this.skip();
        }
        scene = set;
    });
    after(() => (scene as VaultScene | undefined)?.close());
    afterEach(() => (scene as VaultScene | undefined)?.afterEach());

    const quick = () => contextOf(scene.alice, { patienceMs: 400 });
    const patient = () => contextOf(scene.alice);
    const inputsAt = (gate: VaultGate) => checkedInputs(scene.given(gate.url, { nodes: 3 }));

    /** A gate before a cluster that is empty, and puts another empty one there when asked. */
    async function emptyCluster(): Promise<{ readonly gate: VaultGate; readonly wipe: () => Promise<void> }> {
        const gate = await scene.gate("");
        const wipe = async (): Promise<void> => {
            gate.target = (await scene.emptyNode()).server.url;
        };
        await wipe();
        return { gate, wipe };
    }

    async function wholeRun(): Promise<readonly GateCall[]> {
        const { gate } = await emptyCluster();
        await vaultInitialization.create(inputsAt(gate), patient());
        await scene.afterEach();
        return gate.calls;
    }

    /** The run that is cut off. What its error says must hold nothing secret. */
    async function cutOff(gate: VaultGate, fall: Fall): Promise<Error> {
        gate.reset(fall);
        const error: unknown = await vaultInitialization.create(inputsAt(gate), quick()).then(
            () => assert.fail(`a call that was cut off was not missed: ${JSON.stringify(fall)}`),
            (reason: unknown) => reason,
        );
        assert.ok(error instanceof Error);
        const told = `${error.message} ${error.stack ?? ""}`;
        for (const secret of secretsIn(gate.calls))
            assert.ok(!told.includes(secret), "a secret is in an error");
        return error;
    }

    /** Everything is as after a run that nothing disturbed. */
    async function assertFinished(gate: VaultGate, state: State, tokens: readonly string[]): Promise<void> {
        assert.equal(state.unfinished, undefined);
        assert.equal(state.condition, "ready");
        assert.equal((await scene.sharesOf(state)).length, 3);
        for (const token of tokens)
            await assert.rejects(
                call(gate.target, "GET", "auth/token/lookup-self", { token }),
                /HTTP 403/,
                "the root token works",
            );
        await signedIn(gate.target, scene.authority, scene.bob, "administrator-team");
        const { state: found } = (await vaultInitialization.read(gate.url, state, patient())) ?? {};
        assert.deepEqual(found, state);
    }

    it("goes on from what the state keeps, wherever an answer did not come", async () => {
        const calls = await wholeRun();
        const init = calls.findIndex(({ path }) => path === INIT);
        const falls: Fall[] = calls.map((_call, at) => ({ at, when: "before", forGood: true }));
        for (const fall of falls) {
            const { gate } = await emptyCluster();
            const error = await cutOff(gate, fall);
            const tokens = secretsIn(gate.calls).filter((each) => each.startsWith("s."));
            gate.reset();
            assert.equal(error instanceof PartialFailure, fall.at > init, `call ${fall.at}`);
            const state =
                error instanceof PartialFailure
                    ? await vaultInitialization.update(
                          error.id,
                          error.state as State,
                          inputsAt(gate),
                          patient(),
                      )
                    : (await vaultInitialization.create(inputsAt(gate), patient())).state;
            await assertFinished(gate, state, tokens);
            await scene.afterEach();
        }
    });

    it("goes on without a state, as after a kill, from where an administrator can sign in; before that it says what to do", async () => {
        const calls = await wholeRun();
        const init = calls.findIndex(({ path }) => path === INIT);
        const entry = calls.findIndex(({ path }) => path === FIRST_ROLE);
        assert.ok(init > 0 && entry > init);
        const changing = calls.flatMap(({ method }, at) => (method === "GET" ? [] : [at]));
        for (const at of changing) {
            const { gate, wipe } = await emptyCluster();
            await cutOff(gate, { at, when: "after", forGood: true });
            const tokens = secretsIn(gate.calls).filter((each) => each.startsWith("s."));
            gate.reset();
            const run = async (): Promise<State> =>
                (await vaultInitialization.create(inputsAt(gate), patient())).state;
            if (at >= init && at < entry) {
                await assert.rejects(
                    run(),
                    /is initialised already.*empty its nodes' storage and run again/s,
                );
                await wipe();
                await assertFinished(gate, await run(), []);
            } else await assertFinished(gate, await run(), tokens);
            await scene.afterEach();
        }
    });

    it("says so where the answer of the initialisation itself is lost, and begins anew on empty storage", async () => {
        const at = (await wholeRun()).findIndex(({ path }) => path === INIT);
        const { gate, wipe } = await emptyCluster();
        gate.reset({ at, when: "after", forGood: false });
        await assert.rejects(
            vaultInitialization.create(inputsAt(gate), patient()),
            /its recovery shares and its root token is lost: nobody has them.*empty its nodes' storage/s,
        );
        assert.equal(gate.calls.filter(({ path }) => path === INIT).length, 1);
        gate.reset();
        await wipe();
        const { state } = await vaultInitialization.create(inputsAt(gate), patient());
        await assertFinished(gate, state, []);
    });

    it("does not notice that a single answer is lost, but that of the initialisation", async () => {
        const calls = await wholeRun();
        const falls = calls.flatMap(({ path }, at) => (path === INIT ? [] : [at]));
        for (const at of falls.filter((each) => each % 3 === 0)) {
            const { gate } = await emptyCluster();
            gate.reset({ at, when: "after", forGood: false });
            const { state } = await vaultInitialization.create(inputsAt(gate), patient());
            const tokens = secretsIn(gate.calls).filter((each) => each.startsWith("s."));
            await assertFinished(gate, state, tokens);
            await scene.afterEach();
        }
    });

    it("begins anew where the storage was emptied after a failure", async () => {
        const calls = await wholeRun();
        const { gate, wipe } = await emptyCluster();
        const failure = await cutOff(gate, { at: calls.length - 5, when: "before", forGood: true });
        assert.ok(failure instanceof PartialFailure);
        gate.reset();
        await wipe();
        assert.equal(await statusOf(`${gate.target}/v1/sys/health`), 501);
        const state = await vaultInitialization.update(
            failure.id,
            failure.state as State,
            inputsAt(gate),
            patient(),
        );
        await assertFinished(gate, state, []);
    });
});

/** The root token, and the shares as they were answered, of the calls that passed the gate. */
function secretsIn(calls: readonly GateCall[]): readonly string[] {
    return calls
        .filter(({ path, answer }) => path === INIT && answer.startsWith("{"))
        .flatMap(({ answer }) => {
            // The answer to this call has these when it is one.
            const { root_token: token, recovery_keys_base64: shares } = JSON.parse(answer) as {
                root_token?: string;
                recovery_keys_base64?: string[];
            };
            return [...(token === undefined ? [] : [token]), ...(shares ?? [])];
        });
}
