/** What VaultPki's clients may do at the real server, path by path, and what verifiers make of what it issues. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import type { EngineStack } from "../../tools/pulumi/engine";
import { findOpenBao, findVault } from "../../tools/services/openbao";
import { findingsOf, findPkilint } from "../oracles/pkilint";
import { OPENING } from "../support/deployment";
import { offlineTiers, type OfflineTiers } from "../support/openssl-authority";
import { VaultApi } from "../support/vault-api";
import { DOMAIN, outputOf, vaultPkiProgram } from "../support/vault-pki-program";
import { CANARY, FORBIDDEN, INVENTORY, PKI, SIGN, SNAPSHOT } from "../support/vault-paths";
import { openVault, openVaultStack, type RunningSingle } from "../support/vault-stack";
import { foundOrSkip } from "../support/skip";

const run = promisify(execFile);
for (const [product, find] of [
    ["OpenBao", findOpenBao],
    ["Vault", findVault],
] as const) {
    describe(`the clients of VaultPki on ${product}`, function () {
        this.timeout(300_000);

        let vault: RunningSingle;
        let root: VaultApi;
        let stack: EngineStack;
        let tiers: OfflineTiers;
        let issuer: string;
        let outputs: Parameters<typeof outputOf>[0];
        let certManager: VaultApi;
        let snapshot: VaultApi;
        let drill: VaultApi;
        let admin: VaultApi;
        const file = (name: string): string => join(vault.directory, name);

        before(async function () {
            this.timeout(OPENING);
            const found = foundOrSkip(this, await find());
            vault = await openVault(found);
            root = new VaultApi(vault.server.url, vault.token);
            tiers = offlineTiers(file("offline"), DOMAIN);
            stack = await openVaultStack(vaultPkiProgram(vault), vault);
            const { outputs: first } = await stack.up();
            issuer = tiers.signIssuer(outputOf(first, "request"));
            const signed = { issuer, intermediate: tiers.intermediate, root: tiers.root };
            ({ outputs } = await stack.up({ program: vaultPkiProgram(vault, { signed }) }));
            const of = (name: string): string => outputOf(outputs, name);
            certManager = await root.signIn("approle", of("certManagerRoleId"), of("certManagerToken"));
            snapshot = await root.signIn("approle", of("snapshotRoleId"), of("snapshotToken"));
            drill = await root.signIn("approle", of("drillRoleId"), of("drillToken"));
            const token = await root.call("POST", "auth/token/create", {
                policies: [of("adminPolicy")],
                no_default_policy: true,
            });
            admin = root.as(token.token ?? "none");
            await root.ok("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
            await root.ok("POST", "secret/data/database", { data: { password: "a secret of others" } });
        });

        after(() => (vault as RunningSingle | undefined)?.close());

        /** A request for DNS names, the first of them its common name, of a new key. */
        async function request(
            san: string,
            newKey = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        ): Promise<string> {
            const name = san.split(",")[0]?.replace(/^[A-Za-z]+:/, "") ?? "";
            const { stdout } = await run("openssl", [
                ...["req", "-new", "-sha256", "-nodes", "-newkey", ...newKey, "-keyout", file("leaf.key")],
                ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=${san}`],
            ]);
            return stdout;
        }
        const sign = async (san: string, more: object = {}, newKey?: string[]) =>
            certManager.call("POST", SIGN, { csr: await request(san, newKey), ...more });

        async function leaf(name: string, san: string, more: object = {}) {
            const { status, data, errors } = await sign(san, more);
            assert.equal(status, 200, errors.join());
            const pem = `${String(data.certificate)}\n`;
            writeFileSync(file(`${name}.pem`), pem);
            return { certificate: new X509Certificate(pem), serial: String(data.serial_number), data };
        }
        /** What openssl says of a certificate below the root; rejects where it refuses. */
        async function verify(name: string, ...options: string[]): Promise<string> {
            writeFileSync(file("root.pem"), tiers.root);
            writeFileSync(file("between.pem"), tiers.intermediate + issuer);
            const { stdout } = await run("openssl", [
                ...["verify", "-x509_strict", "-policy_check", ...options],
                ...["-CAfile", file("root.pem"), "-untrusted", file("between.pem"), file(`${name}.pem`)],
            ]);
            return stdout.trim();
        }

        it("cert-manager has leaves signed in its domain, as the role says", async () => {
            const { certificate, data } = await leaf("leaf", `DNS:shop.${DOMAIN},DNS:www.shop.${DOMAIN}`);
            assert.equal(certificate.subject, `C=FR\nO=Ogenki\nCN=shop.${DOMAIN}`);
            assert.equal(certificate.subjectAltName, `DNS:shop.${DOMAIN}, DNS:www.shop.${DOMAIN}`);
            assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
            const days = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000;
            assert.ok(days > 89.9 && days <= 90, `${days} days`);
            assert.equal(certificate.ca, false);
            const base = `${vault.server.url}/v1/${PKI}`;
            const { issuer_id: id } = await root.ok("GET", `${PKI}/issuer/default`);
            assert.equal(
                certificate.infoAccess?.trim(),
                `OCSP - URI:${base}/ocsp\nCA Issuers - URI:${base}/issuer/${String(id)}/der`,
            );
            assert.match(await verify("leaf", "-purpose", "sslserver"), /leaf\.pem: OK$/);
            assert.equal((data.ca_chain as string[]).length, 3);
            const served = new X509Certificate(await root.bytes(`${PKI}/issuer/${String(id)}/der`));
            assert.equal(served.fingerprint256, new X509Certificate(issuer).fingerprint256);
        });

        it("and nothing else there: no other name, no authority, no longer life", async () => {
            const wrong = [
                "DNS:shop.example.com",
                `DNS:${DOMAIN}`,
                `DNS:*.${DOMAIN}`,
                `DNS:shop.${DOMAIN},DNS:example.com`,
                "DNS:localhost",
                `DNS:evil${DOMAIN}`,
                `DNS:shop.${DOMAIN},IP:10.0.0.1`,
                `DNS:shop.${DOMAIN},URI:spiffe://${DOMAIN}/x`,
                `DNS:shop.${DOMAIN},email:me@${DOMAIN}`,
            ];
            for (const san of wrong) assert.equal((await sign(san)).status, 400, san);
            const weak = await sign(`DNS:shop.${DOMAIN}`, {}, ["rsa:1024"]);
            assert.equal(weak.status, 400);
            const { certificate } = await leaf("long", `DNS:shop.${DOMAIN}`, { ttl: "8760h" });
            assert.ok(Date.parse(certificate.validTo) <= Date.now() + 90 * 86_400_000);
        });

        it("those other paths are all of them the server's own: a misspelled one would be refused as well", async () => {
            const response = await fetch(`${vault.server.url}/v1/sys/internal/specs/openapi`, {
                headers: { "X-Vault-Token": vault.token },
            });
            // The server's own description of its API.
            const { paths } = (await response.json()) as {
                readonly paths: Readonly<Record<string, object>>;
            };
            const offered = Object.entries(paths).map(([template, methods]) => ({
                shape: new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]*").replace(/\/$/, "/?")}$`),
                methods: Object.keys(methods),
            }));
            const as: Readonly<Record<string, string>> = { PUT: "post", LIST: "get" };
            const missing = FORBIDDEN.filter(
                ([method, path]) =>
                    !offered.some(
                        ({ shape, methods }) =>
                            shape.test(`/${path}`) && methods.includes(as[method] ?? method.toLowerCase()),
                    ),
            );
            // Nobody reads where something is signed; a policy that let them would be wider than it has to be.
            assert.deepEqual(missing, [["GET", SIGN]]);
        });

        it("cert-manager is answered 403 at every other path", async () => {
            const others = [
                ["GET", SNAPSHOT],
                ["GET", CANARY],
                ["POST", CANARY],
            ] as const;
            for (const [method, path] of [...FORBIDDEN, ...INVENTORY, ...others]) {
                const { status } = await certManager.call(method, path, method === "GET" ? undefined : {});
                assert.equal(status, 403, `${method} ${path}`);
            }
        });

        it("snapshot takes snapshots, writes and reads their canary, lists names, and is answered 403 at every other path", async () => {
            const response = await fetch(`${vault.server.url}/v1/${SNAPSHOT}`, {
                headers: { "X-Vault-Token": await tokenOfSnapshot() },
            });
            assert.equal(response.status, 200);
            const archive = Buffer.from(await response.arrayBuffer());
            assert.deepEqual([...archive.subarray(0, 2)], [0x1f, 0x8b], "a gzip archive");
            // Created the first time, updated from then on.
            for (const nonce of ["one", "two"]) {
                await snapshot.ok("POST", CANARY, { nonce });
                assert.deepEqual(await snapshot.ok("GET", CANARY), { nonce });
            }
            for (const [method, path] of INVENTORY) await snapshot.ok(method, path);
            for (const [method, path] of [...FORBIDDEN, ["POST", SIGN] as const]) {
                const { status } = await snapshot.call(method, path, method === "GET" ? undefined : {});
                assert.equal(status, 403, `${method} ${path}`);
            }
        });

        it("drill reads the canary, lists names, and is answered 403 at every other path", async () => {
            await snapshot.ok("POST", CANARY, { nonce: "three" });
            assert.deepEqual(await drill.ok("GET", CANARY), { nonce: "three" });
            for (const [method, path] of INVENTORY) await drill.ok(method, path);
            const others = [
                ["POST", SIGN],
                ["GET", SNAPSHOT],
                ["POST", CANARY],
            ] as const;
            for (const [method, path] of [...FORBIDDEN, ...others]) {
                const { status } = await drill.call(method, path, method === "GET" ? undefined : {});
                assert.equal(status, 403, `${method} ${path}`);
            }
        });

        it("drill signs in, and reads, from the server's own machine alone", async () => {
            const login = await loginOf("drill");
            const { token = "none" } = await root.call("POST", "auth/approle/login", login);
            assert.equal(await root.statusFrom("127.0.0.1", CANARY, undefined, token), 200);
            // The range of whoever saves holds it, and that of the drill does not.
            assert.notEqual(await root.statusFrom("127.0.0.2", "auth/approle/login", login), 200);
            const other = await loginOf("snapshot");
            assert.equal(await root.statusFrom("127.0.0.2", "auth/approle/login", other), 200);
            assert.equal(await root.statusFrom("127.0.0.2", CANARY, undefined, token), 403);
        });

        /** What signs in: a secret id that the administrator had wrapped. */
        async function loginOf(role: "snapshot" | "drill"): Promise<object> {
            const wrapped = await admin.call("POST", `auth/approle/role/${role}/secret-id`, {}, WRAP);
            const opened = await root.as(wrapped.wrappingToken ?? "none").ok("POST", "sys/wrapping/unwrap");
            return { role_id: outputOf(outputs, `${role}RoleId`), secret_id: opened.secret_id };
        }
        async function tokenOfSnapshot(): Promise<string> {
            const login = await loginOf("snapshot");
            const { token = "none" } = await root.call("POST", "auth/approle/login", login);
            return token;
        }
        const WRAP = { "X-Vault-Wrap-TTL": "300" };

        it("tokens are batch tokens of ten minutes with one policy, and a role stands in no token store", async () => {
            const { data } = await root.call("POST", "auth/token/lookup", { token: await tokenOfSnapshot() });
            assert.deepEqual(
                [data.type, data.policies, data.creation_ttl],
                ["batch", [`${PKI}-snapshot`], 600],
            );
            assert.deepEqual(data.bound_cidrs, ["127.0.0.0/24"]);
        });

        it("a wrapped secret id opens once, and works from its addresses alone", async () => {
            const again = await root
                .as(outputOf(outputs, "certManagerToken"))
                .call("POST", "sys/wrapping/unwrap");
            assert.equal(again.status, 400);
            const roleId = outputOf(outputs, "certManagerRoleId");
            const wrapped = await admin.call("POST", "auth/approle/role/cert-manager/secret-id", {}, WRAP);
            const { secret_id: secretId } = await root
                .as(wrapped.wrappingToken ?? "none")
                .ok("POST", "sys/wrapping/unwrap");
            const login = { role_id: roleId, secret_id: secretId };
            const { token = "none" } = await root.call("POST", "auth/approle/login", login);
            const csr = await request(`DNS:shop.${DOMAIN}`);
            assert.equal(await root.statusFrom("127.0.0.1", SIGN, { csr }, token), 200);
            // Both are loopback; the second is not among the addresses that the role is bound to.
            assert.notEqual(await root.statusFrom("127.0.0.2", "auth/approle/login", login), 200);
            assert.equal(await root.statusFrom("127.0.0.2", SIGN, { csr }, token), 403);
            // The other role's range holds it.
            assert.equal(
                await root.statusFrom("127.0.0.2", SNAPSHOT, undefined, await tokenOfSnapshot()),
                200,
            );
        });

        it("the administrator revokes and looks, gets secret ids wrapped only, and issues nothing", async () => {
            const plain = await admin.call("POST", "auth/approle/role/cert-manager/secret-id", {});
            assert.ok([400, 403].includes(plain.status), String(plain.status));
            for (const path of ["issue/server", "sign/server", "sign-verbatim", "root/generate/internal"]) {
                assert.equal((await admin.call("POST", `${PKI}/${path}`, {})).status, 403, path);
            }
            for (const path of ["roles/server", "issuer/default", "config/urls"]) {
                assert.equal((await admin.call("GET", `${PKI}/${path}`)).status, 200, path);
                assert.equal((await admin.call("POST", `${PKI}/${path}`, {})).status, 403, path);
                assert.equal((await admin.call("DELETE", `${PKI}/${path}`)).status, 403, path);
            }
        });

        it("a revoked certificate is in the list, and OCSP says so", async () => {
            await leaf("good", `DNS:good.${DOMAIN}`);
            const bad = await leaf("bad", `DNS:bad.${DOMAIN}`);
            assert.match(await ocsp("bad"), /bad\.pem: good/);
            await admin.ok("POST", `${PKI}/revoke`, { serial_number: bad.serial });
            await admin.ok("GET", `${PKI}/crl/rotate`);
            const at = /URI:(\S+crl\/der)/.exec(
                (await run("openssl", ["x509", "-in", file("bad.pem"), "-noout", "-text"])).stdout,
            );
            const { pathname } = new URL(at?.[1] ?? "");
            writeFileSync(file("list.der"), await root.bytes(pathname.replace(/^\/v1\//, "")));
            writeFileSync(file("issuer.pem"), issuer);
            const { stdout, stderr } = await run("openssl", [
                ...["crl", "-inform", "DER", "-in", file("list.der"), "-noout", "-text"],
                ...["-CAfile", file("issuer.pem")],
            ]);
            assert.match(stderr, /verify OK/);
            const serials = [...stdout.matchAll(/Serial Number: ([0-9A-F]+)/g)].map(([, serial]) => serial);
            assert.deepEqual(serials, [bad.certificate.serialNumber]);
            assert.match(await ocsp("bad"), /bad\.pem: revoked/);
            assert.match(await ocsp("good"), /good\.pem: good/);
        });

        async function ocsp(name: string): Promise<string> {
            writeFileSync(file("issuer.pem"), issuer);
            writeFileSync(file("above.pem"), tiers.intermediate + tiers.root);
            const { stdout, stderr } = await run("openssl", [
                ...["ocsp", "-issuer", file("issuer.pem"), "-cert", file(`${name}.pem`), "-no_nonce"],
                ...["-url", `${vault.server.url}/v1/${PKI}/ocsp`, "-CAfile", file("above.pem")],
            ]);
            assert.match(stderr, /Response verify OK/);
            return stdout;
        }

        it("the intermediate's name constraints hold, also against whoever owns the server", async () => {
            await root.ok("POST", `${PKI}/roles/rogue`, { allow_any_name: true, key_type: "any" });
            const csr = await request("DNS:bank.example.com");
            const issued = await root.call("POST", `${PKI}/sign/rogue`, { csr });
            await root.ok("DELETE", `${PKI}/roles/rogue`);
            // Vault evaluates the constraints itself and signs nothing; OpenBao leaves it to whoever verifies.
            if (product === "OpenBao") assert.equal(issued.status, 200);
            if (issued.status !== 200) return;
            writeFileSync(file("rogue.pem"), `${String(issued.data.certificate)}\n`);
            await assert.rejects(verify("rogue"), /permitted subtree violation/);
        });

        it("the issuer makes no authority below itself", async () => {
            const body = { csr: await request(`DNS:ca.${DOMAIN}`), common_name: `ca.${DOMAIN}` };
            const { status, errors } = await root.call("POST", `${PKI}/root/sign-intermediate`, body);
            assert.equal(status, 400);
            assert.match(errors.join(), /max path length of zero/);
        });

        it("no leaf outlives the issuer", async () => {
            const request = outputOf(outputs, "request");
            issuer = tiers.signIssuer(request, { days: 30 });
            const signed = { issuer, intermediate: tiers.intermediate, root: tiers.root };
            const { diagnostics } = await stack.up({ program: vaultPkiProgram(vault, { signed }) });
            assert.match(
                diagnostics.map(({ message }) => message).join(),
                /signed\.issuer: It ends on .*, within the lifetime of a leaf/,
            );
            const { certificate } = await leaf("short", `DNS:shop.${DOMAIN}`);
            assert.equal(certificate.validTo, new X509Certificate(issuer).validTo);
            assert.match(await verify("short"), /short\.pem: OK$/);
        });

        it("pkilint finds nothing in issuer and leaf", async function () {
            const environment = foundOrSkip(this, await findPkilint());
            writeFileSync(file("issuer.pem"), issuer);
            await leaf("leaf", `DNS:shop.${DOMAIN}`);
            const files = [file("issuer.pem"), file("leaf.pem")] as const;
            const found = await findingsOf(environment.python, [[files[0]], [files[1]], files]);
            assert.deepEqual(found, [[], [], []]);
        });
    });
}
