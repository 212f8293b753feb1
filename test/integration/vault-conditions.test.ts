/** What VaultInitialization reads of a real cluster of three nodes: sealed, without data, removed, without a leader, gone. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { PortcullisError } from "../../provider/errors";
import { vaultInitialization } from "../../provider/vault/initialization";
import { call, statusOf } from "../../tools/services/openbao";
import { checkedInputs, contextOf, type State } from "../support/vault-cluster-of-one";
import { clusterOfThree, NODE_ADDRESSES, type ClusterNode } from "../support/vault-nodes";
import { signedIn } from "../support/vault-root";
import { useVaultScene, type VaultScene } from "../support/vault-scene";

describe("a cluster of three nodes, read at each of them", function () {
    this.timeout(300_000);
    let scene: VaultScene;
    let close: () => Promise<void> = () => Promise.resolve();
    let one: ClusterNode;
    let two: ClusterNode;
    let three: ClusterNode;
    let state: State;

    useVaultScene(3, (set) => (scene = set));

    before(async () => {
        const tls = scene.authority.server(NODE_ADDRESSES);
        const authority = join(scene.directory, "authority", "authority.pem");
        const cluster = clusterOfThree({ program: scene.program, tls, authority });
        ({ close } = cluster);
        [one, two, three] = cluster.nodes;
        await one.start();
        const inputs = checkedInputs(scene.given(one.url, { nodes: 3, serverName: "vault.test" }));
        ({ state } = await vaultInitialization.create(inputs, contextOf(scene.alice)));
    });

    after(() => close());

    const at = ({ url }: ClusterNode): State => ({ ...state, address: url });
    const conditionAt = async (node: ClusterNode, as = contextOf(scene.alice)): Promise<string | undefined> =>
        (await vaultInitialization.read(one.url, at(node), as))?.state.condition;
    const updateAt = (node: ClusterNode): Promise<State> =>
        vaultInitialization.update(
            one.url,
            at(node),
            checkedInputs(scene.given(node.url, { nodes: 3, serverName: "vault.test" })),
            contextOf(scene.alice),
        );
    const admin = (): Promise<string> =>
        signedIn(one.url, scene.authority, scene.alice, "administrator-alice");

    interface Configuration {
        readonly data: { readonly config: { readonly servers: { readonly voter: boolean }[] } };
    }
    async function untilVoters(count: number): Promise<void> {
        const token = await admin();
        const end = Date.now() + 90_000;
        for (;;) {
            const { data } = (await call(one.url, "GET", "sys/storage/raft/configuration", {
                token,
            })) as Configuration;
            if (data.config.servers.filter(({ voter }) => voter).length === count) return;
            assert.ok(Date.now() < end, "the nodes did not become voters");
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
    }

    it("is ready at the active node and at standbys, for whoever asks", async () => {
        for (const node of [two, three]) await node.start();
        await untilVoters(3);
        assert.equal(await statusOf(`${two.url}/v1/sys/health`), 429);
        for (const node of [one, two, three]) {
            assert.deepEqual(
                (await vaultInitialization.read(one.url, at(node), contextOf(scene.alice)))?.state,
                at(node),
            );
            const unasked = node === one ? "ready" : "unseen";
            assert.equal(await conditionAt(node, contextOf(undefined)), unasked);
        }
    });

    it("is brought in line through a standby", async () => {
        assert.deepEqual(await updateAt(two), at(two));
    });

    it("is not taken for another cluster", async () => {
        const other = await scene.emptyNode();
        await scene.initialised(other.server.url, { owner: "another" });
        const isOther = (error: unknown): boolean =>
            error instanceof PortcullisError &&
            error.code === "AmbiguousMatch" &&
            error.message.includes("Another cluster");
        const elsewhere = { ...state, address: other.server.url };
        await assert.rejects(vaultInitialization.read(one.url, elsewhere, contextOf(scene.alice)), isOther);
        const inputs = checkedInputs(scene.given(other.server.url, { nodes: 3 }));
        await assert.rejects(
            vaultInitialization.update(one.url, state, inputs, contextOf(scene.alice)),
            isOther,
        );
    });

    it("is shut to whoever is no administrator", async () => {
        const mallory = scene.authority.client("mallory");
        assert.equal(await conditionAt(one, contextOf(mallory)), "shut");
    });

    it("shows a node that was removed, whose health is that of a standby, and one that was restarted after that", async () => {
        await call(one.url, "POST", "sys/storage/raft/remove-peer", {
            token: await admin(),
            body: { server_id: three.id },
        });
        // It takes the node some seconds to miss its leader.
        const end = Date.now() + 40_000;
        while ((await conditionAt(three)) !== "removed")
            assert.ok(Date.now() < end, "the node still passes for a member");
        assert.equal(await statusOf(`${three.url}/v1/sys/health`), 429);
        await assert.rejects(
            updateAt(three),
            /was removed from the cluster, though its health answers.*only join again with empty storage/,
        );
        // Those who cannot sign in are told no more than that.
        assert.equal(await conditionAt(three, contextOf(undefined)), "unseen");
        assert.equal(await conditionAt(one), "ready");
        await three.kill();
        await three.start();
        assert.equal(await conditionAt(three), "removed");
    });

    it("shows a node without data, and initialises it for no update", async () => {
        const { server } = await scene.emptyNode();
        const fresh = { ...three, url: server.url };
        assert.equal(await conditionAt(fresh), "uninitialised");
        await assert.rejects(
            updateAt(fresh),
            /is not initialised, while this stack has initialised its cluster/,
        );
        assert.equal(await statusOf(`${server.url}/v1/sys/health`), 501);
    });

    it("shows a sealed node", async () => {
        await call(one.url, "POST", "sys/seal", { token: await admin() });
        assert.equal(await conditionAt(one), "sealed");
        await assert.rejects(updateAt(one), /is sealed\./);
    });

    it("shows a node that is left alone", async () => {
        await one.kill();
        // Two voters are left in its configuration, and one lives.
        assert.equal(await conditionAt(two), "leaderless");
        assert.equal(await conditionAt(two, contextOf(undefined)), "leaderless");
        await assert.rejects(updateAt(two), /has lost its quorum/);
    });

    it("cannot be read where nothing answers, and is not forgotten for it", async () => {
        await two.kill();
        await assert.rejects(
            vaultInitialization.read(two.url, at(two), contextOf(scene.alice, { patienceMs: 500 })),
            (error) => error instanceof PortcullisError && error.code === "Unreachable",
        );
    });
});
