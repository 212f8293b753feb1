/** VaultInitialization cut off at every call, on the real OpenBao: the next run converges, or says what to do. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PartialFailure } from "../../provider/resource";
import { vaultInitialization } from "../../provider/vault/initialization";
import { call, statusOf } from "../../tools/services/openbao";
import { inLanes } from "../support/lanes";
import { checkedInputs, contextOf, type State } from "../support/vault-cluster-of-one";
import type { Fall, GateCall, VaultGate } from "../support/vault-gate";
import { signedIn } from "../support/vault-root";
import { useVaultScene, type VaultScene } from "../support/vault-scene";

const INIT = "/v1/sys/init";
/** Where nobody at all can enter yet. */
const FIRST_ROLE = "/v1/auth/cert/certs/administrator-alice";
/** How many servers run at once: each of them waits two seconds of its three. */
const AT_ONCE = 4;

describe("VaultInitialization, cut off", function () {
    this.timeout(1_800_000);
    let scene: VaultScene;

    useVaultScene(3, (set) => (scene = set));

    const quick = () => contextOf(scene.alice, { patienceMs: 400 });
    const patient = () => contextOf(scene.alice);
    const inputsAt = (gate: VaultGate) => checkedInputs(scene.given(gate.url, { nodes: 3 }));

    interface Cluster {
        readonly gate: VaultGate;
        /** Puts another empty one in its place. */
        readonly wipe: () => Promise<void>;
    }

    /** A gate before a cluster that is empty; both end with the work. */
    async function withEmptyCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
        const own = scene.beside();
        try {
            const gate = await own.gate("");
            const wipe = async (): Promise<void> => {
                gate.target = (await own.emptyNode()).server.url;
            };
            await wipe();
            return await work({ gate, wipe });
        } finally {
            await own.afterEach();
        }
    }

    /** Each on a cluster of its own, several at once: a server that is initialised mostly waits for itself. */
    const onClusters = <T>(
        all: readonly T[],
        work: (each: T, cluster: Cluster) => Promise<void>,
    ): Promise<void> =>
        inLanes(
            Array.from({ length: AT_ONCE }, (_none, lane) => lane),
            all.map((each) => () => withEmptyCluster((cluster) => work(each, cluster))),
        );

    const wholeRun = (): Promise<readonly GateCall[]> =>
        withEmptyCluster(async ({ gate }) => {
            await vaultInitialization.create(inputsAt(gate), patient());
            return gate.calls;
        });

    /**
     * The run that is cut off. What its error says must hold nothing secret. Nothing where the run had fewer calls than
     * the one that was counted: a server that is just made may ask for a call again, or not.
     */
    async function cutOff(gate: VaultGate, fall: Fall): Promise<Error | undefined> {
        gate.reset(fall);
        const error: unknown = await vaultInitialization.create(inputsAt(gate), quick()).then(
            () => undefined,
            (reason: unknown) => reason,
        );
        if (error === undefined) {
            assert.ok(gate.calls.length <= fall.at, `a call was not missed: ${JSON.stringify(fall)}`);
            return undefined;
        }
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
        const falls: Fall[] = calls.map((_call, at) => ({ at, when: "before", forGood: true }));
        let reached = 0;
        await onClusters(falls, async (fall, { gate }) => {
            const error = await cutOff(gate, fall);
            if (error === undefined) return;
            reached += 1;
            const tokens = secretsIn(gate.calls).filter((each) => each.startsWith("s."));
            gate.reset();
            assert.equal(error instanceof PartialFailure, tokens.length > 0, `call ${fall.at}`);
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
        });
        assert.ok(reached >= falls.length - 2, `only ${reached} of ${falls.length} were cut off`);
    });

    it("goes on without a state, as after a kill, from where an administrator can sign in; before that it says what to do", async () => {
        const calls = await wholeRun();
        const changing = calls.flatMap(({ method }, at) => (method === "GET" ? [] : [at]));
        const ends = { stranded: 0, finished: 0 };
        await onClusters(changing, async (at, { gate, wipe }) => {
            if ((await cutOff(gate, { at, when: "after", forGood: true })) === undefined) return;
            const tokens = secretsIn(gate.calls).filter((each) => each.startsWith("s."));
            const isOpen = gate.calls.slice(0, at + 1).some(({ path }) => path === FIRST_ROLE);
            ends[isOpen ? "finished" : "stranded"] += 1;
            gate.reset();
            const run = async (): Promise<State> =>
                (await vaultInitialization.create(inputsAt(gate), patient())).state;
            if (!isOpen) {
                await assert.rejects(
                    run(),
                    /is initialised already.*empty its nodes' storage and run again/s,
                );
                await wipe();
                await assertFinished(gate, await run(), []);
            } else await assertFinished(gate, await run(), tokens);
        });
        assert.ok(ends.stranded >= 4 && ends.finished >= 12, JSON.stringify(ends));
    });

    it("says so where the answer of the initialisation itself is lost, and begins anew on empty storage", async () => {
        const at = (await wholeRun()).findIndex(({ path }) => path === INIT);
        await withEmptyCluster(async ({ gate, wipe }) => {
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
    });

    it("does not notice that a single answer is lost, but that of the initialisation", async () => {
        const calls = await wholeRun();
        const falls = calls.flatMap(({ path }, at) => (path === INIT ? [] : [at]));
        const some = falls.filter((each) => each % 3 === 0);
        await onClusters(some, async (at, { gate }) => {
            gate.reset({ at, when: "after", forGood: false });
            const { state } = await vaultInitialization.create(inputsAt(gate), patient());
            const tokens = secretsIn(gate.calls).filter((each) => each.startsWith("s."));
            await assertFinished(gate, state, tokens);
        });
    });

    it("begins anew where the storage was emptied after a failure", async () => {
        const calls = await wholeRun();
        await withEmptyCluster(async ({ gate, wipe }) => {
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
