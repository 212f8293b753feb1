/** OfflineAuthority on the real engine: requests, what an operator signs for them, and what is refused at preview. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { pki } from "../../sdk";
import { OfflineAuthority, type OfflineAuthorityArgs, type SignedArgs } from "../../sdk/vault";
import { decryptPrivateKey } from "../../provider/pki/keys";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack, type UpResult } from "../../tools/pulumi/engine";
import { changesOf, OPENING, skipWherePlain } from "../support/deployment";
import { assertHidden, failureOf, filesBelow, linesOf, toldBy } from "../support/secrets";
import { openOperator, PASSPHRASE, WITH_PASSPHRASE, type Operator } from "../support/signing";

const KEY_FILE_PASSPHRASE = "purple-monkey-dishwasher-47";

describe("OfflineAuthority on the real engine", function () {
    this.timeout(240_000);

    let directory: string;
    let operator: Operator;
    let stack: EngineStack;
    let keyFile: string;
    const told: [string, string][] = [];
    let signed: Required<SignedArgs>;

    /** What stands on the certificates is a bundle of the server's; what does not, an authority of its own. */
    const program =
        (given: SignedArgs | undefined, over: Partial<OfflineAuthorityArgs> = {}) =>
        () => {
            const authority = new OfflineAuthority("pki", {
                organization: "Example",
                country: "FR",
                intermediate: {
                    privateKeyFile: { path: keyFile, passphraseVariable: "INTERMEDIATE_PASSPHRASE" },
                    permittedDnsDomains: ["example.org"],
                },
                server: { dnsNames: ["vault.example.org"], ipAddresses: ["127.0.0.1"] },
                ...(given === undefined ? {} : { signed: given }),
                ...over,
            });
            new pki.CertificateAuthority("beside", { commonName: "Beside", keyAlgorithm: "EC-P256" });
            const bundle = authority.whenSigned(
                (files) =>
                    new pki.Pkcs12Bundle("above", {
                        certificatePem: files["vault.pem"],
                        privateKeyPem: files["vault-key.pem"],
                        chainPems: [files["intermediate-ca.pem"], files["root-ca.pem"]],
                        password: "not that secret",
                        friendlyName: "vault",
                    }),
            );
            const { stage, requests, files, tls } = authority;
            return Promise.resolve({
                stage,
                requests,
                ...(files === undefined ? {} : { files, tls }),
                ...(bundle === undefined ? {} : { bundle: bundle.id }),
            });
        };

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        directory = mkdtempSync(join(tmpdir(), "portcullis-offline-"));
        operator = openOperator();
        keyFile = join(directory, "intermediate-ca-key.pem");
        stack = await openStack({
            project: "vaultpki",
            stack: "test",
            program: program(undefined),
            directory,
            workDir: resolve(__dirname, "..", ".."),
            cli: await findPulumi(),
            environment: { INTERMEDIATE_PASSPHRASE: KEY_FILE_PASSPHRASE },
        });
    });

    after(() => {
        // Where the suite is skipped, nothing was opened.
        if (existsSync(directory)) rmSync(directory, { recursive: true, force: true });
        operator.close();
    });

    async function up(
        given: SignedArgs | undefined,
        over?: Partial<OfflineAuthorityArgs>,
    ): Promise<UpResult> {
        const result = await stack.up({ program: program(given, over), diff: true });
        const { outputs: _clear, ...others } = result;
        told.push(["an update's output", toldBy(others)]);
        return result;
    }

    /** What the engine says of a preview that it refuses. */
    async function refusal(given: SignedArgs, over?: Partial<OfflineAuthorityArgs>): Promise<string> {
        const error = await failureOf(stack.preview({ program: program(given, over), diff: true }));
        told.push(["a refused preview's output", toldBy(error)]);
        return toldBy(error);
    }

    const requestsOf = (result: UpResult): Record<"intermediate" | "server", string> =>
        result.outputs.requests?.value as Record<"intermediate" | "server", string>;
    const filesOf = (result: UpResult): Record<string, string> =>
        result.outputs.files?.value as Record<string, string>;

    it("says what to sign and with which command, and everything beside it proceeds", async () => {
        const preview = await stack.preview();
        const first = await up(undefined);
        for (const run of [preview, first]) {
            const warnings = run.diagnostics.map(({ message }) => message).join("\n");
            assert.match(warnings, /To be signed, away from the platform: root, intermediate, server\./);
            assert.match(
                warnings,
                /portcullis sign csr --tier intermediate --csr intermediate\.csr --ca root-ca\.pem --key root-key\.pem --permitted-dns example\.org --out intermediate-ca\.pem/,
            );
            assert.match(
                warnings,
                /portcullis sign csr --tier server --csr vault\.csr --ca intermediate-ca\.pem/,
            );
        }
        assert.equal(first.outputs.stage?.value, "requests");
        assert.equal(first.outputs.files, undefined);
        assert.equal(first.outputs.bundle, undefined);
        const { intermediate, server } = requestsOf(first);
        assert.equal(first.outputs.requests?.secret, false, "requests are public");
        for (const csr of [intermediate, server]) {
            const text = execFileSync("openssl", ["req", "-noout", "-verify", "-text"], {
                input: csr,
                encoding: "utf8",
                stdio: ["pipe", "pipe", "ignore"],
            });
            assert.match(text, /O = Example/);
        }
        const same = await stack.up();
        assert.deepEqual(changesOf(same), {});
        assert.deepEqual(requestsOf(same), requestsOf(first), "unchanged inputs keep the requests");
        operator.write("intermediate.csr", intermediate);
        operator.write("vault.csr", server);
    });

    it("is signed by the commands that it names", async () => {
        const { diagnostics } = await stack.preview();
        const warnings = diagnostics.map(({ message }) => message).join("\n");
        // As an operator would copy them: what stands behind a command in parentheses is a note.
        const commands = [...warnings.matchAll(/^ {2}portcullis sign (.+?) {3}\(/gm)].map(
            ([, text = ""]) => text,
        );
        assert.equal(commands.length, 3, warnings);
        operator.write("intermediate-ca-key.pem", readFileSync(keyFile, "utf8"));
        for (const text of commands) {
            const words = text.split(" ").map((word) => (word === "NAME" ? "Example root" : word));
            const passphrase = words.includes("intermediate-ca-key.pem") ? KEY_FILE_PASSPHRASE : PASSPHRASE;
            const ran = await operator.sign([...words, ...WITH_PASSPHRASE, "--yes"], {
                OPERATOR_PASSPHRASE: passphrase,
            });
            assert.equal(ran.code, 0, `${text}: ${ran.stderr}`);
        }
        signed = {
            root: operator.read("root-ca.pem"),
            intermediate: operator.read("intermediate-ca.pem"),
            server: operator.read("vault.pem"),
        };
    });

    it("refuses at preview what another root signed, with the remedy", async () => {
        await operator.signed(
            ...["root", "--common-name", "Example root", "--key", "other-key.pem", ...WITH_PASSPHRASE],
            ...["--out", "other-ca.pem", "--yes"],
        );
        const text = await refusal({ ...signed, root: operator.read("other-ca.pem") });
        assert.match(text, /signed\.intermediate.*It was not issued by signed\.root/s);
        assert.match(text, /Sign the request again: portcullis sign csr --tier intermediate/);
    });

    it("refuses at preview a text with a private key in it, and quotes none of it", async () => {
        const key = operator.read("root-key.pem");
        const text = await refusal({ ...signed, root: `${key}${signed.root}` });
        assert.match(text, /signed\.root: There is a private key in it, where only certificates may stand\./);
        assertHidden(
            key.split("\n").filter((line) => line.length > 24 && !line.startsWith("-----")),
            [["the refusal", text]],
        );
    });

    it("refuses at preview a certificate for another key, and names every fault at once", async () => {
        const wrong = { ...signed, intermediate: signed.server, server: signed.intermediate };
        const text = await refusal(wrong);
        assert.match(text, /signed\.intermediate.*It is for another key than the request's\./s);
        assert.match(text, /signed\.server.*It is for another key than the request's\./s);
        assert.match(text, /signed\.intermediate.*Its basicConstraints do not say CA:TRUE\./s);
        assert.match(text, /signed\.server.*Its extendedKeyUsage lacks serverAuth\./s);
    });

    it("goes on with what is there, and waits for the rest", async () => {
        const preview = await stack.preview({ program: program({ root: signed.root }) });
        const warnings = preview.diagnostics.map(({ message }) => message).join("\n");
        assert.match(warnings, /To be signed, away from the platform: intermediate, server\./);
    });

    it("gives the files once everything was signed, and what stands on them comes up", async () => {
        const preview = await stack.preview({ program: program(signed) });
        assert.deepEqual(preview.diagnostics, []);
        const result = await up(signed);
        assert.equal(result.outputs.stage?.value, "signed");
        const files = filesOf(result);
        assert.deepEqual(Object.keys(files).sort(), [
            "bundle.pem",
            "ca-chain.pem",
            "intermediate-ca.pem",
            "root-ca.pem",
            "vault-key.pem",
            "vault.pem",
        ]);
        assert.equal(files["root-ca.pem"], signed.root);
        assert.equal(files["ca-chain.pem"], `${signed.intermediate}${signed.root}`);
        assert.equal(files["bundle.pem"], `${signed.server}${signed.intermediate}${signed.root}`);
        const key = createPrivateKey(files["vault-key.pem"] ?? "");
        assert.ok(new X509Certificate(files["vault.pem"] ?? "").checkPrivateKey(key));
        assert.ok(result.outputs.bundle !== undefined);
        const tls = result.outputs.tls?.value as Record<string, string>;
        assert.equal(tls.certificate, `${signed.server}${signed.intermediate}`);
        for (const [name, pem] of Object.entries(files)) operator.write(`out-${name}`, pem);
        const verified = execFileSync(
            "openssl",
            [
                ...["verify", "-x509_strict", "-policy_check", "-purpose", "sslserver"],
                ...["-verify_hostname", "vault.example.org", "-CAfile", operator.path("out-root-ca.pem")],
                ...["-untrusted", operator.path("out-ca-chain.pem"), operator.path("out-vault.pem")],
            ],
            { encoding: "utf8" },
        );
        assert.match(verified, /out-vault\.pem: OK/);
        assert.deepEqual(changesOf(await stack.preview({ program: program(signed) })), {});
    });

    it("keeps the certificate in use and its key while a new request waits for its signature", async () => {
        const renewed: Partial<OfflineAuthorityArgs> = {
            server: { dnsNames: ["vault.example.org", "vault-2.example.org"], generation: 2 },
        };
        const first = filesOf(await up(signed));
        const waiting = await up(signed, renewed);
        assert.deepEqual(filesOf(waiting), first, "nothing that is deployed has changed");
        assert.match(
            waiting.diagnostics.map(({ message }) => message).join("\n"),
            /signed\.server answers the request before; sign requests\.server/,
        );
        const { server } = requestsOf(waiting);
        operator.write("vault-2.csr", server);
        const ran = await operator.sign(
            [
                ...["csr", "--tier", "server", "--csr", "vault-2.csr", "--ca", "intermediate-ca.pem"],
                ...["--key", keyFile, ...WITH_PASSPHRASE, "--out", "vault-2.pem", "--yes"],
            ],
            { OPERATOR_PASSPHRASE: KEY_FILE_PASSPHRASE },
        );
        assert.equal(ran.code, 0, ran.stderr);
        const next = { ...signed, server: operator.read("vault-2.pem") };
        const result = await up(next, renewed);
        const files = filesOf(result);
        assert.notEqual(files["vault-key.pem"], first["vault-key.pem"]);
        const key = createPrivateKey(files["vault-key.pem"] ?? "");
        assert.ok(new X509Certificate(files["vault.pem"] ?? "").checkPrivateKey(key));
        assert.deepEqual(result.diagnostics, []);
    });

    it("holds no root key anywhere, and its own keys in the clear nowhere", async () => {
        const root = decryptPrivateKey(operator.read("root-key.pem"), PASSPHRASE);
        const intermediate = decryptPrivateKey(filesBelow(directory).get(keyFile) ?? "", KEY_FILE_PASSPHRASE);
        const state = JSON.stringify(await stack.exportState());
        const files = [...filesBelow(directory)].filter(([path]) => path !== keyFile);
        const server = filesOf(await stack.up({ program: program(signed) }))["vault-key.pem"] ?? "";
        assertHidden(
            [
                ...[root, intermediate, server].flatMap(linesOf),
                ...operator
                    .read("root-key.pem")
                    .split("\n")
                    .filter((line) => line.length > 40),
                ...["PRIVATE KEY-----", PASSPHRASE, KEY_FILE_PASSPHRASE],
            ],
            [["the state", state], ...told, ...files],
        );
    });
});
