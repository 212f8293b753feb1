/** A real OpenBao or Vault, and one stack of the real engine that configures it, opened and closed together. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { findPulumi } from "../../tools/pulumi/cli";
import { openStack, type EngineStack } from "../../tools/pulumi/engine";
import { choosePlugins, standInNotice } from "../../tools/pulumi/plugins";
import { initialise, startSingle, type RunningVault, type VaultProgram } from "../../tools/services/openbao";

const WORK_DIR = resolve(__dirname, "..", "..");

/** Variables of this machine that would lead a run to another server. */
const FOREIGN = ["VAULT_ADDR", "VAULT_TOKEN", "VAULT_CACERT", "VAULT_NAMESPACE", "BAO_ADDR", "BAO_TOKEN"];

export interface RunningSingle {
    readonly server: RunningVault;
    /** The root token. */
    readonly token: string;
    readonly directory: string;
    close(): Promise<void>;
}

/** Starts and initialises a server in a folder of its own. */
export async function openVault(program: VaultProgram): Promise<RunningSingle> {
    const directory = mkdtempSync(join(tmpdir(), "portcullis-vault-"));
    const folder = join(directory, "server");
    mkdirSync(folder);
    const server = await startSingle({ program, directory: folder });
    const close = async (): Promise<void> => {
        await server.end();
        rmSync(directory, { recursive: true, force: true });
    };
    try {
        return { server, token: await initialise(server.url), directory, close };
    } catch (error) {
        await close();
        throw error;
    }
}

/** Opens a stack in a folder beside the server's, with the vault provider or its stand-in, and says which. */
export async function openVaultStack(
    program: PulumiFn,
    { directory }: RunningSingle,
    say: (line: string) => void = (line) => {
        console.log(`    ${line}`);
    },
): Promise<EngineStack> {
    const cli = await findPulumi();
    const plugins = await choosePlugins(["vault"], { cli, workDir: WORK_DIR });
    const notice = standInNotice(plugins);
    if (notice !== undefined) say(notice);
    return openStack({
        project: "strongroom",
        stack: "test",
        program,
        directory: join(directory, "stack"),
        workDir: WORK_DIR,
        cli,
        plugins,
        environment: Object.fromEntries(FOREIGN.map((name) => [name, ""])),
    });
}
