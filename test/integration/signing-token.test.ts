/** `portcullis sign` with keys that never leave a PKCS#11 token. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, it } from "mocha";
import { findSoftHsm } from "../../tools/services/softhsm";
import { assertVerified, EC, openOperator, type Operator } from "../support/signing";
import { makeToken } from "../support/token";
import { foundOrSkip } from "../support/skip";

describe("portcullis sign with a key in a token", function () {
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

    it("signs a root and an intermediate, and shows no PIN", async function () {
        this.timeout(360_000);
        const softHsm = foundOrSkip(this, await findSoftHsm());
        const token = makeToken(softHsm, operator.folder);
        const engine = spawnSync("openssl", ["engine", "-t", "pkcs11"], {
            encoding: "utf8",
            env: { ...process.env, ...token.environment },
        });
        if (!engine.stdout.includes("[ available ]")) {
            console.log(`      skipped: this openssl cannot load ${softHsm.engine}`);
            this.skip();
        }
        operator.request("intermediate", "/O=Example/CN=Intermediate", EC);
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
                    ...["csr", "--tier", "intermediate", "--csr", "intermediate.csr"],
                    ...["--ca", `${label}.pem`, ...key, "--out", `below-${label}.pem`],
                ],
                token.environment,
            );
            assert.equal(signed.code, 0, signed.stderr);
            assertVerified(operator, [`below-${label}`, label]);
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
});
