/** Runs the Vault example's `deliver.sh` as whoever administers Vault does: with the real bao, jq, and AWS's CLI at moto. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
    CreateSecretCommand,
    GetSecretValueCommand,
    SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Context } from "mocha";
import { findProgram } from "../../tools/pulumi/cli";
import { findMoto, startMoto } from "../../tools/services/moto";
import { CREDENTIALS, REGION } from "../../tools/services/moto-calls";
import { findOpenBao } from "../../tools/services/openbao";
import { pythonWith } from "../../tools/services/python";
import { foundOrSkip } from "./skip";

const SCRIPT = resolve(__dirname, "..", "..", "examples", "vault", "deliver.sh");
const AWS_CLI_VERSION = "1.45.11";

export interface Delivery {
    /** Makes a secret without a value, as a deployment does. */
    readonly make: (name: string) => Promise<void>;
    /** The text of the secret of that name. */
    readonly read: (name: string) => Promise<string>;
    /**
     * Runs the script.
     *
     * @returns what it wrote
     * @throws Error where it ends with another code than 0
     */
    readonly run: (
        approles: unknown,
        server: { readonly address: string; readonly caFile: string },
    ) => Promise<string>;
    readonly close: () => Promise<void>;
}

/** Opens an empty Secrets Manager; where a part is missing, what the hook is for is skipped. The folder is made. */
export async function openDelivery(hook: Context, directory: string): Promise<Delivery> {
    const bao = foundOrSkip(hook, await findOpenBao());
    const { python } = foundOrSkip(hook, await pythonWith("awscli", AWS_CLI_VERSION));
    const jq = await findProgram("jq", process.env.PATH ?? "");
    foundOrSkip(hook, jq === undefined ? { missing: "there is no jq on PATH" } : { jq });
    mkdirSync(directory);
    // Where it is kept is not where it was installed, so that its own launcher leads nowhere.
    writeFileSync(join(directory, "aws"), `#!/bin/sh\nexec "${python}" -m awscli "$@"\n`, { mode: 0o755 });
    const moto = await startMoto(foundOrSkip(hook, await findMoto()));
    const client = new SecretsManagerClient({
        region: REGION,
        endpoint: moto.url,
        credentials: {
            accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
            secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
        },
    });
    const environment = (server: { readonly address: string; readonly caFile: string }) => ({
        PATH: [dirname(bao.command), directory, process.env.PATH ?? ""].join(":"),
        VAULT_ADDR: server.address,
        VAULT_CACERT: server.caFile,
        AWS_ENDPOINT_URL: moto.url,
        AWS_DEFAULT_REGION: REGION,
        ...CREDENTIALS,
    });
    return {
        make: async (Name) => {
            await client.send(new CreateSecretCommand({ Name }));
        },
        read: async (SecretId) => {
            const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
            return SecretString ?? "";
        },
        run: (approles, server) =>
            new Promise((done, fail) => {
                const child = execFile(
                    "sh",
                    [SCRIPT],
                    { env: environment(server), timeout: 60_000 },
                    (error, stdout, stderr) => {
                        if (error === null) done(stdout + stderr);
                        else fail(new Error(`deliver.sh: ${stderr}`, { cause: error }));
                    },
                );
                child.stdin?.end(JSON.stringify(approles));
            }),
        close: async () => {
            client.destroy();
            await moto.end();
        },
    };
}
