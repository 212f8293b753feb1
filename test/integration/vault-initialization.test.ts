/** VaultInitialization against the real OpenBao: shares that work, a root token that does not, and nobody locked out. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { PortcullisError } from "../../provider/errors";
import { openServer } from "../../provider/vault/client";
import { follow } from "../../provider/vault/finishing";
import { vaultInitialization } from "../../provider/vault/initialization";
import { PartialFailure } from "../../provider/resource";
import { signIn } from "../../provider/vault/session";
import { call, findOpenBao, statusOf, type VaultProgram } from "../../tools/services/openbao";
import { makePgpHolders, type PgpHolders } from "../support/pgp-holders";
import { TestAuthority, type Issued } from "../support/vault-certificates";
import {
    checkedInputs,
    contextOf,
    startEmptyNode,
    type Node,
    type State,
} from "../support/vault-cluster-of-one";
import { VaultGate } from "../support/vault-gate";
import { rootFromShares, signedIn } from "../support/vault-root";

describe("VaultInitialization on OpenBao", function () {
    this.timeout(180_000);
    let program: VaultProgram;
    let directory: string;
    let authority: TestAuthority;
    let server: Issued;
    let alice: Issued;
    let bob: Issued;
    let pgp: PgpHolders;
    let node: Node | undefined;

    before(async function () {
        this.timeout(600_000);
        const found = await findOpenBao();
        if ("missing" in found) {
            console.log(`      skipped: ${found.missing}`);
            this.skip();
        }
        program = found;
        directory = mkdtempSync(join(tmpdir(), "portcullis-vault-pki-"));
        authority = new TestAuthority(join(directory, "authority"));
        server = authority.server();
        alice = authority.client("alice");
        bob = authority.client("bob");
        pgp = await makePgpHolders(5);
    });

    after(() => {
        pgp.close();
        rmSync(directory, { recursive: true, force: true });
    });

    afterEach(async () => {
        await node?.close();
        node = undefined;
    });

    async function emptyNode(): Promise<string> {
        node = await startEmptyNode(program, server);
        return node.server.url;
    }

    const given = (address: string, more: object = {}) => ({
        address,
        caCertificatePem: authority.certificatePem,
        owner: "gatehouse/test vault",
        pgpKeys: pgp.holders.map(({ publicKey }) => publicKey),
        administrators: [
            { name: "alice", certificatePem: alice.certificatePem },
            { name: "team", authorityPem: authority.certificatePem, commonNames: ["bob"] },
        ],
        node: { authorityPem: authority.certificatePem, dnsNames: ["vault.test"] },
        ...more,
    });

    async function initialised(address: string, more: object = {}): Promise<State> {
        return (await vaultInitialization.create(checkedInputs(given(address, more)), contextOf(alice)))
            .state;
    }

    it("gives each holder a share, of which a majority makes a root token and fewer do not", async () => {
        const address = await emptyNode();
        const { id, state } = await vaultInitialization.create(
            checkedInputs(given(address)),
            contextOf(alice),
        );
        assert.equal(id, address);
        assert.deepEqual(
            { shares: state.recoveryShares, threshold: state.recoveryThreshold, condition: state.condition },
            { shares: 5, threshold: 3, condition: "ready" },
        );
        assert.deepEqual(
            state.pgpFingerprints,
            pgp.holders.map(({ fingerprint }) => fingerprint),
        );
        const encrypted = state.encryptedShares ?? [];
        const shares = await Promise.all(
            pgp.holders.map(async ({ decrypt }, index) => decrypt(encrypted[index] ?? "")),
        );
        assert.equal(new Set(shares).size, 5);
        assert.equal(await rootFromShares(node?.backDoor ?? "", shares.slice(0, 2)), undefined);
        const root = await rootFromShares(
            node?.backDoor ?? "",
            [0, 2, 4].map((index) => shares[index] ?? ""),
        );
        const { data } = (await call(address, "GET", "auth/token/lookup-self", { token: root })) as {
            data: { policies: string[] };
        };
        assert.deepEqual(data.policies, ["root"]);
    });

    it("configures the cluster as it says, and leaves no token that works", async () => {
        const address = await emptyNode();
        const gate = new VaultGate(server, authority.certificatePem, [alice, bob]);
        gate.target = address;
        await gate.open();
        try {
            const state = await initialised(gate.url);
            const made = (
                JSON.parse(gate.calls.find(({ path }) => path === "/v1/sys/init")?.answer ?? "{}") as {
                    root_token: string;
                }
            ).root_token;
            await assert.rejects(call(address, "GET", "auth/token/lookup-self", { token: made }), /HTTP 403/);
            const admin = await signedIn(address, authority, alice, "administrator-alice");
            const team = await signedIn(address, authority, bob, "administrator-team");
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
            const nodeToken = await signedIn(address, authority, server, "node");
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
        } finally {
            await gate.close();
        }
    });

    it("is safe to run again, with and without its state, and refuses another's cluster", async () => {
        const address = await emptyNode();
        const state = await initialised(address);
        const inputs = checkedInputs(given(address), state);
        assert.deepEqual(vaultInitialization.diff(state, inputs, new Date()).changed, []);
        assert.deepEqual(await vaultInitialization.read(address, state, contextOf(alice)), {
            id: address,
            state,
        });
        assert.deepEqual(await vaultInitialization.update(address, state, inputs, contextOf(alice)), state);
        // As after a state that was lost.
        const again = await vaultInitialization.create(inputs, contextOf(bob));
        assert.deepEqual(again.state, state);

        const foreign = checkedInputs(given(address, { owner: "other/test vault" }));
        await assert.rejects(
            vaultInitialization.create(foreign, contextOf(alice)),
            (error) =>
                error instanceof PortcullisError &&
                error.code === "AmbiguousMatch" &&
                error.message.includes('is initialised already, by "gatehouse/test vault"'),
        );
        const adopted = await vaultInitialization.create({ ...foreign, adopt: true }, contextOf(alice));
        assert.deepEqual(adopted.state, { ...state, owner: "other/test vault", adopt: true });
    });

    it("initialises nothing without an administrator's certificate, or with one that is nobody's", async () => {
        const address = await emptyNode();
        const inputs = checkedInputs(given(address));
        const mallory = authority.client("mallory");
        for (const identity of [undefined, mallory]) {
            await assert.rejects(
                vaultInitialization.create(inputs, contextOf(identity)),
                (error) => error instanceof PortcullisError && error.code === "InvalidConfiguration",
            );
        }
        assert.equal(await statusOf(`${address}/v1/sys/health`), 501);
    });

    it("initialises nothing where a PGP key cannot encrypt, for the server would lose the shares", async () => {
        const address = await emptyNode();
        const pgpKeys = [pgp.signOnly, ...pgp.holders.slice(1).map(({ publicKey }) => publicKey)];
        await assert.rejects(
            vaultInitialization.create(checkedInputs(given(address, { pgpKeys })), contextOf(alice)),
            (error) =>
                error instanceof PortcullisError &&
                error.code === "InvalidInput" &&
                error.property === "pgpKeys[0]",
        );
        assert.equal(await statusOf(`${address}/v1/sys/health`), 501);
    });

    it("refuses a node that waits for people to unseal it", async () => {
        node = await startEmptyNode(program, server, { seal: "# none" });
        const inputs = checkedInputs(given(node.server.url));
        await assert.rejects(
            vaultInitialization.create(inputs, contextOf(alice)),
            /does not unseal by itself/,
        );
        assert.equal(await statusOf(`${node.server.url}/v1/sys/health`), 501);
    });

    it("does not talk to a server whose certificate it cannot verify", async () => {
        const address = await emptyNode();
        const other = new TestAuthority(join(directory, "other"));
        const inputs = checkedInputs(given(address, { caCertificatePem: other.certificatePem }));
        await assert.rejects(
            vaultInitialization.create(inputs, contextOf(alice)),
            /could not be verified.*Verification cannot be switched off/s,
        );
        const named = checkedInputs(given(address, { serverName: "elsewhere.test" }));
        await assert.rejects(vaultInitialization.create(named, contextOf(alice)), /could not be verified/);
    });

    it("reads what drifted, and writes it again", async () => {
        const address = await emptyNode();
        const state = await initialised(address);
        const admin = await signedIn(address, authority, alice, "administrator-alice");
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
        const found = await vaultInitialization.read(address, state, contextOf(alice));
        assert.deepEqual(found?.state.drifted, ["autopilot", "policies", "administrators", "node"]);
        const drifted = found.state;
        assert.deepEqual(
            vaultInitialization.diff(drifted, checkedInputs(given(address)), new Date()).changed,
            ["drifted"],
        );
        const next = await vaultInitialization.update(
            address,
            drifted,
            checkedInputs(given(address)),
            contextOf(alice),
        );
        assert.deepEqual(next, state);
        assert.deepEqual((await vaultInitialization.read(address, next, contextOf(bob)))?.state, state);
    });

    describe("administrators", () => {
        it("never lose the last one who works", async () => {
            const address = await emptyNode();
            const carol = authority.client("carol");
            const only = (name: string, { certificatePem }: Issued) => ({ name, certificatePem });
            const state = await initialised(address, { administrators: [only("alice", alice)] });
            const update = (administrators: object[], as: Issued, before: State = state) =>
                vaultInitialization.update(
                    address,
                    before,
                    checkedInputs(given(address, { administrators })),
                    contextOf(as),
                );
            const isLockout = (error: unknown): boolean =>
                error instanceof PortcullisError && error.code === "Lockout";
            await assert.rejects(update([only("carol", carol)], alice), isLockout);
            await assert.rejects(update([only("alice", carol)], alice), isLockout);
            // As carol nobody can sign in yet.
            await assert.rejects(update([only("carol", carol)], carol), isLockout);
            await signedIn(address, authority, alice, "administrator-alice");

            const both = await update([only("alice", alice), only("carol", carol)], alice);
            const last = await update([only("carol", carol)], carol, both);
            assert.deepEqual(
                last.administrators.map(({ name }) => name),
                ["carol"],
            );
            await signedIn(address, authority, carol, "administrator-carol");
            await assert.rejects(signedIn(address, authority, alice, "administrator-alice"), /HTTP 400/);
        });

        it("get their roles back where the change shuts out whoever makes it", async () => {
            const address = await emptyNode();
            const state = await initialised(address, {
                administrators: [
                    { name: "team", authorityPem: authority.certificatePem, commonNames: ["alice"] },
                ],
            });
            const wrong = { name: "team", certificatePem: alice.certificatePem };
            const gate = new VaultGate(server, authority.certificatePem, []);
            gate.target = address;
            await gate.open();
            try {
                const inputs = checkedInputs(given(address, { administrators: [wrong] }));
                // The session is made beside the gate, which presents nobody's certificate.
                const direct = openServer({ address, caCertificatePem: authority.certificatePem }, alice);
                const { token } = await signIn(direct, ["administrator-team"]);
                const through = openServer(
                    { address: gate.url, caCertificatePem: authority.certificatePem },
                    alice,
                );
                await assert.rejects(
                    follow({ server: through, token }, state, inputs, inputs.administrators[0]),
                    (error) => error instanceof PortcullisError && error.code === "Lockout",
                );
                direct.close();
                through.close();
            } finally {
                await gate.close();
            }
            const admin = await signedIn(address, authority, alice, "administrator-team");
            const role = (await call(address, "GET", "auth/cert/certs/administrator-team", {
                token: admin,
            })) as {
                data: { allowed_common_names: string[] };
            };
            assert.deepEqual(role.data.allowed_common_names, ["alice"]);
        });

        it("are let in again by a root token that the holders made, which is revoked", async () => {
            const address = await emptyNode();
            const state = await initialised(address);
            const admin = await signedIn(address, authority, alice, "administrator-alice");
            for (const role of ["administrator-alice", "administrator-team"])
                await call(address, "DELETE", `auth/cert/certs/${role}`, { token: admin });
            const found = await vaultInitialization.read(address, state, contextOf(alice));
            assert.equal(found?.state.condition, "shut");
            const inputs = checkedInputs(given(address));
            await assert.rejects(
                vaultInitialization.update(address, found.state, inputs, contextOf(alice)),
                /generate-root.*PORTCULLIS_VAULT_RECOVERY_TOKEN/s,
            );
            const encrypted = state.encryptedShares ?? [];
            const shares = await Promise.all(
                pgp.holders.slice(0, 3).map(({ decrypt }, index) => decrypt(encrypted[index] ?? "")),
            );
            const recoveryToken = await rootFromShares(node?.backDoor ?? "", shares);
            assert.ok(recoveryToken);
            const next = await vaultInitialization.update(
                address,
                found.state,
                inputs,
                contextOf(alice, { recoveryToken }),
            );
            assert.deepEqual(next, state);
            await signedIn(address, authority, alice, "administrator-alice");
            await assert.rejects(
                call(address, "GET", "auth/token/lookup-self", { token: recoveryToken }),
                /HTTP 403/,
            );
        });

        it("are not taken for somebody with the same serial number by an authority of the same name", async () => {
            const address = await emptyNode();
            const real = authority.client("dora", { serial: 4242 });
            const impostor = authority.impostor(join(directory, "impostor"));
            const fake = impostor.client("dora", { serial: 4242 });
            const administrators = [
                { name: "alice", certificatePem: alice.certificatePem },
                { name: "dora", certificatePem: real.certificatePem },
            ];
            await initialised(address, { administrators });
            await signedIn(address, authority, real, "administrator-dora");
            await assert.rejects(signedIn(address, authority, fake, "administrator-dora"), /HTTP 400/);
        });
    });

    it("keeps the root token until an administrator was seen to sign in, and goes on from there", async () => {
        const address = await emptyNode();
        // The gate presents nobody's certificate, so that no administrator can sign in.
        const gate = new VaultGate(server, authority.certificatePem, []);
        gate.target = address;
        await gate.open();
        try {
            const inputs = checkedInputs(given(gate.url));
            const failure: unknown = await vaultInitialization
                .create(inputs, contextOf(alice))
                .catch((error: unknown) => error);
            assert.ok(failure instanceof PartialFailure);
            assert.match(failure.message, /The root token was not revoked/);
            const state = failure.state as State;
            assert.match(state.unfinished?.rootToken ?? "", /^s\./);
            assert.ok(!failure.message.includes(state.unfinished?.rootToken ?? "none"));
            const next = await vaultInitialization.update(
                failure.id,
                state,
                checkedInputs(given(address)),
                contextOf(alice),
            );
            assert.equal(next.unfinished, undefined);
            assert.deepEqual(next.encryptedShares, state.encryptedShares);
            await assert.rejects(
                call(address, "GET", "auth/token/lookup-self", { token: state.unfinished?.rootToken ?? "" }),
                /HTTP 403/,
            );
        } finally {
            await gate.close();
        }
    });

    it("forgets the cluster when it is destroyed, and changes nothing on it", async () => {
        const address = await emptyNode();
        const state = await initialised(address);
        await vaultInitialization.delete(address, state, contextOf(undefined));
        await signedIn(address, authority, alice, "administrator-alice");
    });
});
