/** PKCS#12 files made here, read by four programs that share no code: OpenSSL, Python's cryptography, NSS and Java. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { Declarations } from "../../provider/declarations";
import { generatePrivateKey, normalisePrivateKey, type KeyAlgorithm } from "../../provider/pki/keys";
import { normalisePem } from "../../provider/pki/pem";
import { makePkcs12, PKCS12_ENCRYPTIONS, type Pkcs12Encryption } from "../../provider/pki/pkcs12";
import { pkcs12Bundle } from "../../provider/pki/pkcs12-bundle";
import { deriveKey, PURPOSE } from "../../provider/pki/pkcs12-kdf";
import type { Context } from "../../provider/resource";
import { findNss, type Nss } from "../../tools/services/nss";
import { pythonWith } from "../../tools/services/python";
import { fileOf, folder, openssl, skip, start, stop } from "../unit/provider/pki/openssl";
import { authority, client } from "../unit/provider/pki/support";
import { foundOrSkip } from "../support/skip";

const PASSWORD = "correct 'horse' \"battery\" \\ $taple";
const VARIABLE = "PORTCULLIS_TEST_PKCS12_PASSWORD";
const NAME = "Alice d'Été";
const CRYPTOGRAPHY = "50.0.2";

const context: Context<unknown> = {
    client: undefined,
    now: () => new Date(),
    declared: new Declarations(),
    sleep: () => Promise.resolve(),
};

interface Bundle {
    readonly title: string;
    readonly encryption: Pkcs12Encryption;
    readonly contents: {
        readonly certificatePem: string;
        readonly privateKeyPem: string;
        readonly chainPems: readonly string[];
        readonly friendlyName: string;
    };
    /** Base64. */
    readonly pkcs12: string;
    /** The same, in a file. */
    readonly path: string;
}

/** One for each kind of key and each encryption, with the resource's own defaults, under a root and another authority. */
async function makeBundles(): Promise<readonly Bundle[]> {
    const root = await authority({ subject: [{ CN: ["Root"] }] });
    const issuer = await authority(
        { subject: [{ CN: ["Issuer"] }], issuer: [{ CN: ["Root"] }] },
        undefined,
        root.key,
    );
    const algorithms: readonly KeyAlgorithm[] = ["RSA-2048", "EC-P256"];
    const bundles: Bundle[] = [];
    for (const algorithm of algorithms) {
        const key = await generatePrivateKey(algorithm);
        const alice = await client(issuer.key, { issuer: [{ CN: ["Issuer"] }] }, key);
        for (const encryption of PKCS12_ENCRYPTIONS) {
            const contents = {
                certificatePem: normalisePem(alice.pem),
                privateKeyPem: normalisePrivateKey(key),
                chainPems: [normalisePem(issuer.pem), normalisePem(root.pem)],
                friendlyName: NAME,
            };
            const given = { ...contents, password: PASSWORD, encryption };
            const { inputs, failures } = pkcs12Bundle.check(given, new Date(), {});
            assert.deepEqual(failures, []);
            // Everything was known, so what the check answers is what a deployment creates from.
            const complete = inputs as Parameters<typeof pkcs12Bundle.create>[0];
            const { pkcs12 } = (await pkcs12Bundle.create(complete, context)).state;
            const path = join(folder(), `${algorithm}-${encryption}.p12`);
            writeFileSync(path, Buffer.from(pkcs12, "base64"), { mode: 0o600 });
            bundles.push({ title: `${algorithm}, ${encryption}`, encryption, contents, pkcs12, path });
        }
    }
    return bundles;
}

/** The PEM blocks of a text, in their order and without what is between them. */
function blocksIn(text: string): string[] {
    return (text.match(/-----BEGIN [^]*?-----END [A-Z ]+-----/g) ?? []).map((block) => `${block}\n`);
}

