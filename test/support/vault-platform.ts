/** The Vault example with all that it runs on: a folder that people hand files in to, an operator, a real server, a real API server. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Context } from "mocha";
import { decryptPrivateKey } from "../../provider/pki/keys";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack, type RunResult, type UpResult } from "../../tools/pulumi/engine";
import { choosePlugins, standInNotice } from "../../tools/pulumi/plugins";
import { clusterOf } from "../../tools/pulumi/plugins/kubernetes/kubeconfig";
import { runProgram } from "../../tools/quickstart/program";
import { findOpenBao, startSingle, type RunningVault } from "../../tools/services/openbao";
import { backupDefinitions, certificateDefinitions } from "./certificate-crds";
import { openDelivery, type Delivery } from "./delivery";
import type { Pair } from "./holders";
import { openKubernetes, type KubernetesGround } from "./kubernetes";
import { makePgpHolders, type PgpHolders } from "./pgp-holders";
import { linesOf, toldBy } from "./secrets";
import { openOperator, PASSPHRASE, WITH_PASSPHRASE, type Operator } from "./signing";
import { VaultGate } from "./vault-gate";

const ROOT = resolve(__dirname, "..", "..");
const EXAMPLE = join(ROOT, "examples", "vault", "index.ts");
const KEY_FILE_PASSPHRASE = "purple-monkey-dishwasher-47";
const HOLDERS = ["alice", "bob", "carol"] as const;
const DOMAINS = ["priv.cloud.ogenki.io", "vault.cloud.ogenki.io", "cluster.local"];

/** PEM, as the cluster's secret holds them. */
export type TlsFiles = Readonly<Record<"certificate" | "privateKey" | "authorities", string>>;

export class VaultPlatform {
    /** What every run told anybody, by what it was. */
    public readonly told: [string, string][] = [];
    /** Whatever may stand nowhere in clear. */
    public readonly secrets: string[] = [];
    /** The one node. */
    public server: RunningVault | undefined;
    /** Between the engine and the node, where a root token is seen that is gone by the end. */
    public gate: VaultGate | undefined;
    #stack: EngineStack | undefined;

    private constructor(
        public readonly directory: string,
        /** Where the example looks for what was handed in. */
        public readonly folder: string,
        public readonly operator: Operator,
        private readonly holders: PgpHolders,
        public readonly kubernetes: KubernetesGround,
        public readonly delivery: Delivery,
    ) {}

    /** Where a part is missing, what the hook is for is skipped. */
    static async open(hook: Context): Promise<VaultPlatform> {
        const directory = mkdtempSync(join(tmpdir(), "portcullis-vault-platform-"));
        const folder = join(directory, "handed-in");
        mkdirSync(folder);
        const definitions = [await certificateDefinitions(), await backupDefinitions()];
        const namespaces = ["cert-manager", "infrastructure", "vault"];
        const delivery = await openDelivery(hook, join(directory, "delivery"));
        const home = join(directory, "kubernetes");
        const kubernetes = await openKubernetes(hook, home, definitions, namespaces).catch(
            async (error: unknown) => {
                await delivery.close();
                throw error;
            },
        );
        const holders = await makePgpHolders(HOLDERS.length);
        return new VaultPlatform(directory, folder, openOperator(), holders, kubernetes, delivery);
    }

    get stack(): EngineStack {
        assert.ok(this.#stack);
        return this.#stack;
    }

    /** What AWS's stand-in was asked for. */
    get record(): string {
        return join(this.directory, "aws.record");
    }

    async openStack(): Promise<void> {
        const cli = await findPulumi();
        const plugins = await choosePlugins(["aws", "kubernetes", "vault"], { cli, workDir: ROOT });
        const notice = standInNotice(plugins);
        if (notice !== undefined) console.log(`    ${notice}`);
        const { kubeconfig } = this.kubernetes;
        this.secrets.push(clusterOf(kubeconfig).token);
        this.#stack = await openStack({
            project: "ogenki-vault",
            stack: "test",
            program: () => Promise.resolve(runProgram(EXAMPLE, (source) => this.#edited(source))),
            directory: join(this.directory, "stack"),
            workDir: ROOT,
            cli,
            plugins,
            config: {
                "ogenki-vault:folder": this.folder,
                "aws:region": "eu-west-3",
                "kubernetes:kubeconfig": { secret: kubeconfig },
            },
            environment: {
                INTERMEDIATE_PASSPHRASE: KEY_FILE_PASSPHRASE,
                VAULT_CLIENT_CERT: join(this.folder, "administrator.pem"),
                VAULT_CLIENT_KEY: join(this.folder, "administrator-key.pem"),
                PORTCULLIS_AWS_RECORD: this.record,
            },
        });
    }

    /** The example itself, and what stands in for the nodes: they get their TLS files from Secrets Manager. */
    #edited(source: string): string {
        // The server of this test is asked from loopback, and its address is chosen while the test runs.
        const local = source
            .replaceAll("boundCidrs: [network]", 'boundCidrs: [network, "127.0.0.1/32"]')
            .replace('config.get("address") ?? ""', JSON.stringify(this.gate?.url ?? ""));
        return `${local}\nexport const tls = authority.tls;\n`;
    }

    /** A preview, which it gives as well, and an update. */
    async up(): Promise<UpResult & { readonly preview: RunResult }> {
        const preview = await this.stack.preview({ diff: true });
        const result = await this.stack.up({ diff: true });
        const { outputs: _clear, ...others } = result;
        this.told.push(["a preview", toldBy(preview)], ["an update", toldBy(others)]);
        return { ...result, preview };
    }

