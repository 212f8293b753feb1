/** What `portcullis sign` takes from a request, shows, asks, and refuses. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import {
    csrArguments,
    EC,
    makeChain,
    openOperator,
    PASSPHRASE,
    rootArguments,
    SAN,
    WITH_PASSPHRASE,
    YES,
    type Operator,
    type Ran,
} from "../support/signing";
import { onTerminal } from "../support/terminal";

describe("portcullis sign", function () {
    this.timeout(120_000);
    let operator: Operator;

    before(async function () {
        if (spawnSync("openssl", ["version"]).status !== 0) {
            console.log("      skipped: there is no openssl command");
            this.skip();
        }
        operator = openOperator();
        await makeChain(operator, "EC-P384", EC);
    });

    after(() => {
        operator.close();
    });

    async function refused(args: readonly string[], words: RegExp): Promise<Ran> {
        const ran = await operator.sign(args);
        assert.equal(ran.code, 1, ran.stderr);
        assert.match(ran.stderr, words);
        return ran;
    }

    it("takes nothing but key, subject, names and constraints from a request", async () => {
        const wishes = [
            ...["-addext", "basicConstraints=critical,CA:TRUE,pathlen:9", "-addext", "keyUsage=keyCertSign"],
            ...["-addext", SAN, "-addext", "extendedKeyUsage=codeSigning", "-addext", "1.2.3.4=DER:0500"],
        ];
        operator.request("greedy", "/CN=greedy", EC, ...wishes);
        await operator.signed(...csrArguments("server", "greedy", "intermediate-EC-P384", ...YES));
        const text = operator.openssl("x509", "-in", "greedy.pem", "-noout", "-text");
        assert.match(text, /Basic Constraints: critical\s+CA:FALSE/);
        assert.match(text, /Key Usage: critical\s+Digital Signature\n/);
        assert.match(
            text,
            /Extended Key Usage: *\n\s+TLS Web Server Authentication, TLS Web Client Authentication\n/,
        );
        assert.doesNotMatch(text, /1\.2\.3\.4|pathlen/);
        operator.request(
            "constrained",
            "/CN=constrained",
            EC,
            "-addext",
            "nameConstraints=permitted;DNS:a.example.org",
        );
        await operator.signed(...csrArguments("issuer", "constrained", "intermediate-EC-P384", ...YES));
        const constrained = operator.openssl("x509", "-in", "constrained.pem", "-noout", "-text");
        assert.match(constrained, /Name Constraints: critical\s+Permitted:\s+DNS:a\.example\.org\n/);
        assert.match(constrained, /CA:TRUE, pathlen:0/);
    });

    it("shows what it signs, and signs nothing without consent", async () => {
        const ran = await refused(
            csrArguments("server", "server-EC-P384", "intermediate-EC-P384", ...WITH_PASSPHRASE).map((arg) =>
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

    it("asks on the terminal, whatever is piped in, for passphrase and consent", async () => {
        const command = join(__dirname, "..", "..", "dist", "sdk", "cli", "main.js");
        const asked = (out: string, consent: string) =>
            onTerminal(
                [
                    ...[process.execPath, command, "sign"],
                    ...csrArguments("server", "server-EC-P384", "intermediate-EC-P384").slice(0, -1),
                    out,
                ],
                {
                    ...{ cwd: operator.folder, env: process.env },
                    answers: [
                        ["Passphrase of", PASSPHRASE],
                        ["to sign: ", consent],
                    ],
                },
            );
        const no = await asked("no.pem", "no");
        assert.equal(no.status, 1, no.stdout);
        assert.match(no.stdout, /Nothing was signed: the answer was not yes\./);
        assert.equal(existsSync(operator.path("no.pem")), false);
        const yes = await asked("asked.pem", "yes");
        assert.equal(yes.status, 0, yes.stdout);
        assert.doesNotMatch(yes.stdout, /correct-horse/, "the passphrase is not echoed");
        assert.match(operator.read("asked.pem"), /^-----BEGIN CERTIFICATE-----/);
    });

    it("makes no root under a passphrase that can be found by trying", async () => {
        for (const OPERATOR_PASSPHRASE of ["x", "elevenchars"]) {
            const ran = await operator.sign(rootArguments("guessed", ...YES), { OPERATOR_PASSPHRASE });
            assert.equal(ran.code, 1, ran.stderr);
            assert.match(
                ran.stderr,
                /--passphrase-variable: The new passphrase has fewer than 12 characters.* Choose at least 12 characters/s,
            );
            assert.doesNotMatch(ran.stderr, /elevenchars/);
        }
        assert.equal(existsSync(operator.path("guessed.key")), false);
        assert.equal(existsSync(operator.path("guessed.pem")), false);
    });

    it("refuses what it must not sign", async () => {
        const below = "intermediate-EC-P384";
        const server = (name: string, ...more: readonly string[]) =>
            csrArguments("server", name, below, ...YES, ...more);
        await refused(
            server("server-EC-P384"),
            /server-EC-P384\.pem is there already, and is not overwritten/,
        );

        operator.request("outside", "/CN=x", EC, "-addext", "subjectAltName=DNS:vault.example.com");
        await refused(
            server("outside"),
            /The issuer is constrained, and these names are outside: "vault\.example\.com"/,
        );

        operator.request("nameless", "/CN=vault.example.org", EC);
        await refused(server("nameless"), /The request names no DNS name of the server/);

        operator.request(
            "mail",
            "/CN=x",
            EC,
            "-addext",
            "subjectAltName=DNS:a.example.org,email:a@example.org",
        );
        await refused(server("mail"), /names of other kinds than DNS and IP/);

        operator.request("weak", "/CN=x", ["rsa:1024"], "-addext", SAN);
        await refused(server("weak"), /for a key of an unsupported kind/);

        operator.request("forged", "/CN=x", EC, "-addext", SAN);
        const forged = Buffer.from(operator.read("forged.csr").replace(/-----[^-]+-----|\n/g, ""), "base64");
        forged.writeUInt8(forged.readUInt8(20) ^ 1, 20);
        const lines = forged.toString("base64").replace(/(.{64})/g, "$1\n");
        operator.write(
            "forged.csr",
            `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`,
        );
        await refused(server("forged"), /signature is not by its own key|no PKCS#10 certificate request/);

        operator.request("misleading", "/CN=vault\u202egro.elpmaxe", EC, "-utf8", "-addext", SAN);
        await refused(server("misleading"), /has a subject whose CN is empty or no readable text/);

        operator.request("same", "/CN=x", EC, "-addext", SAN);
        const long = server("same", "--validity", "3000d");
        await refused(long, /The certificate would outlive its issuer, which ends on/);
        await refused(
            csrArguments("server", "same", "root-EC-P384", ...YES),
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
});
