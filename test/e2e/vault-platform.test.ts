/** The Vault example as a team goes through it, on the real engine and a real server: from requests to a leaf, and no secret told. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { z } from "zod";
import { decryptPrivateKey } from "../../provider/pki/keys";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack, type UpResult } from "../../tools/pulumi/engine";
import { choosePlugins, standInNotice } from "../../tools/pulumi/plugins";
import { runProgram } from "../../tools/quickstart/program";
import { call, findOpenBao, startSingle, type RunningVault } from "../../tools/services/openbao";
import { OPENING, skipWherePlain } from "../support/deployment";
import type { Pair } from "../support/holders";
import { makePgpHolders, type PgpHolders } from "../support/pgp-holders";
import {
    assertHidden,
    decodedUserData,
    failureOf,
    filesBelow,
    linesOf,
    recordedIn,
    toldBy,
} from "../support/secrets";
import { openOperator, PASSPHRASE, WITH_PASSPHRASE, type Operator } from "../support/signing";
import { VaultGate } from "../support/vault-gate";
import { foundOrSkip } from "../support/skip";

const ROOT = resolve(__dirname, "..", "..");
const EXAMPLE = join(ROOT, "examples", "vault", "index.ts");
const KEY_FILE_PASSPHRASE = "purple-monkey-dishwasher-47";
const stateSchema = z.object({
    resources: z.array(z.object({ type: z.string(), inputs: z.record(z.string(), z.unknown()).default({}) })),
});
const HOLDERS = ["alice", "bob", "carol"] as const;

/** PEM. */
type TlsFiles = Readonly<Record<"certificate" | "privateKey" | "authorities", string>>;

