/** An authority and certificates that @pulumi/tls makes, given to AccountMfa, on the real engine. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import * as tls from "@pulumi/tls";
import { AccountMfa } from "../../sdk";
import { findPulumi } from "../../tools/pulumi/cli";
import type { UpResult } from "../../tools/pulumi/engine";
import { choosePlugins, standInNotice } from "../../tools/pulumi/plugins";
import { certificatesOf, EC, OFFICE } from "../support/account-program";
import { changesOf, openDeployment, OPENING, OUTSIDE, type Deployment } from "../support/deployment";
import { assertHidden, filesBelow, linesOf, toldBy } from "../support/secrets";
import { shapeOf } from "../support/staged-account";

const HOURS = { validityPeriodHours: 24 };

function key(name: string): tls.PrivateKey {
    return new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" });
}

interface Authority {
    readonly privateKeyPem: tls.PrivateKey["privateKeyPem"];
    readonly certPem: tls.SelfSignedCert["certPem"];
}

function authority(name: string): Authority {
    const { privateKeyPem } = key(name);
    const { certPem } = new tls.SelfSignedCert(name, {
        privateKeyPem,
        subject: { commonName: `Gate ${name}` },
        isCaCertificate: true,
        allowedUses: ["cert_signing", "crl_signing"],
        ...HOURS,
    });
    return { privateKeyPem, certPem };
}

function client(name: string, { privateKeyPem, certPem }: Authority) {
    const own = key(name);
    const { certRequestPem } = new tls.CertRequest(name, {
        privateKeyPem: own.privateKeyPem,
        subject: { commonName: name },
    });
    const certificate = new tls.LocallySignedCert(name, {
        certRequestPem,
        caPrivateKeyPem: privateKeyPem,
        caCertPem: certPem,
        allowedUses: ["digital_signature", "client_auth"],
        ...HOURS,
    });
    return { certificatePem: certificate.certPem, privateKeyPem: own.privateKeyPem };
}

/** The operator brings a certificate of the first authority; the pipeline's is issued by the last one. */
function program(names: readonly [string, ...string[]]) {
    return () => {
        const authorities = names.map((name) => [name, authority(name)] as const);
        const [[first, oldest]] = authorities as [readonly [string, Authority]];
        const [issuer, newest] = authorities.at(-1) ?? [first, oldest];
        const { certificates, authorityPems } = new AccountMfa("account", {
            authority: {
                certificates: Object.fromEntries(authorities.map(([name, { certPem }]) => [name, certPem])),
                issuer,
                privateKeyPem: newest.privateKeyPem,
            },
            clients: {
                operator: client("operator", oldest),
                pipeline: { ...EC, validity: "8h", renewBefore: "1h" },
            },
            backupIpRanges: [`${OFFICE}/32`],
        });
        return Promise.resolve({ certificates, authorityPems });
    };
}

describe("AccountMfa with an authority of @pulumi/tls", function () {
    this.timeout(180_000);

    let deployment: Deployment;
    let first: UpResult;

    before(async function () {
        this.timeout(OPENING);
        const cli = await findPulumi();
        const plugins = await choosePlugins(["tls"], { cli, workDir: resolve(__dirname, "..", "..") });
        const notice = standInNotice(plugins);
        if (notice !== undefined) console.log(`    ${notice}`);
        deployment = await openDeployment({ program: program(["first"]), plugins });
    });

    after(() => deployment.close());

    const admits = (pem: string | undefined): boolean =>
        deployment.account.admits({
            sourceAddress: OUTSIDE,
            certificate: pem === undefined ? undefined : new X509Certificate(pem).raw,
        });

    it("comes up from a preview in which no certificate is known", async () => {
        const preview = await deployment.stack.preview();
        assert.deepEqual(preview.diagnostics, []);
        first = await deployment.stack.up();
        assert.deepEqual(first.changes, preview.changes);
    });

    it("admits who brought a certificate and who was issued one, and nobody else", () => {
        const { operator, pipeline } = certificatesOf(first);
        assert.equal(admits(operator?.certificatePem), true);
        assert.equal(admits(pipeline?.certificatePem), true);
        assert.equal(admits(undefined), false);
        assert.equal(new X509Certificate(pipeline?.certificatePem ?? "").issuer, "CN=Gate first");
    });

    it("shows no change at the next preview, and none after a refresh", async () => {
        assert.deepEqual(changesOf(await deployment.stack.preview()), {});
        assert.deepEqual(changesOf(await deployment.stack.refresh()), {});
        assert.deepEqual(changesOf(await deployment.stack.preview()), {});
    });

    it("keeps the keys that were given encrypted, and prints none", async () => {
        const keys = Object.values(certificatesOf(first)).map(({ privateKeyPem = "" }) => privateKeyPem);
        const diff = await deployment.stack.preview({ diff: true, program: program(["first", "second"]) });
        const { outputs: _clear, ...told } = first;
        assertHidden(
            ["PRIVATE KEY-----", ...keys.flatMap(linesOf)],
            [
                ["the update's output", JSON.stringify(told)],
                ["the preview's output", toldBy(diff)],
                ...filesBelow(deployment.directory),
            ],
        );
    });

    it("takes a second authority beside the first, and keeps everyone admitted", async () => {
        const up = await deployment.stack.up({ program: program(["first", "second"]) });
        const certificates = certificatesOf(up);
        const former = certificatesOf(first);
        for (const pem of [certificates.operator, certificates.pipeline, former.operator, former.pipeline]) {
            assert.equal(admits(pem?.certificatePem), true);
        }
        assert.equal(
            new X509Certificate(certificates.pipeline?.certificatePem ?? "").issuer,
            "CN=Gate second",
        );
        assert.equal(shapeOf(deployment.account).cas.length, 2);
        assert.deepEqual(
            changesOf(await deployment.stack.preview({ program: program(["first", "second"]) })),
            {},
        );
    });

    it("gives back on destroy what it found", async () => {
        await deployment.stack.destroy();
        assert.deepEqual(shapeOf(deployment.account), {
            rules: [
                '["Allows Outscale Cockpit of this region",[],[],["46.231.144.177/32"]]',
                '["Allows all IPv4 domain",[],[],["0.0.0.0/0"]]',
            ],
            cas: [],
        });
    });
});
