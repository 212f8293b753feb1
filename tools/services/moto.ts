/** moto, which answers as AWS does, on loopback: with its policies enforced where a test wants that. */
import { join } from "node:path";
import { pythonWith } from "./python";
import { freePorts, startServer, type RunningServer } from "./server";

const KNOWING = join(__dirname, "moto_resources.py");

/** Where there is moto. */
export interface Moto {
    readonly python: string;
}

export interface StartMotoOptions {
    /**
     * How many calls, from the first, need no rights: for setting up. All later ones are held to IAM policies.
     * Nothing is enforced unless given.
     */
    readonly enforceAfter?: number;
    /** Whether policies are held to the keys, secrets and groups that they name. False unless given. */
    readonly knowsResources?: boolean;
    /** The port of loopback; a free one unless given. */
    readonly port?: number;
}

export interface RunningMoto extends RunningServer {
    /** `http://127.0.0.1:<port>`, the endpoint of every service. */
    readonly url: string;
}

export const MOTO_VERSION = "5.2.5";

/** An environment with moto's server, or why there is none. */
export async function findMoto(): Promise<Moto | { readonly missing: string }> {
    return pythonWith("moto", MOTO_VERSION, {
        extras: ["server", "autoscaling", "ec2", "elbv2", "iam", "kms", "secretsmanager", "ssm", "sts"],
    });
}

/** Starts a server whose account is empty. */
export async function startMoto({ python }: Moto, options: StartMotoOptions = {}): Promise<RunningMoto> {
    const port = options.port ?? (await freePorts(1))[0] ?? 0;
    const url = `http://127.0.0.1:${port}`;
    const server = await startServer({
        command: python,
        args: [
            ...(options.knowsResources === true ? [KNOWING] : ["-m", "moto.server"]),
            "-H",
            "127.0.0.1",
            "-p",
            port.toString(),
        ],
        environment: {
            ...(options.enforceAfter !== undefined && {
                INITIAL_NO_AUTH_ACTION_COUNT: options.enforceAfter.toString(),
            }),
        },
        isReady: async () => (await fetch(`${url}/moto-api/data.json`)).ok,
    });
    return { ...server, url };
}

/** Holds every call from now on to policies. */
export async function enforcePolicies({ url }: Pick<RunningMoto, "url">): Promise<void> {
    const answer = await fetch(`${url}/moto-api/reset-auth`, { method: "POST", body: "0" });
    if (!answer.ok) throw new Error(`moto's reset-auth: HTTP ${answer.status}`);
}