describe("the Vault example on the real engine", function () {
    this.timeout(240_000);

    let directory: string;
    /** Where the example looks for what was handed in. */
    let folder: string;
    let operator: Operator;
    let stack: EngineStack;
    let server: RunningVault | undefined;
    /** As the cluster's secret holds them. */
    let serverTls: TlsFiles | undefined;
    let holders: PgpHolders;
    /** Between the engine and the server, where a root token is seen that is gone by the end. */
    let gate: VaultGate | undefined;
    const told: [string, string][] = [];
    /** Whatever may stand nowhere in clear. */
    const secrets: string[] = [];

    /** The example itself, and what stands in for the nodes: they get their TLS files from Secrets Manager. */
    const program = () => {
        const edit = (source: string): string => {
            // The server of this test is asked from loopback, and its address is chosen while the test runs.
            const local = source
                .replaceAll("boundCidrs: [network]", 'boundCidrs: [network, "127.0.0.1/32"]')
                .replace('config.get("address") ?? ""', JSON.stringify(gate?.url ?? ""));
            return `${local}\nexport const tls = authority.tls;\n`;
        };
        return Promise.resolve(runProgram(EXAMPLE, edit));
    };

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        foundOrSkip(this, await findOpenBao());
        directory = mkdtempSync(join(tmpdir(), "portcullis-vault-platform-"));
        folder = join(directory, "handed-in");
        mkdirSync(folder);
        operator = openOperator();
        holders = await makePgpHolders(HOLDERS.length);
        const cli = await findPulumi();
        const plugins = await choosePlugins(["aws", "vault"], { cli, workDir: ROOT });
        const notice = standInNotice(plugins);
        if (notice !== undefined) console.log(`    ${notice}`);
        stack = await openStack({
            project: "ogenki-vault",
            stack: "test",
            program,
            directory: join(directory, "stack"),
            workDir: ROOT,
            cli,
            plugins,
            config: { "ogenki-vault:folder": folder, "aws:region": "eu-west-3" },
            environment: {
                INTERMEDIATE_PASSPHRASE: KEY_FILE_PASSPHRASE,
                VAULT_CLIENT_CERT: join(folder, "administrator.pem"),
                VAULT_CLIENT_KEY: join(folder, "administrator-key.pem"),
                PORTCULLIS_AWS_RECORD: join(directory, "aws.record"),
            },
        });
    });

    after(async () => {
        await gate?.close();
        await server?.end();
        (operator as Operator | undefined)?.close();
        (holders as PgpHolders | undefined)?.close();
        rmSync(directory, { recursive: true, force: true });
    });

    const up = async (): Promise<UpResult> => {
        const preview = await stack.preview({ diff: true });
        const result = await stack.up({ diff: true });
        const { outputs: _clear, ...others } = result;
        told.push(["a preview", toldBy(preview)], ["an update", toldBy(others)]);
        return result;
    };
    const output = (result: UpResult, name: string): unknown => result.outputs[name]?.value;
    const warnings = (result: UpResult): string =>
        result.diagnostics.map(({ message }) => message).join("\n");

    it("begins with requests, and says what to sign", async () => {
        const result = await up();
        assert.match(warnings(result), /portcullis sign csr --tier intermediate/);
        const requests = output(result, "requests") as Record<"intermediate" | "server", string>;
        operator.write("intermediate.csr", requests.intermediate);
        operator.write("vault.csr", requests.server);
        assert.deepEqual((await stack.preview()).changes, { same: 4 });
    });

    it("takes what an operator signed elsewhere, and declares the nodes", async () => {
        await operator.signed(
            ...["root", "--common-name", "Ogenki Root", "--key", "root-key.pem", "--out", "root-ca.pem"],
            ...[...WITH_PASSPHRASE, "--yes"],
        );
        await operator.signed(
            ...["csr", "--tier", "intermediate", "--csr", "intermediate.csr", "--ca", "root-ca.pem"],
            ...["--key", "root-key.pem", "--out", "intermediate-ca.pem", ...WITH_PASSPHRASE, "--yes"],
            ...["priv.cloud.ogenki.io", "vault.cloud.ogenki.io", "cluster.local"].flatMap((domain) => [
                "--permitted-dns",
                domain,
            ]),
        );
        await signBelow("server", "vault.csr", "vault.pem");
        const rootKey = decryptPrivateKey(operator.read("root-key.pem"), PASSPHRASE);
        const intermediateKey = decryptPrivateKey(
            readFileSync(join(folder, "intermediate-ca-key.pem"), "utf8"),
            KEY_FILE_PASSPHRASE,
        );
        secrets.push(...linesOf(rootKey), ...linesOf(intermediateKey), PASSPHRASE, KEY_FILE_PASSPHRASE);
        for (const name of ["root-ca.pem", "intermediate-ca.pem", "vault.pem"])
            writeFileSync(join(folder, name), operator.read(name));

        const result = await up();
        serverTls = output(result, "tls") as TlsFiles;
        secrets.push(...linesOf(serverTls.privateKey));
        assert.equal(typeof output(result, "loadBalancer"), "string");
        await startNode(serverTls);
    });

    it("initialises the cluster, once those who administer it and hold its shares are known", async () => {
        const administrator = makeAdministrator();
        assert.ok(server && serverTls);
        const { certificate: certificatePem, privateKey: privateKeyPem, authorities } = serverTls;
        gate = new VaultGate({ certificatePem, privateKeyPem }, authorities, [administrator]);
        gate.target = server.url;
        await gate.open();
        holders.holders.forEach(({ publicKey }, index) => {
            writeFileSync(join(folder, `${HOLDERS[index] ?? ""}.asc`), publicKey);
        });
        const result = await up();
        assert.match(warnings(result), /portcullis sign csr --tier issuer/);
        await learnShares(output(result, "shares"));
        operator.write("issuer.csr", String(output(result, "issuerRequest")));
        const { resources } = stateSchema.parse((await stack.exportState()).deployment);
        const { inputs } = resources.find(({ type }) => type.endsWith("vault:VaultInitialization")) ?? {};
        assert.equal(inputs?.serverName, "vault.cloud.ogenki.io", "what the cluster tells of itself");
        assert.equal(inputs.nodes, 5);
    });

    it("issues below the offline root, to those alone whom the role admits", async () => {
        await signBelow("issuer", "issuer.csr", "issuer.pem");
        writeFileSync(join(folder, "issuer.pem"), operator.read("issuer.pem"));
        const result = await up();
        assert.ok(server);
        const roles = output(result, "approles") as Record<
            "certManager" | "snapshot",
            { readonly roleId: string; readonly wrappingToken: string }
        >;
        const { roleId, wrappingToken } = roles.certManager;
        const unwrapped = (await call(server.url, "POST", "sys/wrapping/unwrap", {
            token: wrappingToken,
        })) as {
            data: { secret_id: string };
        };
        const login = (await call(server.url, "POST", "auth/approle/login", {
            body: { role_id: roleId, secret_id: unwrapped.data.secret_id },
        })) as { auth: { client_token: string } };
        const token = login.auth.client_token;
        secrets.push(wrappingToken, roles.snapshot.wrappingToken, unwrapped.data.secret_id, token);
        operator.write("leaf.cnf", "[req]\ndistinguished_name=dn\n[dn]\n");
        execFileSync(
            "openssl",
            [
                ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
                ...["-subj", "/CN=harbor.priv.cloud.ogenki.io", "-config", operator.path("leaf.cnf")],
                ...["-keyout", operator.path("leaf.key"), "-out", operator.path("leaf.csr")],
            ],
            { stdio: "ignore" },
        );
        const signed = (await call(server.url, "POST", String(output(result, "signPath")), {
            token,
            body: { csr: operator.read("leaf.csr"), common_name: "harbor.priv.cloud.ogenki.io" },
        })) as { data: { certificate: string } };
        operator.write("leaf.pem", `${signed.data.certificate}\n`);
        operator.write("untrusted.pem", operator.read("issuer.pem") + operator.read("intermediate-ca.pem"));
        const verdict = execFileSync(
            "openssl",
            [
                ...["verify", "-x509_strict", "-policy_check", "-purpose", "sslserver"],
                ...["-CAfile", operator.path("root-ca.pem"), "-untrusted", operator.path("untrusted.pem")],
                operator.path("leaf.pem"),
            ],
            { encoding: "utf8" },
        );
        assert.match(verdict, /leaf\.pem: OK/);
        assert.equal(
            new X509Certificate(signed.data.certificate).subjectAltName,
            "DNS:harbor.priv.cloud.ogenki.io",
        );
        await assert.rejects(
            call(server.url, "POST", "pki_private_issuer/issue/server", {
                token,
                body: { common_name: "harbor.priv.cloud.ogenki.io" },
            }),
            /HTTP 403/,
        );
        const { same, ...others } = (await stack.preview()).changes;
        assert.deepEqual(others, {}, `${same ?? 0} stay`);
    });

    it("told no private key, token, share or secret id on the way, and keeps them encrypted", async () => {
        const tokens = (gate?.calls ?? []).flatMap(
            ({ answer }) => /"client_token":"([^"]+)"/.exec(answer)?.[1] ?? [],
        );
        assert.ok(tokens.length > 0, "somebody has signed in");
        const state = await stack.exportState();
        assertHidden(
            [...secrets, ...tokens],
            [
                ...told,
                ["the state", JSON.stringify(state)],
                ["the user data, decoded", decodedUserData(recordedIn(join(directory, "aws.record")))],
                ...filesBelow(join(directory, "stack")),
                ["the server's log", server?.log() ?? ""],
            ],
        );
    });

    it("refuses to be destroyed while the key that unseals everything is protected", async () => {
        const error = await failureOf(stack.destroy());
        assert.match(error.message, /protect/);
    });

    async function signBelow(tier: "server" | "issuer", request: string, certificate: string): Promise<void> {
        operator.write(
            "intermediate-ca-key.pem",
            readFileSync(join(folder, "intermediate-ca-key.pem"), "utf8"),
        );
        const ran = await operator.sign(
            [
                ...["csr", "--tier", tier, "--csr", request, "--ca", "intermediate-ca.pem"],
                ...["--key", "intermediate-ca-key.pem", "--passphrase-variable", "INTERMEDIATE_PASSPHRASE"],
                ...["--out", certificate, "--yes"],
            ],
            { INTERMEDIATE_PASSPHRASE: KEY_FILE_PASSPHRASE },
        );
        assert.equal(ran.code, 0, ran.stderr);
    }

    /** The recovery shares, encrypted and as their holders read them, and the root token that came with them. */
    async function learnShares(output: unknown): Promise<void> {
        const answer = gate?.calls.find(({ path }) => path === "/v1/sys/init")?.answer;
        // The server's answer to this call always holds the token.
        const { root_token: token } = JSON.parse(answer ?? "{}") as { readonly root_token: string };
        // As the component declares its output.
        const encrypted = output as readonly string[];
        assert.equal(encrypted.length, HOLDERS.length);
        const shares = await Promise.all(
            holders.holders.map(({ decrypt }, index) => decrypt(encrypted[index] ?? "")),
        );
        secrets.push(token, ...encrypted, ...shares.map((share) => share.trim()));
    }

    /** One node with the TLS files that the cluster's secret holds, and a seal of its own. */
    async function startNode(tls: TlsFiles): Promise<void> {
        const bao = await findOpenBao();
        if ("missing" in bao) throw new Error(bao.missing);
        const home = join(directory, "node");
        mkdirSync(home);
        const files = { certificate: join(home, "certificate.pem"), privateKey: join(home, "key.pem") };
        writeFileSync(files.certificate, tls.certificate);
        writeFileSync(files.privateKey, tls.privateKey, { mode: 0o600 });
        server = await startSingle({ program: bao, directory: home, tls: files });
    }

    /** A certificate for TLS clients, of its own key, as an administrator hands it in. */
    function makeAdministrator(): Pair {
        execFileSync(
            "openssl",
            [
                ...[
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                    "-days",
                    "30",
                ],
                ...["-subj", "/CN=platform", "-addext", "extendedKeyUsage=clientAuth"],
                ...["-addext", "basicConstraints=critical,CA:FALSE"],
                ...[
                    "-keyout",
                    join(folder, "administrator-key.pem"),
                    "-out",
                    join(folder, "administrator.pem"),
                ],
            ],
            { stdio: "ignore" },
        );
        const privateKeyPem = readFileSync(join(folder, "administrator-key.pem"), "utf8");
        secrets.push(...linesOf(privateKeyPem));
        return { certificatePem: readFileSync(join(folder, "administrator.pem"), "utf8"), privateKeyPem };
    }
});
