/** The administrators of a real OpenBao: the last way in is never taken, and there is one back in. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { PortcullisError } from "../../provider/errors";
import { openServer } from "../../provider/vault/client";
import { follow } from "../../provider/vault/finishing";
import { vaultInitialization } from "../../provider/vault/initialization";
import { signIn } from "../../provider/vault/session";
import { call } from "../../tools/services/openbao";
import type { Issued } from "../support/vault-certificates";
import { checkedInputs, contextOf, type State } from "../support/vault-cluster-of-one";
import { rootFromShares, signedIn } from "../support/vault-root";
import { useVaultScene, type VaultScene } from "../support/vault-scene";

describe("administrators of a cluster that VaultInitialization made", function () {
    this.timeout(180_000);
    let scene: VaultScene;

    useVaultScene(3, (set) => (scene = set));

    it("never lose the last one who works", async () => {
        const address = (await scene.emptyNode()).server.url;
        const carol = scene.authority.client("carol");
        const only = (name: string, { certificatePem }: Issued) => ({ name, certificatePem });
        const state = await scene.initialised(address, { administrators: [only("alice", scene.alice)] });
        const update = (administrators: object[], as: Issued, before: State = state) =>
            vaultInitialization.update(
                address,
                before,
                checkedInputs(scene.given(address, { administrators })),
                contextOf(as),
            );
        const isLockout = (error: unknown): boolean =>
            error instanceof PortcullisError && error.code === "Lockout";
        await assert.rejects(update([only("carol", carol)], scene.alice), isLockout);
        await assert.rejects(update([only("alice", carol)], scene.alice), isLockout);
        // As carol nobody can sign in yet.
        await assert.rejects(update([only("carol", carol)], carol), isLockout);
        await signedIn(address, scene.authority, scene.alice, "administrator-alice");

        const both = await update([only("alice", scene.alice), only("carol", carol)], scene.alice);
        const last = await update([only("carol", carol)], carol, both);
        assert.deepEqual(
            last.administrators.map(({ name }) => name),
            ["carol"],
        );
        await signedIn(address, scene.authority, carol, "administrator-carol");
        await assert.rejects(
            signedIn(address, scene.authority, scene.alice, "administrator-alice"),
            /HTTP 400/,
        );
    });

    it("get their roles back where the change shuts out whoever makes it", async () => {
        const address = (await scene.emptyNode()).server.url;
        const state = await scene.initialised(address, {
            administrators: [
                { name: "team", authorityPem: scene.authority.certificatePem, commonNames: ["alice"] },
            ],
        });
        const wrong = { name: "team", certificatePem: scene.alice.certificatePem };
        const gate = await scene.gate(address, []);
        const inputs = checkedInputs(scene.given(address, { administrators: [wrong] }));
        // The session is made beside the gate, which presents nobody's certificate.
        const direct = openServer({ address, caCertificatePem: scene.authority.certificatePem }, scene.alice);
        const { token } = await signIn(direct, ["administrator-team"]);
        const through = openServer(
            { address: gate.url, caCertificatePem: scene.authority.certificatePem },
            scene.alice,
        );
        await assert.rejects(
            follow({
                session: { server: through, token },
                last: state,
                inputs,
                present: inputs.administrators[0],
                now: new Date(),
            }),
            (error) => error instanceof PortcullisError && error.code === "Lockout",
        );
        direct.close();
        through.close();
        const admin = await signedIn(address, scene.authority, scene.alice, "administrator-team");
        const role = (await call(address, "GET", "auth/cert/certs/administrator-team", {
            token: admin,
        })) as {
            data: { allowed_common_names: string[] };
        };
        assert.deepEqual(role.data.allowed_common_names, ["alice"]);
    });

    it("are let in again by a root token that the holders made, which is revoked", async () => {
        const { server, backDoor } = await scene.emptyNode();
        const address = server.url;
        const state = await scene.initialised(address);
        const admin = await signedIn(address, scene.authority, scene.alice, "administrator-alice");
        for (const role of ["administrator-alice", "administrator-team"])
            await call(address, "DELETE", `auth/cert/certs/${role}`, { token: admin });
        const found = await vaultInitialization.read(address, state, contextOf(scene.alice));
        assert.equal(found?.state.condition, "shut");
        const inputs = checkedInputs(scene.given(address));
        await assert.rejects(
            vaultInitialization.update(address, found.state, inputs, contextOf(scene.alice)),
            /generate-root.*PORTCULLIS_VAULT_RECOVERY_TOKEN/s,
        );
        const shares = await scene.sharesOf(state);
        const recoveryToken = await rootFromShares(backDoor, shares);
        assert.ok(recoveryToken);
        const next = await vaultInitialization.update(
            address,
            found.state,
            inputs,
            contextOf(scene.alice, { recoveryToken }),
        );
        assert.deepEqual(next, state);
        await signedIn(address, scene.authority, scene.alice, "administrator-alice");
        await assert.rejects(
            call(address, "GET", "auth/token/lookup-self", { token: recoveryToken }),
            /HTTP 403/,
        );
    });

    it("are those of the program alone, where a run that was cut off had let in another", async () => {
        const address = (await scene.emptyNode()).server.url;
        const state = await scene.initialised(address);
        const admin = await signedIn(address, scene.authority, scene.alice, "administrator-alice");
        const { data } = (await call(address, "GET", "auth/cert/certs/administrator-alice", {
            token: admin,
        })) as {
            data: Readonly<Record<string, unknown>>;
        };
        for (const role of ["administrator-fired", "others-own"])
            await call(address, "PUT", `auth/cert/certs/${role}`, { token: admin, body: data });
        const inputs = checkedInputs(scene.given(address));
        const next = await vaultInitialization.update(
            address,
            { ...state, unfinished: {} },
            inputs,
            contextOf(scene.alice),
        );
        assert.deepEqual(next, state);
        const roles = (await call(address, "GET", "auth/cert/certs?list=true", { token: admin })) as {
            data: { keys: string[] };
        };
        assert.deepEqual(
            roles.data.keys.filter((name) => /^(administrator-fired|others-own)$/.test(name)),
            ["others-own"],
        );
        await signedIn(address, scene.authority, scene.alice, "administrator-alice");
    });

    it("are not taken for somebody with the same serial number by an authority of the same name", async () => {
        const address = (await scene.emptyNode()).server.url;
        const real = scene.authority.client("dora", { serial: 4242 });
        const impostor = scene.authority.impostor(join(scene.directory, "impostor"));
        const fake = impostor.client("dora", { serial: 4242 });
        const administrators = [
            { name: "alice", certificatePem: scene.alice.certificatePem },
            { name: "dora", certificatePem: real.certificatePem },
        ];
        await scene.initialised(address, { administrators });
        await signedIn(address, scene.authority, real, "administrator-dora");
        await assert.rejects(signedIn(address, scene.authority, fake, "administrator-dora"), /HTTP 400/);
    });

    it("who go, and those who are changed, lose what they have signed in for at once, and nobody else does", async () => {
        const address = (await scene.emptyNode()).server.url;
        const carol = scene.authority.client("carol");
        const declared = (...commonNames: string[]) => [
            { name: "alice", certificatePem: scene.alice.certificatePem },
            { name: "team", authorityPem: scene.authority.certificatePem, commonNames },
        ];
        const gone = { name: "carol", certificatePem: carol.certificatePem };
        const administrators = [...declared("bob", "carol"), gone];
        const state = await scene.initialised(address, { administrators });
        const token = (as: Issued, role: string) =>
            signedIn(address, scene.authority, as, `administrator-${role}`);
        const [alices, bobs, carols] = [
            await token(scene.alice, "alice"),
            await token(scene.bob, "team"),
            await token(carol, "carol"),
        ];
        const childs = (await call(address, "POST", "auth/token/create", { token: carols, body: {} })) as {
            auth: { client_token: string };
        };
        const inputs = checkedInputs(scene.given(address, { administrators: declared("bob") }));
        await vaultInitialization.update(address, state, inputs, contextOf(scene.alice));
        for (const ended of [bobs, carols, childs.auth.client_token])
            await assert.rejects(
                call(address, "GET", "auth/token/lookup-self", { token: ended }),
                /HTTP 403/,
            );
        await call(address, "GET", "auth/token/lookup-self", { token: alices });
        await token(scene.bob, "team");
    });

    it("whom the program does not declare are shown, and go with the next update unless the cluster was adopted", async () => {
        const address = (await scene.emptyNode()).server.url;
        const state = await scene.initialised(address);
        const admin = await signedIn(address, scene.authority, scene.alice, "administrator-alice");
        const carol = scene.authority.client("carol");
        await call(address, "PUT", "auth/cert/certs/administrator-carol", {
            token: admin,
            body: { certificate: carol.certificatePem, token_policies: ["portcullis-administrator"] },
        });
        const inputs = checkedInputs(scene.given(address));
        const signIn = () => signedIn(address, scene.authority, carol, "administrator-carol");
        // What no refresh has shown stays.
        await vaultInitialization.update(address, state, inputs, contextOf(scene.alice));
        const carols = await signIn();
        const adopted = await vaultInitialization.read(
            address,
            { ...state, adopt: true },
            contextOf(scene.alice),
        );
        assert.deepEqual(adopted?.state.drifted, []);
        const found = await vaultInitialization.read(address, state, contextOf(scene.alice));
        assert.deepEqual(found?.state.drifted, ["undeclaredAdministrators"]);
        const next = await vaultInitialization.update(address, found.state, inputs, contextOf(scene.alice));
        assert.deepEqual(next, state);
        await assert.rejects(signIn(), /HTTP 400/);
        await assert.rejects(call(address, "GET", "auth/token/lookup-self", { token: carols }), /HTTP 403/);
    });
});
