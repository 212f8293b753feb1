/** A key that never leaves its PKCS#11 token: certified by its request, and used for the account behind the gate. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { startOutscaleEmulator, type RunningEmulator } from "../../emulators/outscale";
import { Declarations } from "../../provider/declarations";
import { certificateAuthority } from "../../provider/pki/certificate-authority";
import { clientCertificate, type ClientCertificateState } from "../../provider/pki/client-certificate";
import { keyMatchesCertificate } from "../../provider/pki/keys";
import type { Context } from "../../provider/resource";
import { runProgram } from "../../tools/pulumi/processes";
import { findSoftHsm } from "../../tools/services/softhsm";
import { callApi, outcomeOf } from "../oracles/https-client";
import { signedHeaders } from "../oracles/signer";
import { makeToken, type Token } from "../support/token";
import { foundOrSkip } from "../support/skip";

const context: Context<unknown> = {
    client: undefined,
    now: () => new Date(),
    declared: new Declarations(),
    sleep: () => Promise.resolve(),
};

const KEYS = [
    ["alice-rsa", "rsa:2048"],
    ["alice-ec", "EC:prime256v1"],
] as const;

describe("a key in a PKCS#11 token", function () {
    this.timeout(120_000);
    let folder: string | undefined;
    let emulator: RunningEmulator | undefined;
    let token: Token;
    let authority: { readonly certificatePem: string; readonly privateKeyPem?: string | undefined };

    const inFolder = (name: string): string => join(folder ?? "", name);
    const gate = (): RunningEmulator => {
        if (emulator === undefined) throw new Error("the emulator is not up");
        return emulator;
    };

    before(async function () {
        this.timeout(360_000);
        const softHsm = foundOrSkip(this, await findSoftHsm());
        folder = mkdtempSync(join(tmpdir(), "portcullis-token-"));
        token = makeToken(softHsm, folder);
        const environment = { ...process.env, ...token.environment };
        const engine = spawnSync("openssl", ["engine", "-t", "pkcs11"], {
            encoding: "utf8",
            env: environment,
        });
        if (!engine.stdout.includes("[ available ]")) {
            console.log(`      skipped: this openssl cannot load ${softHsm.engine}`);
            this.skip();
        }
        authority = (
            await certificateAuthority.create(
                {
                    commonName: "Gate of the tests",
                    keyAlgorithm: "EC-P256",
                    validity: "365d",
                    renewBefore: "30d",
                    pathLength: 1,
                    permanent: false,
                },
                context,
            )
        ).state;
        emulator = await startOutscaleEmulator({ defaultRules: "world-only" });
        await closeGate(emulator, authority.certificatePem);
    });

    after(async () => {
        await emulator?.stop();
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    async function certify(label: string, commonName: string): Promise<ClientCertificateState> {
        const csrPem = execFileSync(
            "openssl",
            ["req", "-new", "-sha256", ...token.keyArguments(label), "-subj", "/CN=whoever"],
            {
                encoding: "utf8",
                env: { ...process.env, ...token.environment },
                stdio: ["ignore", "pipe", "pipe"],
            },
        );
        const { inputs, failures } = clientCertificate.check(
            {
                commonName,
                csrPem,
                authorityCertificatePem: authority.certificatePem,
                authorityPrivateKeyPem: authority.privateKeyPem,
            },
            new Date(),
            {},
        );
        assert.deepEqual(failures, []);
        // Everything was known, so what the check answers is what a deployment creates from.
        const { state } = await clientCertificate.create(
            inputs as Parameters<typeof clientCertificate.create>[0],
            context,
        );
        writeFileSync(inFolder(`${label}.pem`), state.certificatePem);
        return state;
    }

    /** A call by the openssl command; the request is signed here, the TLS handshake by the key. */
    async function outcomeByOpenssl(...client: readonly string[]): Promise<string> {
        const { accessKey, secretKey, port, caFile } = gate();
        const path = "/api/v1/ReadApiAccessRules";
        const host = `127.0.0.1:${port}`;
        const body = "{}";
        const signed = signedHeaders({ accessKey, secretKey, host, path, body, now: new Date() });
        const headers = { host, "content-length": "2", connection: "close", ...signed };
        const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
        const { stdout, stderr } = await runProgram(
            "openssl",
            [
                ...["s_client", "-quiet", "-connect", host, "-noservername"],
                ...["-CAfile", caFile, "-verify_return_error", "-verify_ip", "127.0.0.1", ...client],
            ],
            {
                limit: 30_000,
                environment: token.environment,
                input: [`POST ${path} HTTP/1.1`, ...lines, "", body].join("\r\n"),
            },
        );
        const status = /^HTTP\/1\.1 (\d{3})/.exec(stdout)?.[1];
        assert.ok(status !== undefined, stderr);
        const answer: unknown = JSON.parse(/\{[^]*\}/.exec(stdout)?.[0] ?? "{}");
        return outcomeOf({ status: Number(status), body: answer });
    }

    for (const [label, type] of KEYS) {
        it(`is made there (${type}), certified, and opens the account, which stays shut without it`, async () => {
            assert.deepEqual(token.makeKey(label, type), [
                "sensitive, always sensitive, never extractable, local",
            ]);
            await certify(label, "alice");
            const certificate = ["-cert", inFolder(`${label}.pem`), ...token.keyArguments(label)];
            assert.equal(await outcomeByOpenssl(), "401/14");
            assert.equal(await outcomeByOpenssl(...certificate), "200");
            assert.equal(gate().calls.at(-1)?.certificatePresented, true);
        });
    }

    it("does not open the account under a name that no rule has", async () => {
        const label = "mallory";
        token.makeKey(label, "EC:prime256v1");
        await certify(label, "mallory");
        const certificate = ["-cert", inFolder(`${label}.pem`), ...token.keyArguments(label)];
        assert.equal(await outcomeByOpenssl(...certificate), "401/14");
    });

    it("opens it for curl, which signs the request as well", async function () {
        const version = spawnSync("curl", ["--version"], { encoding: "utf8" });
        if (version.status !== 0 || !version.stdout.includes("OpenSSL")) {
            console.log("      skipped: there is no curl command that uses OpenSSL");
            this.skip();
        }
        const { accessKey, secretKey, endpoint, region, caFile } = gate();
        const [label] = KEYS[1];
        const outcome = async (...client: readonly string[]): Promise<string> => {
            // From its standard input: what is an argument, every user of the machine can read.
            const settings = [
                `url = "${endpoint}/ReadApiAccessRules"`,
                `user = "${accessKey}:${secretKey}"`,
                `aws-sigv4 = "osc:osc:${region}:api"`,
                `cacert = "${caFile}"`,
                'header = "Content-Type: application/json"',
                'data = "{}"',
                'write-out = "\\n%{http_code}"',
                ...client,
            ];
            const { stdout, stderr } = await runProgram(
                "curl",
                ["--silent", "--show-error", "--config", "-"],
                {
                    limit: 30_000,
                    environment: token.environment,
                    input: settings.join("\n"),
                },
            );
            const [, body, status] = /^([^]*)\n(\d{3})$/.exec(stdout) ?? [];
            assert.ok(body !== undefined && status !== "000", stderr);
            return outcomeOf({ status: Number(status), body: JSON.parse(body) });
        };
        assert.equal(await outcome(), "401/14");
        const certificate = [`cert = "${inFolder(`${label}.pem`)}"`, 'engine = "pkcs11"', 'key-type = "ENG"'];
        assert.equal(await outcome(...certificate, `key = "${token.keyUri(label)}"`), "200");
    });

    it("is in no state, and in no file beside the token", async () => {
        for (const [label] of KEYS) {
            const state = await certify(label, "alice");
            assert.equal(state.privateKeyPem, undefined);
            assert.deepEqual(state.credentials, []);
            // The authority's is an input of the certificate, and the one private key in its state.
            const keys = privateKeysIn(JSON.stringify(state).replaceAll("\\n", "\n"));
            assert.equal(keys.length, 1);
            assert.ok(keys.every((pem) => keyMatchesCertificate(pem, authority.certificatePem)));
        }
        const files = filesUnder(folder ?? "").filter((path) => !path.startsWith(token.store));
        assert.ok(files.includes(inFolder("alice-ec.pem")));
        assert.deepEqual(files.filter(isPrivateKey), []);
        const control = inFolder("control.pem");
        writeFileSync(control, authority.privateKeyPem ?? "");
        assert.ok(isPrivateKey(control));
    });
});

