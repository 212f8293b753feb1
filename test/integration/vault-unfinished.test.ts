/** An initialisation that is not finished, on the real OpenBao: it is finished where it was begun, and leaves no root token. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PortcullisError } from "../../provider/errors";
import { PartialFailure } from "../../provider/resource";
import { vaultInitialization } from "../../provider/vault/initialization";
import { call, statusOf } from "../../tools/services/openbao";
import { checkedInputs, contextOf, type Node, type State } from "../support/vault-cluster-of-one";
import type { VaultGate } from "../support/vault-gate";
import { rootFromShares, signedIn } from "../support/vault-root";
import { useVaultScene, type VaultScene } from "../support/vault-scene";

const REVOKE = "/v1/auth/token/revoke-self";

describe("an initialisation that is not finished", function () {
    this.timeout(180_000);
    let scene: VaultScene;
    useVaultScene(3, (set) => (scene = set));

    const isAmbiguous =
        (words: RegExp) =>
        (error: unknown): boolean => {
            const reason = error instanceof PartialFailure ? error.reason : error;
            return (
                reason instanceof PortcullisError &&
                reason.code === "AmbiguousMatch" &&
                words.test(reason.message)
            );
        };

    const update = (state: State, address: string, more: object = {}, recoveryToken?: string) =>
        vaultInitialization.update(
            state.address,
            state,
            checkedInputs(scene.given(address, more)),
            contextOf(scene.alice, recoveryToken === undefined ? {} : { recoveryToken }),
        );

    /**
     * Stopped before the root token goes: the gate presents nobody's certificate, so that no administrator can sign in,
     * and the cluster can still be asked who it is.
     */
    async function unfinished(): Promise<{ readonly node: Node; readonly state: State }> {
        const node = await scene.emptyNode();
        const gate = await scene.gate(node.server.url, []);
        const failure: unknown = await vaultInitialization
            .create(checkedInputs(scene.given(gate.url)), contextOf(scene.alice))
            .catch((error: unknown) => error);
        assert.ok(failure instanceof PartialFailure);
        return { node, state: failure.state as State };
    }

    async function isRevoked(address: string, token: string | undefined): Promise<boolean> {
        assert.match(token ?? "", /^s\./);
        return call(address, "GET", "auth/token/lookup-self", { token: token ?? "" }).then(
            () => false,
            (error: unknown) => /HTTP 403/.test(String(error)),
        );
    }

    it("is finished at another address of the same cluster, and takes over no other one", async () => {
        const { node, state } = await unfinished();
        assert.match(state.clusterId ?? "", /^[0-9a-f-]{36}$/);
        const foreign = (await scene.emptyNode()).server.url;
        const theirs = await scene.initialised(foreign, { owner: "other/test vault" });
        await assert.rejects(update(state, foreign), isAmbiguous(/Another cluster/));
        // As of a state whose run could not learn who the cluster is.
        await assert.rejects(
            update({ ...state, clusterId: undefined }, foreign),
            isAmbiguous(/cannot be told to be the one.*Give .* as `address` for one more run/s),
        );
        await assert.rejects(
            update({ ...state, clusterId: undefined, address: foreign }, foreign),
            isAmbiguous(/is initialised already, by "other\/test vault"/),
        );
        const found = await vaultInitialization.read(foreign, theirs, contextOf(scene.alice));
        assert.deepEqual(found?.state, theirs);
        const done = await update(state, node.server.url);
        assert.equal(done.unfinished, undefined);
        assert.deepEqual(done.encryptedShares, state.encryptedShares);
        assert.ok(await isRevoked(node.server.url, state.unfinished?.rootToken));
    });

    it("is not begun anew at another address, where its shares and its root token would be forgotten", async () => {
        const { state } = await unfinished();
        const empty = (await scene.emptyNode()).server.url;
        await assert.rejects(
            update(state, empty),
            isAmbiguous(/is not the one whose initialisation was begun .*--replace/s),
        );
        assert.equal(await statusOf(`${empty}/v1/sys/health`), 501);
    });

    it("ends with every root token revoked: its own, and one that the holders made meanwhile", async () => {
        const { node, state } = await unfinished();
        const spare = await rootFromShares(node.backDoor, await scene.sharesOf(state));
        const done = await update(state, node.server.url, {}, spare);
        assert.equal(done.unfinished, undefined);
        assert.ok(await isRevoked(node.server.url, spare));
        assert.ok(await isRevoked(node.server.url, state.unfinished?.rootToken));
    });

    it("is finished by a root token that the holders made, where its own was lost with its state, and ends that one", async () => {
        const { node, state } = await unfinished();
        const address = node.server.url;
        const admin = state.unfinished?.rootToken ?? "";
        for (const role of ["administrator-alice", "administrator-team"])
            await call(address, "DELETE", `auth/cert/certs/${role}`, { token: admin });
        const made = await rootFromShares(node.backDoor, await scene.sharesOf(state));
        assert.ok(made);
        const { state: done } = await vaultInitialization.create(
            checkedInputs(scene.given(address)),
            contextOf(scene.alice, { recoveryToken: made }),
        );
        assert.deepEqual(done.encryptedShares, state.encryptedShares);
        for (const token of [made, admin]) assert.ok(await isRevoked(address, token));
    });

    /** Every administrator is shut out, and let in again by a run that ends before this call. */
    async function rescueCutOff(path: string): Promise<{
        readonly gate: VaultGate;
        readonly state: State;
        readonly recoveryToken: string;
    }> {
        const node = await scene.emptyNode();
        const gate = await scene.gate(node.server.url);
        const state = await scene.initialised(gate.url);
        const admin = await signedIn(node.server.url, scene.authority, scene.alice, "administrator-alice");
        for (const role of ["administrator-alice", "administrator-team"])
            await call(node.server.url, "DELETE", `auth/cert/certs/${role}`, { token: admin });
        const recoveryToken = await rootFromShares(node.backDoor, await scene.sharesOf(state));
        assert.ok(recoveryToken);
        gate.reset();
        gate.shutBefore = path;
        const error: unknown = await vaultInitialization
            .update(
                gate.url,
                state,
                checkedInputs(scene.given(gate.url)),
                contextOf(scene.alice, { patienceMs: 400, recoveryToken }),
            )
            .catch((reason: unknown) => reason);
        assert.ok(error instanceof PortcullisError);
        assert.ok(!error.message.includes(recoveryToken));
        gate.shutBefore = undefined;
        gate.reset();
        return { gate, state, recoveryToken };
    }

    for (const path of [REVOKE, "/v1/sys/storage/raft/autopilot/configuration"])
        it(`shows a root token that a rescue has left, and ends it without having it: cut off before ${path}`, async () => {
            const { gate, state, recoveryToken } = await rescueCutOff(path);
            assert.equal(await isRevoked(gate.target, recoveryToken), false);
            const found = await vaultInitialization.read(gate.url, state, contextOf(scene.alice));
            assert.ok(found);
            assert.ok(found.state.drifted.includes("rootToken"));
            assert.deepEqual(await update(found.state, gate.url), state);
            assert.ok(await isRevoked(gate.target, recoveryToken));
            assert.deepEqual(await vaultInitialization.read(gate.url, state, contextOf(scene.alice)), {
                id: gate.url,
                state,
            });
        });

    it("leaves no recovery token that was not needed after all", async () => {
        const node = await scene.emptyNode();
        const state = await scene.initialised(node.server.url);
        const spare = await rootFromShares(node.backDoor, await scene.sharesOf(state));
        assert.deepEqual(await update(state, node.server.url, {}, spare), state);
        assert.ok(await isRevoked(node.server.url, spare));
    });
});
