/** A real Kubernetes API server with its store, on loopback: built once with Go, started without nodes or controllers. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { buildGo } from "./go-build";
import { kept } from "./kept";
import { freePorts, startServer } from "./server";

/** Where the two programs are. */
export interface Kubernetes {
    readonly folder: string;
}

export interface RunningKubernetes {
    /** A kubeconfig, YAML, of a user who may do everything. */
    readonly kubeconfig: string;
    /** What the API server has written so far. */
    readonly log: () => string;
    readonly end: () => Promise<void>;
}

/** The version of the API server, as `programs/go.mod` pins it. */
export const KUBERNETES_VERSION = "1.34.4";

const PROGRAMS = {
    etcd: "go.etcd.io/etcd/server/v3",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
};
/** A cold build takes five to ten minutes on two cores. */
const BUILD_LIMIT = 40 * 60_000;

/** The programs, built with Go where they are not there yet; or why there are none. */
export async function findKubernetes(): Promise<Kubernetes | { readonly missing: string }> {
    const found = await kept(`kubernetes-${KUBERNETES_VERSION}`, "kube-apiserver", async (draft) => {
        for (const [name, path] of Object.entries(PROGRAMS)) {
            await buildGo({
                ...{ folder: join(__dirname, "kubernetes", "programs"), path, output: join(draft, name) },
                name: "Kubernetes' API server",
                // What the server says of itself.
                variables: [`k8s.io/component-base/version.gitVersion=v${KUBERNETES_VERSION}`],
                limit: BUILD_LIMIT,
            });
        }
    });
    return "why" in found ? { missing: found.why } : { folder: join(found.path, "..") };
}

/** Starts both in an empty folder, and waits until the API server is ready. */
export async function startKubernetes({ folder }: Kubernetes, directory: string): Promise<RunningKubernetes> {
    mkdirSync(directory, { recursive: true });
    const [client = 0, peer = 0, secure = 0] = await freePorts(3);
    const store = `http://127.0.0.1:${client}`;
    const etcd = await startServer({
        command: join(folder, "etcd"),
        args: [
            `--data-dir=${join(directory, "etcd")}`,
            `--listen-client-urls=${store}`,
            `--advertise-client-urls=${store}`,
            `--listen-peer-urls=http://127.0.0.1:${peer}`,
            `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
            `--initial-cluster=default=http://127.0.0.1:${peer}`,
            // What a test stores need not outlive the machine.
            "--unsafe-no-fsync",
            "--log-level=error",
        ],
        isReady: async () => (await fetch(`${store}/readyz`)).ok,
    });
    try {
        const token = randomBytes(24).toString("hex");
        const server = `https://127.0.0.1:${secure}`;
        const certificates = join(directory, "certificates");
        const api = await startServer({
            command: join(folder, "kube-apiserver"),
            args: [...flags(directory, token), `--etcd-servers=${store}`, `--secure-port=${secure}`],
            // Until it has made its certificate there is no file to read, which is a no as well.
            isReady: async () => isReady(server, certificateIn(certificates), token),
            limit: 120_000,
        });
        return {
            kubeconfig: kubeconfigOf(server, certificateIn(certificates), token),
            log: api.log,
            end: async () => {
                // The API server waits for its store on its way out, where that goes first.
                await api.end("SIGKILL");
                await etcd.end("SIGKILL");
            },
        };
    } catch (error) {
        await etcd.end("SIGKILL");
        throw error;
    }
}

function flags(directory: string, token: string): readonly string[] {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const accounts = join(directory, "service-accounts.pem");
    writeFileSync(accounts, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    const users = join(directory, "users.csv");
    writeFileSync(users, `${token},deployer,deployer,"system:masters"\n`, { mode: 0o600 });
    return [
        "--bind-address=127.0.0.1",
        `--cert-dir=${join(directory, "certificates")}`,
        `--token-auth-file=${users}`,
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-key-file=${accounts}`,
        `--service-account-signing-key-file=${accounts}`,
        "--service-cluster-ip-range=10.96.0.0/16",
        // Nothing here makes the accounts that this one demands of every pod.
        "--disable-admission-plugins=ServiceAccount",
    ];
}

/** The certificate that the server made for itself, with the authority that signed it. */
function certificateIn(folder: string): string {
    return readFileSync(join(folder, "apiserver.crt"), "utf8");
}

function isReady(server: string, ca: string, token: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
        request(`${server}/readyz`, { ca, headers: { Authorization: `Bearer ${token}` } })
            .on("response", (answer) => {
                answer.resume();
                resolve(answer.statusCode === 200);
            })
            .on("error", reject)
            .end();
    });
}

function kubeconfigOf(server: string, authorities: string, token: string): string {
    const authority = Buffer.from(authorities).toString("base64");
    // JSON is YAML.
    return JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "test",
        contexts: [{ name: "test", context: { cluster: "test", user: "deployer" } }],
        clusters: [{ name: "test", cluster: { server, "certificate-authority-data": authority } }],
        users: [{ name: "deployer", user: { token } }],
    });
}
