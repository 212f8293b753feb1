/** The vault stand-in against a real OpenBao: what it writes is there, what others change is seen, what it deletes is gone. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { unwrap } from "../../tools/pulumi/plugins/values";
import { clientFor, type VaultClient } from "../../tools/pulumi/plugins/vault/client";
import { create, diff, read, remove, update } from "../../tools/pulumi/plugins/vault/provider";
import { call, findOpenBao, initialise, startSingle, type RunningVault } from "../../tools/services/openbao";
import { offlineTiers } from "../support/openssl-authority";
import { foundOrSkip } from "../support/skip";

const urn = (type: string): string => `urn:pulumi:s::p::vault:${type}::name`;
type Inputs = Readonly<Record<string, unknown>>;

interface Case {
    readonly type: string;
    readonly inputs: Inputs;
    /** What somebody else does: path and body. */
    readonly drift: readonly [path: string, body: Inputs];
    /** The input that a refresh then finds different, and its value. */
    readonly seen: readonly [name: string, value: unknown];
    /** Whether the real provider deletes it. */
    readonly deleted: boolean;
}

const CASES: readonly Case[] = [
    {
        type: "index/mount:Mount",
        inputs: { type: "pki", path: "pki", maxLeaseTtlSeconds: 7_776_000, defaultLeaseTtlSeconds: 60 },
        drift: ["sys/mounts/pki/tune", { max_lease_ttl: "60s" }],
        seen: ["maxLeaseTtlSeconds", 60],
        deleted: true,
    },
    {
        type: "pkiSecret/backendConfigCluster:BackendConfigCluster",
        inputs: { backend: "pki", path: "https://a.example/v1/pki", aiaPath: "https://a.example/v1/pki" },
        drift: ["pki/config/cluster", { aia_path: "https://b.example/v1/pki" }],
        seen: ["aiaPath", "https://b.example/v1/pki"],
        deleted: false,
    },
    {
        type: "pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls",
        inputs: { backend: "pki", enableTemplating: true, ocspServers: ["{{cluster_aia_path}}/ocsp"] },
        drift: ["pki/config/urls", { ocsp_servers: ["http://evil.example"], enable_templating: false }],
        seen: ["ocspServers", ["http://evil.example"]],
        deleted: false,
    },
    {
        type: "pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig",
        inputs: { backend: "pki", expiry: "72h", autoRebuild: true, autoRebuildGracePeriod: "12h" },
        drift: ["pki/config/crl", { auto_rebuild: false }],
        seen: ["autoRebuild", false],
        deleted: false,
    },
    {
        type: "pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy",
        inputs: { backend: "pki", enabled: true, intervalDuration: "12h", tidyCertStore: true },
        drift: ["pki/config/auto-tidy", { interval_duration: "24h", tidy_cert_store: true }],
        seen: ["intervalDuration", "86400"],
        deleted: false,
    },
    {
        type: "pkiSecret/secretBackendRole:SecretBackendRole",
        inputs: {
            backend: "pki",
            name: "server",
            maxTtl: "720h",
            allowedDomains: ["a.example"],
            countries: ["FR"],
        },
        drift: ["pki/roles/server", { allowed_domains: ["a.example", "evil.example"] }],
        seen: ["allowedDomains", ["a.example", "evil.example"]],
        deleted: true,
    },
    {
        type: "index/policy:Policy",
        inputs: { name: "p", policy: 'path "a" { capabilities = ["read"] }' },
        drift: ["sys/policies/acl/p", { policy: 'path "*" { capabilities = ["sudo"] }' }],
        seen: ["policy", 'path "*" { capabilities = ["sudo"] }'],
        deleted: true,
    },
    {
        type: "index/authBackend:AuthBackend",
        inputs: { type: "approle", path: "robots", description: "for robots" },
        drift: ["sys/auth/robots/tune", { description: "for everybody" }],
        seen: ["description", "for everybody"],
        deleted: true,
    },
    {
        type: "appRole/authBackendRole:AuthBackendRole",
        inputs: { backend: "robots", roleName: "r", tokenTtl: 60, tokenBoundCidrs: ["127.0.0.1"] },
        drift: ["auth/robots/role/r", { token_bound_cidrs: [] }],
        seen: ["tokenBoundCidrs", []],
        deleted: true,
    },
];

