/** A node booted as on AWS: cloud-init with its user data, under a real systemd, and around it what it finds there. */
import { createHash } from "node:crypto";
import {
    appendFileSync,
    copyFileSync,
    existsSync,
    mkdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { request } from "node:https";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { NodeSettings } from "../../components/vault-cluster/node/settings";
import { userData } from "../../components/vault-cluster/node/user-data";
import type { CloudInit } from "../../tools/services/cloud-init";
import { startMachine, type Machine } from "../../tools/services/machine";
import { callJson, createKey, REGION } from "../../tools/services/moto-calls";
import type { RunningMoto } from "../../tools/services/moto";
import type { VaultProgram } from "../../tools/services/openbao";
import { startServer, type RunningServer } from "../../tools/services/server";
import type { Answer } from "../../tools/services/vault-node";
import { makeClusterTls, type ClusterTls } from "../../tools/services/vault-tls";
import type { WorldOptions } from "./node-world";

const ADDRESS = "10.0.0.5";
const SERVICES = "10.0.0.2";
const METADATA = "169.254.169.254";
const SERVICES_NAME = `${REGION}.amazonaws.com`;

export interface BootedNode {
    readonly settings: NodeSettings;
    readonly id: string;
    readonly tls: ClusterTls;
    readonly userData: string;
    readonly machine: () => Machine;
    /** Runs cloud-init's four stages, as an image does at its first boot. Throws with what it wrote where one fails. */
    readonly cloudInit: () => Promise<void>;
    /** Creates the secret with the TLS files. */
    readonly putSecret: () => Promise<void>;
    /** Whether the key service answers. */
    readonly keys: (there: boolean) => void;
    /** A call of the node's API, over TLS that is verified by the name in its certificate. */
    readonly ask: (method: string, path: string, body?: object, token?: string) => Promise<Answer>;
    /** Cuts the power and starts the machine again. */
    readonly restart: () => Promise<void>;
    readonly close: () => Promise<void>;
}

export interface BootOptions {
    readonly directory: string;
    readonly program: VaultProgram;
    readonly moto: RunningMoto;
    readonly cloudInit: CloudInit;
}

/** The machine, on which cloud-init has not run yet; or why this machine cannot have one in it. */
export async function startNodeMachine(
    options: BootOptions,
): Promise<BootedNode | { readonly missing: string }> {
    const { directory, program, moto } = options;
    const tls = makeClusterTls(join(directory, "tls"), "vault.cluster.test");
    const services = makeClusterTls(join(directory, "services"), `*.${SERVICES_NAME}`);
    const secretArn = `arn:aws:secretsmanager:${REGION}:123456789012:secret:vault-tls`;
    const settings: NodeSettings = {
        product: "openbao",
        binary: {
            url: `https://programs.${SERVICES_NAME}/bao`,
            sha256: createHash("sha256").update(readFileSync(program.command)).digest("hex"),
        },
        ...{ clusterName: "vault-boot", nodes: 5, region: REGION, serverName: tls.serverName },
        ...{
            kmsKeyArn: await createKey(moto.url),
            tlsSecretArn: secretArn,
            lifecycleHook: "leave",
            telemetry: true,
        },
    };
    const text = userData(settings);
    const id = "i-0123456789abcdef0";
    const prepare = (root: string): void => {
        const put = (path: string, content: string): void => {
            mkdirSync(join(root, path, ".."), { recursive: true });
            writeFileSync(join(root, path), content);
        };
        put("var/lib/cloud/seed/nocloud/user-data", text);
        put("var/lib/cloud/seed/nocloud/meta-data", `instance-id: ${id}\n`);
        put("etc/cloud/cloud.cfg", CLOUD_CONFIGURATION);
        const names = ["kms", "secretsmanager", "ec2", "autoscaling", "programs"];
        put(
            "etc/hosts",
            `127.0.0.1 localhost\n${SERVICES} ${names.map((name) => `${name}.${SERVICES_NAME}`).join(" ")}\n`,
        );
        // The authorities that this machine trusts, and the test's one.
        const trusted = "/etc/ssl/certs/ca-certificates.crt";
        mkdirSync(join(root, "etc/ssl/certs"), { recursive: true });
        if (existsSync(trusted)) copyFileSync(trusted, join(root, trusted));
        appendFileSync(join(root, trusted), services.authorities);
    };
    const socket = (name: string): string => join(directory, `${name}.sock`);
    const motoPort = Number(new URL(moto.url).port);
    const toMoto = createServer((incoming) => {
        const outgoing = connect(motoPort, "127.0.0.1");
        incoming.pipe(outgoing).pipe(incoming);
        incoming.on("error", () => outgoing.destroy());
        outgoing.on("error", () => incoming.destroy());
    });
    await new Promise<void>((resolve) => toMoto.listen(socket("moto"), resolve));
    const noKeys = join(directory, "no-keys");
    const world: WorldOptions = {
        identity: {
            ...{ id, address: ADDRESS },
            credentials: { role: "node", accessKeyId: "ASIATEST", secretAccessKey: "test", token: "test" },
        },
        ...{ services: SERVICES, tls: services.paths, noKeys, program: program.command },
        ...{ moto: socket("moto"), api: socket("api") },
    };
    let machine: Machine | undefined;
    let around: RunningServer | undefined;
    const start = async (): Promise<string | undefined> => {
        const started = await startMachine({
            directory: join(directory, "machine"),
            addresses: [ADDRESS, SERVICES, METADATA],
            prepare,
        });
        if ("missing" in started) return started.missing;
        machine = started;
        const [command, ...enter] = started.inNetwork;
        let ready = false;
        around = await startServer({
            command,
            args: [
                ...enter,
                process.execPath,
                "--require",
                "tsx/cjs",
                join(__dirname, "node-world.ts"),
                JSON.stringify(world),
            ],
            cwd: process.cwd(),
            isReady: () =>
                Promise.resolve((ready ||= around?.log().includes("ready") ?? existsSync(world.api))),
        });
        return undefined;
    };
    const end = async (): Promise<void> => {
        await around?.end("SIGKILL");
        await machine?.cut();
    };
    const present = (): Machine => {
        if (machine === undefined) throw new Error("the machine is not there");
        return machine;
    };
    const close = async (): Promise<void> => {
        await end();
        toMoto.close();
    };
    const missing = await start();
    if (missing !== undefined) {
        await close();
        return { missing };
    }
    return {
        ...{ settings, id, tls, userData: text, machine: present, close },
        cloudInit: async () => {
            const { command, environment } = options.cloudInit;
            for (const stage of [
                ["init", "--local"],
                ["init"],
                ["modules", "--mode=config"],
                ["modules", "--mode=final"],
            ]) {
                const ran = await present().run([...command, ...stage], environment);
                if (ran.code !== 0)
                    throw new Error(`cloud-init ${stage.join(" ")}: ${ran.stdout}${ran.stderr}`);
            }
        },
        putSecret: async () => {
            const { certificate, privateKey, authorities } = tls.paths;
            const texts = {
                certificate: readFileSync(certificate, "utf8"),
                privateKey: readFileSync(privateKey, "utf8"),
                authorities: readFileSync(authorities, "utf8"),
            };
            await callJson(moto.url, "secretsmanager", "secretsmanager.CreateSecret", {
                ...{ Name: "vault-tls", SecretString: JSON.stringify(texts) },
            });
        },
        keys: (there) => {
            if (there) rmSync(noKeys, { force: true });
            else writeFileSync(noKeys, "");
        },
        ask: (method, path, body, token) =>
            new Promise((resolve, reject) => {
                const outgoing = request(
                    {
                        ...{ socketPath: socket("api"), method, path: `/v1/${path}`, agent: false },
                        headers: token === undefined ? {} : { "X-Vault-Token": token },
                        ...{
                            ca: tls.authorities,
                            servername: tls.serverName,
                            signal: AbortSignal.timeout(30_000),
                        },
                    },
                    (response) => {
                        let answer = "";
                        response.setEncoding("utf8").on("data", (part: string) => (answer += part));
                        response.on("end", () => {
                            resolve({ status: response.statusCode ?? 0, text: answer });
                        });
                    },
                );
                outgoing.on("error", reject);
                outgoing.end(body === undefined ? undefined : JSON.stringify(body));
            }),
        restart: async () => {
            await end();
            const lacking = await start();
            if (lacking !== undefined) throw new Error(lacking);
        },
    };
}

/** An image's configuration of cloud-init, with the modules that user data of a node uses. */
const CLOUD_CONFIGURATION = `
datasource_list: [NoCloud, None]
network: {config: disabled}
disable_root: false
cloud_init_modules: [write-files]
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts-user]
system_info: {distro: debian, paths: {cloud_dir: /var/lib/cloud}}
`;
