/** Secrets on the real engine: encrypted in all that is kept, and in nothing that is printed, also by a failed run. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { after, before, describe, it } from "mocha";
import { pki } from "../../sdk";
import { accountProgram, certificatesOf, EC } from "../support/account-program";
import { openDeployment, OPENING, skipWherePlain, type Deployment } from "../support/deployment";
import { assertHidden, failureOf, filesBelow, linesOf, toldBy } from "../support/secrets";
import { refusal } from "../support/staged-account";

/** Nobody would come upon it by chance. */
const PASSPHRASE = "correct-horse-battery-staple-71";
const PASSWORD = "purple-monkey-dishwasher-53";
/** Begins every private key in PEM, whatever its kind. */
const KEY = "PRIVATE KEY-----";

describe("secrets on the real engine", function () {
    this.timeout(180_000);

    const open: Deployment[] = [];
    after(() => Promise.all(open.map((deployment) => deployment.close())));

    describe("of AccountMfa", () => {
        let deployment: Deployment;

        before(async function () {
            this.timeout(OPENING);
            deployment = await openDeployment({ program: accountProgram() });
            open.push(deployment);
        });

        it("are encrypted wherever they are kept, and printed nowhere, whether runs succeed or fail", async () => {
            const { account, directory, stack, emulator } = deployment;
            const { outputs, ...first } = await stack.up();
            assert.equal(outputs.certificates?.secret, true);
            const reissued = { operator: EC, ci: { ...EC, validity: "100d" } };
            const up = await stack.up({ program: accountProgram({ clients: reissued }) });
            const { outputs: _clear, ...second } = up;
            const issued = [certificatesOf({ ...first, outputs }), certificatesOf(up)];
            const keys = issued
                .flatMap((clients) => Object.values(clients))
                .map(({ privateKeyPem = "" }) => privateKeyPem);
            assert.equal(new Set(keys).size, 3, "the operator's key, and the pipeline's two");

            // One run that shows differences of every kind, and one that fails in the middle.
            const other = accountProgram({
                authority: { ...EC, generation: 2 },
                clients: { operator: { ...EC, validity: "90d" } },
                protect: [{ client: "operator" }],
            });
            const diff = await stack.preview({ program: other, diff: true });
            assert.match(diff.stdout, /account-client-operator/);
            account.alter = (call, answer) =>
                call === "CreateApiAccessRule" ? refusal(400, "4000", "Not today.") : answer;
            const failure = await failureOf(stack.up({ program: other, diff: true }));
            assert.match(failure.message, /OUTSCALE refused CreateApiAccessRule/);

            assertHidden(
                [emulator.secretKey, KEY, ...keys.flatMap(linesOf)],
                [
                    ["the first update's output", toldBy(first)],
                    ["the second update's output", toldBy(second)],
                    ["the preview's output", toldBy(diff)],
                    ["the failed update's output", toldBy(failure)],
                    ["the exported state", JSON.stringify(await stack.exportState())],
                    ...filesBelow(directory),
                ],
            );
        });
    });

    describe("of authorities and clients", () => {
        let deployment: Deployment;
        let file: string;

        before(async function () {
            skipWherePlain(this);
            this.timeout(OPENING);
            deployment = await openDeployment({
                program: () => Promise.resolve({}),
                environment: { GATE_PASSPHRASE: PASSPHRASE },
            });
            open.push(deployment);
            file = `${deployment.home}/filed.pem`;
        });

        /** One authority whose key is in a file, one whose key is in state, and a client of each. */
        const program = (validity: string) => () => {
            const keyFile = { path: file, passphraseVariable: "GATE_PASSPHRASE" };
            const filed = new pki.CertificateAuthority("filed", {
                ...EC,
                commonName: "Filed",
                privateKeyFile: keyFile,
            });
            const held = new pki.CertificateAuthority("held", { ...EC, commonName: "Held" });
            const client = new pki.ClientCertificate("client", {
                ...EC,
                commonName: "client",
                validity,
                authorityCertificatePem: held.certificatePem,
                authorityPrivateKeyPem: held.privateKeyPem,
            });
            const other = new pki.ClientCertificate("other", {
                ...EC,
                commonName: "other",
                validity,
                authorityCertificatePem: filed.certificatePem,
                authorityKeyFile: keyFile,
            });
            const { certificatePem, privateKeyPem } = client;
            const bundle = new pki.Pkcs12Bundle("bundle", {
                certificatePem,
                privateKeyPem,
                chainPems: [held.certificatePem],
                password: PASSWORD,
            });
            return Promise.resolve({
                held: held.privateKeyPem,
                filed: filed.privateKeyPem,
                key: privateKeyPem,
                other: other.privateKeyPem,
                former: client.credentials,
                bundle: bundle.pkcs12,
                derived: privateKeyPem.apply((pem) => pem?.split("\n")[1]),
            });
        };

        it("are secret outputs, and so is what is made of them; none is in clear", async () => {
            const { directory, stack } = deployment;
            const runs = [
                await stack.up({ program: program("100d") }),
                await stack.up({ program: program("90d"), diff: true }),
            ];
            const outputs = runs.at(-1)?.outputs ?? {};
            for (const name of ["held", "key", "other", "former", "bundle", "derived"]) {
                assert.equal(outputs[name]?.secret, true, `${name} is a secret output`);
            }
            assert.equal(outputs.filed, undefined, "the key in the file is nowhere else");
            const keys = runs.flatMap((run) =>
                ["held", "key", "other"].map((name) => String(run.outputs[name]?.value)),
            );
            const bundles = runs.map((run) => String(run.outputs.bundle?.value));
            assert.notEqual(bundles[0], bundles[1], "another certificate makes another bundle");
            const [pfx = Buffer.alloc(0)] = bundles.slice(1).map((text) => Buffer.from(text, "base64"));
            createSecureContext({ pfx, passphrase: PASSWORD });
            const same = await stack.up({ program: program("90d") });
            assert.equal(same.outputs.bundle?.value, bundles[1], "the same certificate keeps its bundle");
            const diff = await stack.preview({ program: program("80d"), diff: true });
            const files = [...filesBelow(directory)].filter(([path]) => path !== file);
            rmSync(file);
            const failure = await failureOf(stack.up({ program: program("80d"), diff: true }));
            assert.match(failure.message, /filed\.pem/);
            assertHidden(
                [PASSPHRASE, PASSWORD, KEY, ...keys.flatMap(linesOf), ...bundles],
                [
                    ["the updates' output", JSON.stringify(runs.map(({ outputs: _clear, ...told }) => told))],
                    ["the preview's output", toldBy(diff)],
                    ["the failed update's output", toldBy(failure)],
                    ["the exported state", JSON.stringify(await stack.exportState())],
                    ...files,
                    ...filesBelow(directory),
                ],
            );
        });
    });
});