    handIn(name: string, text: string): void {
        writeFileSync(join(this.folder, name), text);
    }

    /** Makes a root, signs the requests of the intermediate and of the server, and hands in what came of it. */
    async sign(requests: Readonly<Record<"intermediate" | "server", string>>): Promise<void> {
        const { operator } = this;
        operator.write("intermediate.csr", requests.intermediate);
        operator.write("vault.csr", requests.server);
        await operator.signed(
            ...["root", "--common-name", "Ogenki Root", "--key", "root-key.pem", "--out", "root-ca.pem"],
            ...[...WITH_PASSPHRASE, "--yes"],
        );
        await operator.signed(
            ...["csr", "--tier", "intermediate", "--csr", "intermediate.csr", "--ca", "root-ca.pem"],
            ...["--key", "root-key.pem", "--out", "intermediate-ca.pem", ...WITH_PASSPHRASE, "--yes"],
            ...DOMAINS.flatMap((domain) => ["--permitted-dns", domain]),
        );
        operator.write("intermediate-ca-key.pem", this.#read("intermediate-ca-key.pem"));
        await this.signBelow("server", "vault.csr", "vault.pem");
        const rootKey = decryptPrivateKey(operator.read("root-key.pem"), PASSPHRASE);
        const intermediateKey = decryptPrivateKey(this.#read("intermediate-ca-key.pem"), KEY_FILE_PASSPHRASE);
        this.secrets.push(
            ...[...linesOf(rootKey), ...linesOf(intermediateKey)],
            ...[PASSPHRASE, KEY_FILE_PASSPHRASE],
        );
        for (const name of ["root-ca.pem", "intermediate-ca.pem"]) this.handIn(name, operator.read(name));
    }

    /** Signs the operator's request by the intermediate, and hands the certificate in. */
    async signBelow(tier: "server" | "issuer", request: string, certificate: string): Promise<void> {
        const ran = await this.operator.sign(
            [
                ...["csr", "--tier", tier, "--csr", request, "--ca", "intermediate-ca.pem"],
                ...["--key", "intermediate-ca-key.pem", "--passphrase-variable", "INTERMEDIATE_PASSPHRASE"],
                ...["--out", certificate, "--yes"],
            ],
            { INTERMEDIATE_PASSPHRASE: KEY_FILE_PASSPHRASE },
        );
        assert.equal(ran.code, 0, ran.stderr);
        this.handIn(certificate, this.operator.read(certificate));
    }

    /** One node with the TLS files that the cluster's secret holds, and a seal of its own. */
    async startNode(tls: TlsFiles): Promise<void> {
        const program = await findOpenBao();
        // What delivers credentials needs it as well, and has found it.
        if ("missing" in program) throw new Error(program.missing);
        const home = join(this.directory, "node");
        mkdirSync(home);
        const files = { certificate: join(home, "certificate.pem"), privateKey: join(home, "key.pem") };
        writeFileSync(files.certificate, tls.certificate);
        writeFileSync(files.privateKey, tls.privateKey, { mode: 0o600 });
        this.secrets.push(...linesOf(tls.privateKey));
        this.server = await startSingle({ program, directory: home, tls: files });
    }

    /** Hands in who administers the cluster and who holds its shares, and opens the gate to the node. */
    async introduce(tls: TlsFiles): Promise<void> {
        const administrator = this.#makeAdministrator();
        const { certificate: certificatePem, privateKey: privateKeyPem, authorities } = tls;
        this.gate = new VaultGate({ certificatePem, privateKeyPem }, authorities, [administrator]);
        this.gate.target = this.server?.url ?? "";
        await this.gate.open();
        this.holders.holders.forEach(({ publicKey }, index) => {
            this.handIn(`${HOLDERS[index] ?? ""}.asc`, publicKey);
        });
    }

    /** Adds to the secrets: the recovery shares, encrypted and as their holders read them, and the root token that came with them. */
    async learnShares(encrypted: readonly string[]): Promise<void> {
        const answer = this.gate?.calls.find(({ path }) => path === "/v1/sys/init")?.answer;
        // The server's answer to this call always holds the token.
        const { root_token: token } = JSON.parse(answer ?? "{}") as { readonly root_token: string };
        assert.equal(encrypted.length, HOLDERS.length);
        const shares = await Promise.all(
            this.holders.holders.map(({ decrypt }, index) => decrypt(encrypted[index] ?? "")),
        );
        this.secrets.push(token, ...encrypted, ...shares.map((share) => share.trim()));
    }

    async close(): Promise<void> {
        await this.gate?.close();
        await this.server?.end();
        await this.kubernetes.end();
        await this.delivery.close();
        this.operator.close();
        this.holders.close();
        rmSync(this.directory, { recursive: true, force: true });
    }

    /** A certificate for TLS clients, of its own key, as an administrator hands it in. */
    #makeAdministrator(): Pair {
        this.operator.openssl(
            ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
            ...["-days", "30", "-subj", "/CN=platform", "-addext", "extendedKeyUsage=clientAuth"],
            ...["-addext", "basicConstraints=critical,CA:FALSE"],
            ...["-keyout", join(this.folder, "administrator-key.pem")],
            ...["-out", join(this.folder, "administrator.pem")],
        );
        const privateKeyPem = this.#read("administrator-key.pem");
        this.secrets.push(...linesOf(privateKeyPem));
        return { certificatePem: this.#read("administrator.pem"), privateKeyPem };
    }

    #read(name: string): string {
        return readFileSync(join(this.folder, name), "utf8");
    }
}
