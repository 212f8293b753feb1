#!/usr/bin/env node
/** The `portcullis` command: each subcommand is a file beside this one. */
import { Command } from "commander";
import { accessCommand } from "./access/command";
import { commentCommand } from "./comment";
import { emulateCommand } from "./emulate";
import { fleetCommand } from "./fleet";
import { signCommand } from "./sign/command";
import { snapshotCommand } from "./snapshot/command";
import { version } from "./version";

async function main(): Promise<void> {
    const program = new Command("portcullis")
        .description("Declare who may open the gates, and never lock the owner out.")
        .version(version())
        .addCommand(accessCommand())
        .addCommand(commentCommand())
        .addCommand(emulateCommand())
        .addCommand(fleetCommand())
        .addCommand(signCommand())
        .addCommand(snapshotCommand());
    await program.parseAsync();
}

main().catch((error: unknown) => {
    process.stderr.write(`portcullis: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
