/** `portcullis sign` and its certificates, judged by openssl and pkilint; requests of openssl, and keys in a token. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { KEY_ALGORITHMS } from "../../provider/pki/keys";
import { checkSigned } from "../../provider/pki/offline/check-signed";
import type { Tier } from "../../provider/pki/offline/tiers";
import { findSoftHsm } from "../../tools/services/softhsm";
import { pythonWith, runPython } from "../../tools/services/python";
import { openOperator, WITH_PASSPHRASE, type Operator, type Ran } from "../support/signing";
import { makeToken } from "../support/token";

const YES = [...WITH_PASSPHRASE, "--yes"] as const;

describe("portcullis sign", function () {
    this.timeout(120_000);
    let operator: Operator;

    before(function () {
        if (spawnSync("openssl", ["version"]).status !== 0) {
            console.log("      skipped: there is no openssl command");
            this.skip();
        }
        operator = openOperator();
    });

    after(() => {
        operator.close();
    });

    function openssl(...args: readonly string[]): string {
        return execFileSync("openssl", args, {
            cwd: operator.folder,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
        });
    }

    /** A key, encrypted under the operator's passphrase, and a plain request for it, by openssl. */
    function request(
        name: string,
        subject: string,
        newkey: readonly string[],
        ...more: readonly string[]
    ): void {
        openssl(
            ...["req", "-new", "-sha256", "-newkey", ...newkey, "-nodes", "-keyout", `${name}.plain`],
            ...["-subj", subject, "-out", `${name}.csr`, ...more],
        );
        const env = { ...process.env, P: "correct-horse-battery-staple-91" };
        const encrypt = ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "env:P"];
        execFileSync("openssl", [...encrypt, "-in", `${name}.plain`, "-out", `${name}.key`], {
            cwd: operator.folder,
            env,
        });
    }

    const EC = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    const RSA = ["rsa:2048"];
    const SAN = "subjectAltName=DNS:vault.example.org,IP:127.0.0.1";
    const csr = (
        tier: string,
        name: string,
        issuer: string,
        ...more: readonly string[]
    ): readonly string[] => [
        ...["csr", "--tier", tier, "--csr", `${name}.csr`, "--ca", `${issuer}.pem`, "--key", `${issuer}.key`],
        ...["--out", `${name}.pem`, ...more],
    ];
    const root = (name: string, ...more: readonly string[]): readonly string[] => [
        ...["root", "--common-name", `${name} root`, "--organization", "Example", "--country", "FR"],
        ...["--key", `${name}.key`, "--out", `${name}.pem`, ...more],
    ];

    async function refused(args: readonly string[], words: RegExp): Promise<Ran> {
        const ran = await operator.sign(args);
        assert.equal(ran.code, 1, ran.stderr);
        assert.match(ran.stderr, words);
        return ran;
    }

    function assertVerified(names: readonly [string, ...string[]], ...flags: readonly string[]): void {
        const [leaf, ...above] = names.map((name) => `${name}.pem`);
        const [anchor = "", ...between] = [...above].reverse();
        const untrusted = between.flatMap((file) => ["-untrusted", file]);
        const policies = [[], ["-policy_check"]];
        for (const policy of policies) {
            const args = [
                "verify",
                "-x509_strict",
                ...policy,
                ...flags,
                "-CAfile",
                anchor,
                ...untrusted,
                leaf ?? "",
            ];
            assert.equal(openssl(...args), `${String(leaf)}: OK\n`);
        }
    }

    for (const [algorithm, newkey] of [
        ["EC-P384", EC],
        ["EC-P256", RSA],
        ["RSA-2048", EC],
    ] as const) {
        assert.ok(KEY_ALGORITHMS.includes(algorithm));
        it(`makes a chain below a root of ${algorithm} that openssl accepts strictly, from openssl's requests`, async () => {
            const of = (tier: string): string => `${tier}-${algorithm}`;
            await operator.signed(...root(of("root"), "--key-algorithm", algorithm, ...YES));
            assert.equal(statSync(operator.path(`${of("root")}.key`)).mode & 0o777, 0o600);
            assert.match(operator.read(`${of("root")}.key`), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
            request(of("intermediate"), "/O=Example/CN=Intermediate", newkey);
            await operator.signed(
                ...csr(
                    "intermediate",
                    of("intermediate"),
                    of("root"),
                    "--permitted-dns",
                    "example.org",
                    ...YES,
                ),
            );
            request(of("issuer"), "/O=Example/CN=Issuer", EC);
            await operator.signed(...csr("issuer", of("issuer"), of("intermediate"), ...YES));
            request(of("server"), "/CN=vault.example.org", newkey, "-addext", SAN);
            await operator.signed(...csr("server", of("server"), of("intermediate"), ...YES));
            assertVerified([of("root"), of("root")]);
            assertVerified([of("intermediate"), of("root")]);
            assertVerified([of("issuer"), of("intermediate"), of("root")]);
            const serving = ["-purpose", "sslserver", "-verify_hostname", "vault.example.org"];
            assertVerified([of("server"), of("intermediate"), of("root")], ...serving);
            assertVerified([of("server"), of("intermediate"), of("root")], "-purpose", "sslclient");
            const judged = (["root", "intermediate", "issuer", "server"] as const).map((tier: Tier) => ({
                tier,
                property: tier,
                pem: operator.read(`${of(tier)}.pem`),
                ...(tier === "root" ? {} : { requests: [operator.read(`${of(tier)}.csr`)] }),
            }));
            assert.deepEqual(checkSigned(judged, new Date()).faults, []);
        });
    }

    it("makes certificates in which pkilint finds no error", async function () {
        this.timeout(400_000);
        const environment = await pythonWith("pkilint", "0.13.3");
        if ("missing" in environment) {
            console.log(`      skipped: ${environment.missing}`);
            this.skip();
        }
        for (const tier of ["root", "intermediate", "issuer", "server"]) {
            const { stdout, stderr } = await runPython(
                join(environment.python, "..", "lint_pkix_cert"),
                ["lint", "-s", "WARNING", "-f", "JSON", operator.path(`${tier}-EC-P384.pem`)],
                {},
            );
            assert.deepEqual(findingsIn(stdout), [], `${tier}: ${stdout}${stderr}`);
        }
        // A certificate that breaks RFC 5280 is found out: a root whose basicConstraints are not critical.
        openssl(
            ...[
                "req",
                "-x509",
                "-new",
                "-key",
                "intermediate-EC-P384.plain",
                "-subj",
                "/CN=x",
                "-out",
                "bad.pem",
            ],
            ...["-addext", "basicConstraints=CA:TRUE", "-addext", "keyUsage=keyEncipherment"],
        );
        const { stdout } = await runPython(
            join(environment.python, "..", "lint_pkix_cert"),
            ["lint", "-s", "WARNING", "-f", "JSON", operator.path("bad.pem")],
            {},
        );
        assert.ok(findingsIn(stdout).length > 0, stdout);
    });

    it("takes nothing but key, subject, names and constraints from a request", async () => {
        const wishes = [
            ...["-addext", "basicConstraints=critical,CA:TRUE,pathlen:9", "-addext", "keyUsage=keyCertSign"],
            ...["-addext", SAN, "-addext", "extendedKeyUsage=codeSigning", "-addext", "1.2.3.4=DER:0500"],
        ];
        request("greedy", "/CN=greedy", EC, ...wishes);
        await operator.signed(...csr("server", "greedy", "intermediate-EC-P384", ...YES));
        const text = openssl("x509", "-in", "greedy.pem", "-noout", "-text");
        assert.match(text, /Basic Constraints: critical\s+CA:FALSE/);
        assert.match(text, /Key Usage: critical\s+Digital Signature\n/);
        assert.match(
            text,
            /Extended Key Usage: *\n\s+TLS Web Server Authentication, TLS Web Client Authentication\n/,
        );
        assert.doesNotMatch(text, /1\.2\.3\.4|pathlen/);
        request(
            "constrained",
            "/CN=constrained",
            EC,
            "-addext",
            "nameConstraints=permitted;DNS:a.example.org",
        );
        await operator.signed(...csr("issuer", "constrained", "intermediate-EC-P384", ...YES));
        const constrained = openssl("x509", "-in", "constrained.pem", "-noout", "-text");
        assert.match(constrained, /Name Constraints: critical\s+Permitted:\s+DNS:a\.example\.org\n/);
        assert.match(constrained, /CA:TRUE, pathlen:0/);
    });

    it("shows what it signs, and signs nothing without consent", async () => {
        const ran = await refused(
            csr("server", "server-EC-P384", "intermediate-EC-P384", ...WITH_PASSPHRASE).map((arg) =>
                arg === "server-EC-P384.pem" ? "unsigned.pem" : arg,
            ),
            /There is no terminal to ask on\. Look at what is to be signed, and say --yes\./,
        );
        for (const line of [
            /tier +server\n/,
            /subject +CN=vault\.example\.org\n/,
            /key +EC-P256\n/,
            /its SHA-256 +([0-9a-f]{4} ){15}[0-9a-f]{4}\n/,
            /names +vault\.example\.org, 127\.0\.0\.1\n/,
            /issuer +O=Example, CN=Intermediate\n/,
        ]) {
            assert.match(ran.stderr, line);
        }
        assert.equal(existsSync(operator.path("unsigned.pem")), false);
    });

    it("asks on the terminal, whatever is piped in, for passphrase and consent", () => {
        // Python's pty makes a terminal; the command's own standard input stays empty.
        const script = [
            "import os, pty, sys, time",
            "pid, fd = pty.fork()",
            "if pid == 0:",
            "    os.dup2(os.open('/dev/null', os.O_RDONLY), 0)",
            "    os.execv(sys.argv[1], sys.argv[1:])",
            "seen = b''",
            "answers = [(b'to sign: ', os.environ['CONSENT'].encode()), (b'Passphrase of', os.environ['SECRET'].encode())]",
            "while True:",
            "    try: data = os.read(fd, 4096)",
            "    except OSError: break",
            "    if not data: break",
            "    seen += data",
            "    if answers and answers[0][0] in seen:",
            "        time.sleep(0.3)",
            "        os.write(fd, answers.pop(0)[1] + b'\\r')",
            "sys.stdout.buffer.write(seen)",
            "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
        ].join("\n");
        const command = join(__dirname, "..", "..", "dist", "sdk", "cli", "main.js");
        const asked = (out: string, consent: string) =>
            spawnSync(
                "python3",
                [
                    ...["-c", script, process.execPath, command, "sign"],
                    ...csr("server", "server-EC-P384", "intermediate-EC-P384").slice(0, -1),
                    out,
                ],
                {
                    cwd: operator.folder,
                    encoding: "utf8",
                    env: { ...process.env, CONSENT: consent, SECRET: "correct-horse-battery-staple-91" },
                    timeout: 60_000,
                },
            );
        const no = asked("no.pem", "no");
        assert.equal(no.status, 1, no.stdout);
        assert.match(no.stdout, /Nothing was signed: the answer was not yes\./);
        assert.equal(existsSync(operator.path("no.pem")), false);
        const yes = asked("asked.pem", "yes");
        assert.equal(yes.status, 0, `${yes.stdout}${yes.stderr}`);
        assert.doesNotMatch(yes.stdout, /correct-horse/, "the passphrase is not echoed");
        assert.match(operator.read("asked.pem"), /^-----BEGIN CERTIFICATE-----/);
    });

    it("refuses what it must not sign", async () => {
        const below = "intermediate-EC-P384";
        const server = (name: string, ...more: readonly string[]) =>
            csr("server", name, below, ...YES, ...more);
        await refused(
            server("server-EC-P384"),
            /server-EC-P384\.pem is there already, and is not overwritten/,
        );

        request("outside", "/CN=x", EC, "-addext", "subjectAltName=DNS:vault.example.com");
        await refused(
            server("outside"),
            /The issuer is constrained, and these names are outside: "vault\.example\.com"/,
        );

        request("nameless", "/CN=vault.example.org", EC);
        await refused(server("nameless"), /The request names no DNS name of the server/);

        request("mail", "/CN=x", EC, "-addext", "subjectAltName=DNS:a.example.org,email:a@example.org");
        await refused(server("mail"), /names of other kinds than DNS and IP/);

        request("weak", "/CN=x", ["rsa:1024"], "-addext", SAN);
        await refused(server("weak"), /for a key of an unsupported kind/);

        request("forged", "/CN=x", EC, "-addext", SAN);
        const forged = Buffer.from(operator.read("forged.csr").replace(/-----[^-]+-----|\n/g, ""), "base64");
        forged.writeUInt8(forged.readUInt8(20) ^ 1, 20);
        const lines = forged.toString("base64").replace(/(.{64})/g, "$1\n");
        operator.write(
            "forged.csr",
            `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`,
        );
        await refused(server("forged"), /signature is not by its own key|no PKCS#10 certificate request/);

        request("misleading", "/CN=vault\u202egro.elpmaxe", EC, "-utf8", "-addext", SAN);
        await refused(server("misleading"), /has a subject whose CN is empty or no readable text/);

        request("same", "/CN=x", EC, "-addext", SAN);
        const long = server("same", "--validity", "3000d");
        await refused(long, /The certificate would outlive its issuer, which ends on/);
        await refused(
            csr("server", "same", "root-EC-P384", ...YES),
            /--ca: Its path length is 2; it must be 1/,
        );
        const otherKey = server("same").map((arg) => (arg === `${below}.key` ? "root-EC-P384.key" : arg));
        await refused(otherKey, /The key is not that of the certificate named by --ca/);
        const wrong = await operator.sign(server("same"), { OPERATOR_PASSPHRASE: "wrong" });
        assert.match(wrong.stderr, /The passphrase does not open the private key/);
        const plain = server("same").map((arg) => (arg === `${below}.key` ? `${below}.plain` : arg));
        await refused(plain, /The file holds no encrypted PEM private key/);
        await refused(["csr", "--tier", "root"], /Allowed choices are intermediate, issuer, server/);
        assert.equal(existsSync(operator.path("same.pem")), false);
    });

    it("renews a root with the key that is there", async () => {
        const before = operator.read("root-EC-P384.key");
        const again = root("root-EC-P384", ...YES).map((arg) =>
            arg === "root-EC-P384.pem" ? "renewed.pem" : arg,
        );
        await operator.signed(...again);
        assert.equal(operator.read("root-EC-P384.key"), before);
        assertVerified(["intermediate-EC-P384", "renewed"]);
    });

    it("signs with keys that never leave a PKCS#11 token", async function () {
        this.timeout(360_000);
        const softHsm = await findSoftHsm();
        if ("missing" in softHsm) {
            console.log(`      skipped: ${softHsm.missing}`);
            this.skip();
        }
        const token = makeToken(softHsm, operator.folder);
        const engine = spawnSync("openssl", ["engine", "-t", "pkcs11"], {
            encoding: "utf8",
            env: { ...process.env, ...token.environment },
        });
        if (!engine.stdout.includes("[ available ]")) {
            console.log(`      skipped: this openssl cannot load ${softHsm.engine}`);
            this.skip();
        }
        for (const [label, type] of [
            ["root-rsa", "rsa:2048"],
            ["root-ec", "EC:prime256v1"],
        ] as const) {
            token.makeKey(label, type);
            const key = ["--pkcs11-uri", token.keyUri(label), "--yes"];
            const made = await operator.sign(
                ["root", "--common-name", label, ...key, "--out", `${label}.pem`],
                token.environment,
            );
            assert.equal(made.code, 0, made.stderr);
            const signed = await operator.sign(
                [
                    ...["csr", "--tier", "intermediate", "--csr", "intermediate-EC-P384.csr"],
                    ...["--ca", `${label}.pem`, ...key, "--out", `below-${label}.pem`],
                ],
                token.environment,
            );
            assert.equal(signed.code, 0, signed.stderr);
            assertVerified([`below-${label}`, label]);
        }
        const pin = `${token.keyUri("root-ec")};pin-value=491827`;
        const told = await operator.sign([
            "root",
            "--common-name",
            "x",
            "--pkcs11-uri",
            pin,
            "--out",
            "x.pem",
            "--yes",
        ]);
        assert.match(told.stderr, /The name of the key holds its PIN/);
        assert.doesNotMatch(told.stderr, /491827/);
    });

    it("leaves no private key in clear, but those that openssl was told to", () => {
        for (const name of ["root-EC-P384", "root-EC-P256", "root-RSA-2048"]) {
            assert.doesNotMatch(
                readFileSync(operator.path(`${name}.key`), "utf8"),
                /BEGIN (EC |RSA )?PRIVATE KEY/,
            );
        }
    });
});

/** The codes of what pkilint says, by its JSON report. */
function findingsIn(report: string): string[] {
    const { results } = JSON.parse(report) as {
        readonly results: readonly {
            readonly finding_descriptions: readonly { readonly code: string; readonly severity: string }[];
        }[];
    };
    return results.flatMap(({ finding_descriptions }) =>
        finding_descriptions.map(({ code, severity }) => `${severity} ${code}`),
    );
}
