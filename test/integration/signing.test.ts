/** `portcullis sign` makes certificates that openssl and pkilint accept, from plain requests of openssl. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { checkSigned } from "../../provider/pki/offline/check-signed";
import { TIERS } from "../../provider/pki/offline/tiers";
import { pythonWith, runPython } from "../../tools/services/python";
import {
    assertVerified,
    EC,
    makeChain,
    openOperator,
    rootArguments,
    RSA,
    YES,
    type Operator,
} from "../support/signing";

describe("certificates of portcullis sign", function () {
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

    for (const [algorithm, newkey] of [
        ["EC-P384", EC],
        ["EC-P256", RSA],
        ["RSA-2048", EC],
    ] as const) {
        it(`makes a chain below a root of ${algorithm} that openssl accepts strictly, from openssl's requests`, async () => {
            await makeChain(operator, algorithm, newkey);
            const of = (tier: string): string => `${tier}-${algorithm}`;
            assert.equal(statSync(operator.path(`${of("root")}.key`)).mode & 0o777, 0o600);
            assert.match(operator.read(`${of("root")}.key`), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
            assertVerified(operator, [of("root"), of("root")]);
            assertVerified(operator, [of("intermediate"), of("root")]);
            assertVerified(operator, [of("issuer"), of("intermediate"), of("root")]);
            const served: [string, ...string[]] = [of("server"), of("intermediate"), of("root")];
            assertVerified(
                operator,
                served,
                "-purpose",
                "sslserver",
                "-verify_hostname",
                "vault.example.org",
            );
            assertVerified(operator, served, "-purpose", "sslclient");
            const judged = TIERS.map((tier) => ({
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
        const { python } = environment;
        const lint = async (program: string, ...names: readonly string[]): Promise<string[]> => {
            const script = join(dirname(python), program);
            const files = names.map((name) => operator.path(`${name}.pem`));
            const args = [script, "lint", "-s", "WARNING", "-f", "JSON", ...files];
            const { stdout, stderr } = await runPython(python, args, {});
            assert.notEqual(stdout, "", stderr);
            return findingsIn(stdout);
        };
        const [root, intermediate, issuer, server] = ["root", "intermediate", "issuer", "server"].map(
            (tier) => `${tier}-EC-P384`,
        ) as [string, string, string, string];
        for (const name of [root, intermediate, issuer, server]) {
            assert.deepEqual(await lint("lint_pkix_cert", name), [], name);
        }
        const chain = "lint_pkix_signer_signee_cert_chain";
        for (const [by, name] of [
            [root, intermediate],
            [intermediate, issuer],
            [intermediate, server],
        ] as const) {
            assert.deepEqual(await lint(chain, by, name), [], `${name} below ${by}`);
        }
        // What breaks RFC 5280 is found out: an authority whose basicConstraints are not critical.
        operator.openssl(
            ...["req", "-x509", "-new", "-key", `${intermediate}.plain`, "-subj", "/CN=x", "-out", "bad.pem"],
            ...["-addext", "basicConstraints=CA:TRUE", "-addext", "keyUsage=keyCertSign"],
        );
        assert.notDeepEqual(await lint("lint_pkix_cert", "bad"), []);
        assert.notDeepEqual(await lint(chain, root, server), []);
    });

    it("renews a root with the key that is there", async () => {
        const before = operator.read("root-EC-P384.key");
        const again = rootArguments("root-EC-P384", ...YES).map((arg) =>
            arg === "root-EC-P384.pem" ? "renewed.pem" : arg,
        );
        await operator.signed(...again);
        assert.equal(operator.read("root-EC-P384.key"), before);
        assertVerified(operator, ["intermediate-EC-P384", "renewed"]);
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