describe(`PKCS#12 files${skip}`, function () {
    this.timeout(300_000);
    let bundles: readonly Bundle[];

    before(async function () {
        if (skip !== "") this.skip();
        start();
        process.env[VARIABLE] = PASSWORD;
        bundles = await makeBundles();
    });
    after(() => {
        stop();
        Reflect.deleteProperty(process.env, VARIABLE);
    });

    it("are opened by openssl, which names their encryption", () => {
        const parameters = {
            modern: [
                "MAC: sha256, Iteration 250000",
                "PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 250000, PRF hmacWithSHA256",
                "Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 250000, PRF hmacWithSHA256",
            ],
            legacy: [
                "MAC: sha1, Iteration 50000",
                "PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 50000",
                "Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 50000",
            ],
        };
        for (const { title, path, encryption, contents } of bundles) {
            const run = spawnSync(
                "openssl",
                ["pkcs12", "-in", path, "-passin", `env:${VARIABLE}`, "-nodes", "-info"],
                { encoding: "utf8" },
            );
            assert.equal(run.status, 0, `${title}: ${run.stderr}`);
            const said = run.stderr.split("\n").filter((line) => line.includes("Iteration"));
            assert.deepEqual(said, parameters[encryption], title);
            const { certificatePem, chainPems, privateKeyPem } = contents;
            assert.deepEqual(blocksIn(run.stdout), [certificatePem, ...chainPems, privateKeyPem], title);
        }
    });

    it("are opened by openssl with no other password", () => {
        for (const { title, path } of bundles) {
            const wrong = fileOf("correct horse\n");
            const run = spawnSync("openssl", ["pkcs12", "-in", path, "-passin", `file:${wrong}`, "-noout"], {
                encoding: "utf8",
            });
            assert.match(run.stderr, /Mac verify error: invalid password/, title);
        }
    });

    it(`are opened by cryptography ${CRYPTOGRAPHY}, whatever the password`, async function () {
        const environment = foundOrSkip(this, await pythonWith("cryptography", CRYPTOGRAPHY));
        const passwords = fc.sample(fc.string({ unit: "grapheme-ascii", minLength: 12, maxLength: 128 }), 25);
        const [{ contents } = assert.fail()] = bundles;
        const others = await Promise.all(
            passwords.flatMap((password) =>
                PKCS12_ENCRYPTIONS.map(async (encryption) => {
                    const der = await makePkcs12({ ...contents, password, encryption, iterations: 1000 });
                    return { contents, password, pkcs12: der.toString("base64") };
                }),
            ),
        );
        const all = [...bundles.map((bundle) => ({ ...bundle, password: PASSWORD })), ...others];
        const requests = all.map(({ pkcs12, password }) => JSON.stringify({ pkcs12, password }));
        const script = join(__dirname, "..", "oracles", "pkcs12.py");
        const answers = execFileSync(environment.python, [script], {
            encoding: "utf8",
            input: requests.join("\n"),
            maxBuffer: 64 * 1024 * 1024,
        });
        assert.deepEqual(
            // The script prints one object a line.
            answers
                .trim()
                .split("\n")
                .map((line): unknown => JSON.parse(line)),
            all.map(({ contents: expected }) => expected),
        );
    });

    it("are imported by NSS with their key, their name and the authorities", async function () {
        const nss = foundOrSkip(this, await findNss());
        const passwordFile = fileOf(PASSWORD);
        for (const [index, { title, path }] of bundles.entries()) {
            const database = join(folder(), `nss-${index}`);
            mkdirSync(database);
            const run = nssIn(nss, database);
            run("certutil", "-N", "--empty-password");
            run("pk12util", "-i", path, "-w", passwordFile, "-K", "");
            const listed = run("certutil", "-L")
                .split("\n")
                .slice(4)
                .filter((line) => line !== "");
            // Flags "u" are those of a certificate whose private key is there.
            assert.deepEqual(
                listed.map((line) => line.replace(/ {2,}/, " ").trim()).sort(),
                [`${NAME} u,u,u`, "Issuer ,,", "Root ,,"].sort(),
                title,
            );
            assert.equal(
                run("certutil", "-K")
                    .split("\n")
                    .filter((line) => line.includes(NAME)).length,
                1,
            );
        }
    });

    it("are imported by Java with their key, whole", function () {
        if (spawnSync("keytool", ["-help"]).status !== 0) {
            console.log("      skipped: there is no keytool command");
            this.skip();
        }
        for (const { title, path, contents } of bundles) {
            const imported = `${path}.java`;
            const password = (which: string) => [
                `-${which}storetype`,
                "PKCS12",
                `-${which}storepass:env`,
                VARIABLE,
            ];
            execFileSync(
                "keytool",
                [
                    ...["-importkeystore", "-noprompt", "-srckeystore", path, ...password("src")],
                    ...["-destkeystore", imported, ...password("dest")],
                ],
                { stdio: "pipe" },
            );
            const read = openssl("pkcs12", "-in", imported, "-passin", `env:${VARIABLE}`, "-nodes");
            const { certificatePem, chainPems, privateKeyPem } = contents;
            assert.deepEqual(blocksIn(read), [privateKeyPem, certificatePem, ...chainPems], title);
        }
    });

    it("derive their keys as openssl does", async () => {
        const digest = fc.constantFrom("sha1", "sha256");
        const purpose = fc.constantFrom(...Object.values(PURPOSE));
        const length = fc.integer({ min: 1, max: 100 });
        const salt = fc.uint8Array({ minLength: 1, maxLength: 150 }).map((octets) => Buffer.from(octets));
        const password = fc.string({ unit: "binary", minLength: 0, maxLength: 70 });
        const derivation = fc.record({
            digest,
            purpose,
            length,
            salt,
            password,
            iterations: fc.integer({ min: 1, max: 50 }),
        });
        await fc.assert(
            fc.asyncProperty(derivation, async (given) => {
                const secret = Buffer.concat([
                    Buffer.from(given.password, "utf16le").swap16(),
                    Buffer.alloc(2),
                ]);
                const expected = openssl(
                    ...["kdf", "-keylen", String(given.length), "-kdfopt", `digest:${given.digest}`],
                    ...["-kdfopt", `hexpass:${secret.toString("hex")}`],
                    ...["-kdfopt", `hexsalt:${given.salt.toString("hex")}`],
                    ...["-kdfopt", `iter:${given.iterations}`, "-kdfopt", `id:${given.purpose}`, "PKCS12KDF"],
                );
                const key = await deriveKey(given);
                assert.equal(key.toString("hex"), expected.trim().replaceAll(":", "").toLowerCase());
            }),
        );
    });
});

function nssIn(nss: Nss, database: string): (tool: "certutil" | "pk12util", ...args: string[]) => string {
    return (tool, ...args) =>
        execFileSync(nss[tool], [...args, "-d", `sql:${database}`], {
            encoding: "utf8",
            env: { ...process.env, ...nss.environment, LC_ALL: "C.UTF-8" },
            stdio: ["ignore", "pipe", "pipe"],
        });
}
