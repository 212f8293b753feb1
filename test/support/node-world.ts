/**
 * What a node finds around it on AWS, run in the network of a test's machine: the metadata service at its own address,
 * AWS's services under their own names, and the server program to fetch. `tsx node-world.ts <JSON of WorldOptions>`;
 * it says `ready` once all of it listens.
 */
import { createReadStream, existsSync, readFileSync, rmSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, createServer, type Server } from "node:net";
import { startInstanceMetadata, type InstanceIdentity } from "../../tools/services/instance-metadata";

export interface WorldOptions {
    readonly identity: InstanceIdentity;
    /** Where the services' names lead. */
    readonly services: string;
    /** Files of the certificate for all those names. */
    readonly tls: { readonly certificate: string; readonly privateKey: string };
    /** A socket file behind which moto is. */
    readonly moto: string;
    /** The file that is served at any path of the host whose name begins with `programs.`. */
    readonly program: string;
    /** While this file is there, nothing answers for the key service. */
    readonly noKeys: string;
    /** A socket file to make, which leads to the node's API. */
    readonly api: string;
}

/** Passes connections on. */
function forward(to: () => ReturnType<typeof connect>): Server {
    return createServer((incoming) => {
        const outgoing = to();
        for (const [one, other] of [
            [incoming, outgoing],
            [outgoing, incoming],
        ] as const) {
            one.pipe(other);
            one.on("error", () => other.destroy());
        }
    });
}

async function main(options: WorldOptions): Promise<void> {
    const { identity, services, tls, moto, program, noKeys, api } = options;
    const metadata = await startInstanceMetadata(identity);
    const port = Number(new URL(metadata.url).port);
    const aws = createSecureServer(
        { cert: readFileSync(tls.certificate), key: readFileSync(tls.privateKey) },
        (incoming, response) => {
            const { method, url, headers } = incoming;
            const host = headers.host ?? "";
            if (host.startsWith("kms.") && existsSync(noKeys)) {
                incoming.socket.destroy();
                return;
            }
            if (host.startsWith("programs.")) {
                createReadStream(program).pipe(response);
                return;
            }
            const outgoing = plainRequest({ socketPath: moto, path: url, method, headers }, (answer) => {
                response.writeHead(answer.statusCode ?? 500, answer.headers);
                answer.pipe(response);
            });
            outgoing.on("error", () => response.destroy());
            incoming.pipe(outgoing);
        },
    );
    rmSync(api, { force: true });
    const listening = [
        forward(() => connect(port, "127.0.0.1")).listen(80, "169.254.169.254"),
        aws.listen(443, services),
        forward(() => connect(8200, identity.address)).listen(api),
    ];
    await Promise.all(listening.map((server) => new Promise((resolve) => server.once("listening", resolve))));
    process.stdout.write("ready\n");
}

void main(JSON.parse(process.argv[2] ?? "{}") as WorldOptions);
