/** VaultInitialization against the real OpenBao: shares that work, a root token that does not, and safe to run again. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { PortcullisError } from "../../provider/errors";
import { vaultInitialization } from "../../provider/vault/initialization";
import { PartialFailure } from "../../provider/resource";
import { call, statusOf } from "../../tools/services/openbao";
import { TestAuthority } from "../support/vault-certificates";
import { checkedInputs, contextOf, type State } from "../support/vault-cluster-of-one";
import { rootFromShares, signedIn } from "../support/vault-root";
import { useVaultScene, type VaultScene } from "../support/vault-scene";

describe("VaultInitialization on OpenBao", function () {
    this.timeout(180_000);
    let scene: VaultScene;

    useVaultScene(5, (set) => (scene = set));

    it("gives each holder a share, of which a majority makes a root token and fewer do not", async () => {
        const { server, backDoor } = await scene.emptyNode();
        const address = server.url;
        const { id, state } = await vaultInitialization.create(
            checkedInputs(scene.given(address)),
            contextOf(scene.alice),
        );
        assert.equal(id, address);
        assert.deepEqual(
            { shares: state.recoveryShares, threshold: state.recoveryThreshold, condition: state.condition },
            { shares: 5, threshold: 3, condition: "ready" },
        );
        assert.deepEqual(
            state.pgpFingerprints,
            scene.pgp.holders.map(({ fingerprint }) => fingerprint),
        );
        const shares = await scene.sharesOf(state);
        assert.equal(new Set(shares).size, 5);
        assert.equal(await rootFromShares(backDoor, shares.slice(0, 2)), undefined);
        const root = await rootFromShares(
            backDoor,
            [0, 2, 4].map((index) => shares[index] ?? ""),
        );
        const { data } = (await call(address, "GET", "auth/token/lookup-self", { token: root })) as {
            data: { policies: string[] };
        };
        assert.deepEqual(data.policies, ["root"]);
    });

    it("configures the cluster as it says, and leaves no token that works", async () => {
        const address = (await scene.emptyNode()).server.url;
        const gate = await scene.gate(address, [scene.alice, scene.bob]);
        const state = await scene.initialised(gate.url);
        const made = (
            JSON.parse(gate.calls.find(({ path }) => path === "/v1/sys/init")?.answer ?? "{}") as {
                root_token: string;
            }
        ).root_token;
        await assert.rejects(call(address, "GET", "auth/token/lookup-self", { token: made }), /HTTP 403/);
        const admin = await signedIn(address, scene.authority, scene.alice, "administrator-alice");
        const team = await signedIn(address, scene.authority, scene.bob, "administrator-team");
        const autopilot = (await call(address, "GET", "sys/storage/raft/autopilot/configuration", {
            token: team,
        })) as { data: object };
        assert.deepEqual(autopilot.data, {
            cleanup_dead_servers: true,
            dead_server_last_contact_threshold: "5m0s",
            last_contact_threshold: "10s",
            max_trailing_logs: 1000,
            min_quorum: 3,
            server_stabilization_time: "10s",
        });
        const nodeToken = await signedIn(address, scene.authority, scene.server, "node");
        const configuration = (await call(address, "GET", "sys/storage/raft/configuration", {
            token: nodeToken,
        })) as { data: { config: { servers: object[] } } };
        assert.equal(configuration.data.config.servers.length, 1);
        await assert.rejects(call(address, "GET", "sys/mounts", { token: nodeToken }), /HTTP 403/);
        // Nobody's token is left of the run: there are those that this test has just got.
        const { data } = (await call(address, "GET", "auth/token/accessors?list=true", {
            token: admin,
        })) as {
            data: { keys: string[] };
        };
        assert.equal(data.keys.length, 2);
        assert.equal(state.unfinished, undefined);
    });

    it("is safe to run again, with and without its state, and refuses another's cluster", async () => {
        const address = (await scene.emptyNode()).server.url;
        const state = await scene.initialised(address);
        const inputs = checkedInputs(scene.given(address), state);
        assert.deepEqual(vaultInitialization.diff(state, inputs, new Date()).changed, []);
        assert.deepEqual(await vaultInitialization.read(address, state, contextOf(scene.alice)), {
            id: address,
            state,
        });
        assert.deepEqual(
            await vaultInitialization.update(address, state, inputs, contextOf(scene.alice)),
            state,
        );
        // As after a state that was lost.
        const again = await vaultInitialization.create(inputs, contextOf(scene.bob));
        assert.deepEqual(again.state, state);

        const foreign = checkedInputs(scene.given(address, { owner: "other/test vault" }));
        await assert.rejects(
            vaultInitialization.create(foreign, contextOf(scene.alice)),
            (error) =>
                error instanceof PortcullisError &&
                error.code === "AmbiguousMatch" &&
                error.message.includes('is initialised already, by "gatehouse/test vault"'),
        );
        const adopted = await vaultInitialization.create({ ...foreign, adopt: true }, contextOf(scene.alice));
        assert.deepEqual(adopted.state, { ...state, owner: "other/test vault", adopt: true });
    });

    it("initialises nothing without an administrator's certificate, or with one that is nobody's", async () => {
        const address = (await scene.emptyNode()).server.url;
        const inputs = checkedInputs(scene.given(address));
        const mallory = scene.authority.client("mallory");
        for (const identity of [undefined, mallory]) {
            await assert.rejects(
                vaultInitialization.create(inputs, contextOf(identity)),
                (error) => error instanceof PortcullisError && error.code === "InvalidConfiguration",
            );
        }
        assert.equal(await statusOf(`${address}/v1/sys/health`), 501);
    });

    it("initialises nothing where a PGP key cannot encrypt, for the scene.server would lose the shares", async () => {
        const address = (await scene.emptyNode()).server.url;
        const pgpKeys = [scene.pgp.signOnly, ...scene.pgp.holders.slice(1).map(({ publicKey }) => publicKey)];
        await assert.rejects(
            vaultInitialization.create(
                checkedInputs(scene.given(address, { pgpKeys })),
                contextOf(scene.alice),
            ),
            (error) =>
                error instanceof PortcullisError &&
                error.code === "InvalidInput" &&
                error.property === "pgpKeys[0]",
        );
        assert.equal(await statusOf(`${address}/v1/sys/health`), 501);
    });

    it("refuses a node that waits for people to unseal it", async () => {
        const node = await scene.emptyNode({ seal: "# none" });
        const inputs = checkedInputs(scene.given(node.server.url));
        await assert.rejects(
            vaultInitialization.create(inputs, contextOf(scene.alice)),
            /does not unseal by itself/,
        );
        assert.equal(await statusOf(`${node.server.url}/v1/sys/health`), 501);
    });

    it("does not talk to a scene.server whose certificate it cannot verify", async () => {
        const address = (await scene.emptyNode()).server.url;
        const other = new TestAuthority(join(scene.directory, "other"));
        const inputs = checkedInputs(scene.given(address, { caCertificatePem: other.certificatePem }));
        await assert.rejects(
            vaultInitialization.create(inputs, contextOf(scene.alice)),
            /could not be verified.*Verification cannot be switched off/s,
        );
        const named = checkedInputs(scene.given(address, { serverName: "elsewhere.test" }));
        await assert.rejects(
            vaultInitialization.create(named, contextOf(scene.alice)),
            /could not be verified/,
        );
    });

    it("reads what drifted, and writes it again", async () => {
        const address = (await scene.emptyNode()).server.url;
        const state = await scene.initialised(address);
        const admin = await signedIn(address, scene.authority, scene.alice, "administrator-alice");
        await call(address, "POST", "sys/storage/raft/autopilot/configuration", {
            token: admin,
            body: { cleanup_dead_servers: false, dead_server_last_contact_threshold: "24h", min_quorum: 0 },
        });
        await call(address, "POST", "sys/policies/acl/portcullis-node", {
            token: admin,
            body: { policy: 'path "sys/mounts" { capabilities = ["read"] }' },
        });
        await call(address, "DELETE", "auth/cert/certs/administrator-team", { token: admin });
        await call(address, "DELETE", "auth/cert/certs/node", { token: admin });
        const found = await vaultInitialization.read(address, state, contextOf(scene.alice));
        assert.deepEqual(found?.state.drifted, ["autopilot", "policies", "administrators", "node"]);
        const drifted = found.state;
        assert.deepEqual(
            vaultInitialization.diff(drifted, checkedInputs(scene.given(address)), new Date()).changed,
            ["drifted"],
        );
        const next = await vaultInitialization.update(
            address,
            drifted,
            checkedInputs(scene.given(address)),
            contextOf(scene.alice),
        );
        assert.deepEqual(next, state);
        assert.deepEqual((await vaultInitialization.read(address, next, contextOf(scene.bob)))?.state, state);
    });

    it("keeps the root token until an administrator was seen to sign in, and goes on from there", async () => {
        const address = (await scene.emptyNode()).server.url;
        // The gate presents nobody's certificate, so that no administrator can sign in.
        const gate = await scene.gate(address, []);
        const inputs = checkedInputs(scene.given(gate.url));
        const failure: unknown = await vaultInitialization
            .create(inputs, contextOf(scene.alice))
            .catch((error: unknown) => error);
        assert.ok(failure instanceof PartialFailure);
        assert.match(failure.message, /The root token was not revoked/);
        const state = failure.state as State;
        assert.match(state.unfinished?.rootToken ?? "", /^s\./);
        assert.ok(!failure.message.includes(state.unfinished?.rootToken ?? "none"));
        const next = await vaultInitialization.update(
            failure.id,
            state,
            checkedInputs(scene.given(address)),
            contextOf(scene.alice),
        );
        assert.equal(next.unfinished, undefined);
        assert.deepEqual(next.encryptedShares, state.encryptedShares);
        await assert.rejects(
            call(address, "GET", "auth/token/lookup-self", { token: state.unfinished?.rootToken ?? "" }),
            /HTTP 403/,
        );
    });

    it("forgets the cluster when it is destroyed, and changes nothing on it", async () => {
        const address = (await scene.emptyNode()).server.url;
        const state = await scene.initialised(address);
        await vaultInitialization.delete(address, state, contextOf(undefined));
        await signedIn(address, scene.authority, scene.alice, "administrator-alice");
    });
});
