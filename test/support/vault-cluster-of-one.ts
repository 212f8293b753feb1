/** One real OpenBao node over TLS, empty or not, and the means to run VaultInitialization's functions against it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Declarations } from "../../provider/declarations";
import type { Context } from "../../provider/resource";
import { openServer } from "../../provider/vault/client";
import type { VaultAccess } from "../../provider/vault/connect";
import {
    vaultInitialization,
    type VaultInitializationInputs,
    type VaultInitializationState,
} from "../../provider/vault/initialization";
import {
    startSingle,
    type RunningVault,
    type SingleOptions,
    type VaultProgram,
} from "../../tools/services/openbao";
import { freePorts } from "../../tools/services/server";
import type { Issued } from "./vault-certificates";

export interface Node {
    readonly server: RunningVault;
    readonly directory: string;
    /** Where shares make a root token: on the node itself alone, for elsewhere OpenBao refuses it by default. */
    readonly backDoor: string;
    readonly close: () => Promise<void>;
}

/** A node without data. */
export async function startEmptyNode(
    program: VaultProgram,
    tls: Issued,
    more: Partial<SingleOptions> = {},
): Promise<Node> {
    const directory = mkdtempSync(join(tmpdir(), "portcullis-vault-"));
    const [port = 0] = await freePorts(1);
    const listener = `listener "tcp" {
  address     = "127.0.0.1:${port}"
  tls_disable = true
  disable_unauthed_generate_root_endpoints = false
}`;
    const server = await startSingle({ program, directory, tls, more: listener, ...more });
    return {
        server,
        directory,
        backDoor: `http://127.0.0.1:${port}`,
        close: async () => {
            await server.end("SIGKILL");
            rmSync(directory, { recursive: true, force: true });
        },
    };
}

/** A run as somebody with this certificate; calls are tried again for no longer than `patienceMs`. */
export function contextOf(
    identity: Issued | undefined,
    {
        patienceMs = 15_000,
        recoveryToken,
    }: { readonly patienceMs?: number; readonly recoveryToken?: string } = {},
): Context<VaultAccess> {
    return {
        client: {
            identity,
            ...(recoveryToken === undefined ? {} : { recoveryToken }),
            open: (target) => {
                const server = openServer(target, identity, { patienceMs });
                // A gate that stays shut would be waited for as long as a cluster may take to start.
                return patienceMs < 15_000
                    ? { ...server, patient: (ms) => server.patient(Math.min(ms, patienceMs)) }
                    : server;
            },
        },
        now: () => new Date(),
        declared: new Declarations(),
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
}

/** The inputs as a deployment gives them to `create`. Fails where they are refused. */
export function checkedInputs(given: object, last: object = {}): VaultInitializationInputs {
    const { inputs, failures } = vaultInitialization.check(given, new Date(), last);
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    // Everything was known, so what the check answers is what a deployment creates from.
    return inputs as VaultInitializationInputs;
}

export type State = VaultInitializationState;