describe("the vault stand-in against a real server", function () {
    this.timeout(120_000);

    let directory: string;
    let server: RunningVault;
    let client: VaultClient;
    let token: string;

    before(async function () {
        this.timeout(10 * 60_000);
        const program = foundOrSkip(this, await findOpenBao());
        directory = mkdtempSync(join(tmpdir(), "portcullis-vault-plugin-"));
        const tls = certificates(join(directory, "tls"));
        const data = join(directory, "server");
        mkdirSync(data);
        server = await startSingle({ program, directory: data, tls });
        token = await initialise(server.url);
        client = await clientFor({ address: server.url, token, caCertFile: tls.authority }, {});
    });

    after(async () => {
        await (server as RunningVault | undefined)?.end();
        rmSync(directory, { recursive: true, force: true });
    });

    const api = (method: string, path: string, body?: unknown): Promise<unknown> =>
        call(server.url, method, path, { token, ...(body !== undefined && { body }) });

    describe("makes it, finds it the same, sees what others change, and puts it back", () => {
        for (const { type, inputs, drift, seen } of CASES) {
            it(type, async () => {
                const of = urn(type);
                const made = await create(client, of, inputs);
                const found = await read(client, of, made.id, made.outs, inputs);
                assert.deepEqual(found?.inputs, inputs);
                assert.deepEqual(diff(of, found.outs, inputs, inputs).changed, []);

                await api("POST", drift[0], drift[1]);
                const drifted = await read(client, of, made.id, made.outs, inputs);
                assert.deepEqual(drifted?.inputs[seen[0]], seen[1]);
                const { changed, replaces } = diff(of, drifted?.outs, inputs, inputs);
                assert.ok(changed.includes(seen[0]), changed.join());
                assert.deepEqual(replaces, []);

                const mended = await update(client, of, made.id, drifted?.outs, inputs);
                assert.deepEqual(diff(of, mended, inputs, inputs).changed, []);
            });
        }
    });

    describe("after that", () => {
        it("keeps a wrapped secret id's secret out, and finds it by its accessor once it was opened", async () => {
            const of = urn("appRole/authBackendRoleSecretId:AuthBackendRoleSecretId");
            const inputs = {
                backend: "robots",
                roleName: "r",
                wrappingTtl: "60s",
                withWrappedAccessor: true,
                metadata: "{}",
            };
            const made = await create(client, of, inputs);
            assert.equal("secretId" in made.outs, false);
            const wrapping = String(unwrap(made.outs.wrappingToken));
            const opened = (await call(server.url, "POST", "sys/wrapping/unwrap", {
                token: wrapping,
            })) as {
                data: { secret_id_accessor: string };
            };
            assert.equal(opened.data.secret_id_accessor, made.outs.accessor);
            assert.deepEqual((await read(client, of, made.id, made.outs, inputs))?.inputs, inputs);
            await api("POST", "auth/robots/role/r/secret-id-accessor/destroy", {
                secret_id_accessor: made.outs.accessor,
            });
            assert.equal(await read(client, of, made.id, made.outs, inputs), undefined);
        });

        it("makes a key that stays in the server, takes the signed issuer, and names it", async () => {
            const request = urn(
                "pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
            );
            const exported = { backend: "pki", type: "exported", commonName: "x" };
            await assert.rejects(create(client, request, exported), /makes no exported key/);
            const asked = {
                backend: "pki",
                type: "internal",
                commonName: "Issuer",
                keyType: "ec",
                keyBits: 256,
            };
            const { outs } = await create(client, request, asked);
            const tiers = offlineTiers(join(directory, "offline"), "a.example");
            const signed = await create(
                client,
                urn("pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned"),
                { backend: "pki", certificate: tiers.signIssuer(String(outs.csr)) },
            );
            const [id] = signed.outs.importedIssuers as string[];
            const issuer = urn("pkiSecret/secretBackendIssuer:SecretBackendIssuer");
            const inputs = {
                backend: "pki",
                issuerRef: id,
                issuerName: "one",
                leafNotAfterBehavior: "truncate",
            };
            const made = await create(client, issuer, inputs);
            assert.equal(made.outs.issuerId, id);
            assert.deepEqual((await read(client, issuer, made.id, made.outs, inputs))?.inputs, inputs);
            const issuers = urn("pkiSecret/secretBackendConfigIssuers:SecretBackendConfigIssuers");
            const known = { backend: "pki", default: id, defaultFollowsLatestIssuer: false };
            const config = await create(client, issuers, known);
            assert.deepEqual((await read(client, issuers, config.id, config.outs, known))?.inputs, known);
            await remove(client, issuer, made.id, made.outs);
            assert.equal(await read(client, issuer, made.id, made.outs, inputs), undefined);
        });

        it("deletes what the real provider deletes, and nothing else", async () => {
            for (const { type, inputs, deleted } of [...CASES].reverse()) {
                const of = urn(type);
                const made = await createdAgain(of, inputs);
                await remove(client, of, made, inputs);
                const rest = await read(client, of, made, inputs, inputs).catch(() => undefined);
                assert.equal(rest === undefined, deleted, type);
            }
        });

        /** The id of what is there already. */
        async function createdAgain(of: string, inputs: Inputs): Promise<string> {
            const place = inputs.path ?? inputs.name;
            if (of.includes("index/") && typeof place === "string") return place;
            return (await create(client, of, inputs)).id;
        }

        it("says what the server said, and nothing of what it was told", async () => {
            const body = { backend: "none", name: "n", allowedDomains: ["hidden.example"] };
            await assert.rejects(
                create(client, urn("pkiSecret/secretBackendRole:SecretBackendRole"), body),
                (error: Error) =>
                    /POST none\/roles\/n: HTTP 404/.test(error.message) && !error.message.includes("hidden"),
            );
        });

        it("verifies the server, and signs in by a certificate", async () => {
            const url = server.url;
            const untrusting = await clientFor({ address: url, token }, {});
            await assert.rejects(untrusting.read("sys/mounts"), /certificate/);
            const file = (name: string): string => join(directory, "tls", name);
            await api("POST", "sys/auth/cert", { type: "cert" });
            await api("POST", "auth/cert/certs/admin", {
                certificate: readFileSync(file("ca.pem"), "utf8"),
                policies: "default",
            });
            const settings = { address: url, caCertFile: file("ca.pem") };
            const login = { certFile: file("server.pem"), keyFile: file("server.key"), name: "admin" };
            const signedIn = await clientFor({ ...settings, authLoginCert: JSON.stringify(login) }, {});
            const self = await signedIn.read("auth/token/lookup-self");
            assert.equal(self?.data.display_name, "cert-admin");
            await assert.rejects(signedIn.read("sys/mounts"), /HTTP 403/);
        });
    });
});

/** An authority, and a certificate for loopback that serves servers and clients. */
function certificates(folder: string) {
    mkdirSync(folder);
    const openssl = (...args: string[]): void => {
        execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
    };
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl(
        "req",
        "-x509",
        ...newKey,
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=ca",
        "-days",
        "2",
    );
    openssl(
        ...[
            "req",
            "-x509",
            ...newKey,
            "-keyout",
            "server.key",
            "-out",
            "server.pem",
            "-subj",
            "/CN=localhost",
        ],
        ...["-CA", "ca.pem", "-CAkey", "ca.key", "-days", "1", "-addext", "subjectAltName=IP:127.0.0.1"],
        ...["-addext", "extendedKeyUsage=serverAuth,clientAuth", "-addext", "basicConstraints=CA:FALSE"],
    );
    const file = (name: string): string => join(folder, name);
    return { certificate: file("server.pem"), privateKey: file("server.key"), authority: file("ca.pem") };
}