/** Leaves a rule alone that names the authority and its client. */
async function closeGate(emulator: RunningEmulator, authorityPem: string): Promise<void> {
    const call = async (name: string, body: object): Promise<Record<string, Record<string, string>>> => {
        const answer = await callApi(emulator, name, { body: JSON.stringify(body) });
        assert.equal(outcomeOf(answer), "200");
        // Every answer of a creation holds the object made.
        return answer.body as Record<string, Record<string, string>>;
    };
    const [open] = emulator.account.rules();
    const { Ca } = await call("CreateCa", { CaPem: authorityPem });
    await call("CreateApiAccessRule", { CaIds: [Ca?.["CaId"]], Cns: ["alice"] });
    await call("DeleteApiAccessRule", { ApiAccessRuleId: open?.ApiAccessRuleId });
}

function privateKeysIn(text: string): string[] {
    return text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END [A-Z ]*PRIVATE KEY-----/g) ?? [];
}

function filesUnder(folder: string): string[] {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
}

/** Whether a file is a private key, or holds one, in any form that OpenSSL reads. */
function isPrivateKey(path: string): boolean {
    const key = readFileSync(path);
    const forms = [
        () => createPrivateKey({ key, format: "pem" }),
        ...(["pkcs8", "pkcs1", "sec1"] as const).map(
            (type) => () => createPrivateKey({ key, format: "der", type }),
        ),
    ];
    return forms.some((read) => {
        try {
            return read().type === "private";
        } catch {
            return false;
        }
    });
}
