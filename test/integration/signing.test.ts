/** `portcullis sign` makes certificates that openssl and pkilint accept, from plain requests of openssl. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import { checkSigned } from "../../provider/pki/offline/check-signed";
import { TIERS } from "../../provider/pki/offline/tiers";
import { findingsOf, findPkilint, type Subject } from "../oracles/pkilint";
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
import { foundOrSkip } from "../support/skip";

/** Of a root's key, and of the keys below it. */
const ALGORITHMS = [
    ["EC-P384", EC],
    ["EC-P256", RSA],
    ["RSA-2048", EC],
] as const;

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

    for (const [algorithm, newkey] of ALGORITHMS) {
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

    it("makes certificates in which pkilint finds nothing, in every algorithm", async function () {
        this.timeout(400_000);
        const environment = foundOrSkip(this, await findPkilint());
        const lint = (subjects: readonly Subject[]) => findingsOf(environment.python, subjects);
        const file = (name: string): string => operator.path(`${name}.pem`);
        const subjects = ALGORITHMS.flatMap(([algorithm]): readonly Subject[] => {
            const of = (tier: string): string => file(`${tier}-${algorithm}`);
            return [
                ...TIERS.map((tier): Subject => [of(tier)]),
                ...[[of("root"), of("intermediate")] as const],
                ...[[of("intermediate"), of("issuer")] as const, [of("intermediate"), of("server")] as const],
            ];
        });
        const found = await lint(subjects);
        assert.equal(found.length, 7 * ALGORITHMS.length);
        found.forEach((findings, index) => {
            assert.deepEqual(findings, [], subjects[index]?.join(" below "));
        });
        // What breaks RFC 5280 is found out: an authority whose basicConstraints are not critical.
        const by = "intermediate-EC-P384";
        operator.openssl(
            ...["req", "-x509", "-new", "-key", `${by}.plain`, "-subj", "/CN=x", "-out", "bad.pem"],
            ...["-addext", "basicConstraints=CA:TRUE", "-addext", "keyUsage=keyCertSign"],
        );
        const [bad, unrelated] = await lint([[file("bad")], [file("root-EC-P384"), file("server-EC-P384")]]);
        assert.notDeepEqual(bad, []);
        assert.notDeepEqual(unrelated, []);
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
