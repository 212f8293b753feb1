/** The build on every release of Node that is supported, besides the one that runs these tests. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { before, describe, it } from "mocha";
import { nodeRelease } from "../oracles/node";
import { foundOrSkip } from "../support/skip";

const RELEASES = ["22.22.0", "24.21.0"];

/** Serves a resource as the engine's plugin process would: makes an authority, and checks a client of it. */
const SCRIPT = `
    const { provider } = require("pulumi-portcullis/runtime");
    const { decideAccess } = require("pulumi-portcullis").outscale;
    (async () => {
        const inputs = (await provider("pki:CertificateAuthority").check({}, { commonName: "ca", keyAlgorithm: "EC-P256" })).inputs;
        const authority = (await provider("pki:CertificateAuthority").create(inputs)).outs;
        const wanted = { commonName: "me", keyAlgorithm: "EC-P256", authorityCertificatePem: authority.certificatePem, authorityPrivateKeyPem: authority.privateKeyPem };
        const client = (await provider("pki:ClientCertificate").create((await provider("pki:ClientCertificate").check({}, wanted)).inputs)).outs;
        const rule = { id: "r", authorities: [{ id: "ca", certificatePem: authority.certificatePem }], cns: ["me"], ipRanges: [] };
        console.log(decideAccess([rule], { name: "me", certificatePem: client.certificatePem }, new Date()).verdict);
    })();`;

describe("the build", function () {
    this.timeout(240_000);

    before(() => {
        if (!existsSync("dist/sdk/index.js")) execFileSync("node", ["tools/build.mjs", "--quiet"]);
    });

    for (const version of RELEASES) {
        it(`serves its resources on Node ${version}`, async function () {
            const release = foundOrSkip(this, await nodeRelease(version));
            const run = (...args: string[]): string =>
                execFileSync(release.node, args, { encoding: "utf8" }).trim();
            assert.equal(run("--version"), `v${version}`);
            assert.equal(run("-e", SCRIPT), "admitted");
            assert.match(run("dist/sdk/cli/main.js", "--version"), /^\d+\.\d+\.\d+$/);
        });
    }
});
