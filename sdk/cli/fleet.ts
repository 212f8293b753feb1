/** `portcullis fleet`: the stacks of hundreds of accounts, run from here or written as objects for the operator. */
import { Command, InvalidArgumentError } from "commander";
import type { FleetOperation } from "../fleet";
import { durationNamed } from "./durations";

export interface RunFlags {
    readonly only?: string[];
    readonly parallel?: number;
    readonly retries?: number;
    readonly canary?: number;
    readonly stopAfter?: number;
    readonly timeout?: number;
    readonly json?: boolean;
    readonly yes?: boolean;
}

const OPERATIONS: Readonly<Record<FleetOperation, string>> = {
    preview: "Show what `up` would change on each account; every refusal is shown.",
    up: "Bring each account's stack up: the canaries first, and no further than `--stop-after` allows.",
    refresh: "Read each account's state anew.",
    destroy: "Destroy each account's stack: what was found on the account is given back.",
};

function atLeast(least: number) {
    return (text: string): number => {
        if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text);
        throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
    };
}

function operationCommand(operation: FleetOperation): Command {
    const command = new Command(operation)
        .description(OPERATIONS[operation])
        .argument("<file>", "the fleet file")
        .option("--only <names...>", "these accounts alone; * and ? stand for other characters")
        .option("--parallel <n>", "accounts in work at once (the number of processors)", atLeast(1))
        .option("--retries <n>", "more tries where a failure may pass by itself (2)", atLeast(0))
        .option("--canary <n>", "accounts that go first, alone (1; 0 for preview and refresh)", atLeast(0))
        .option(
            "--stop-after <n>",
            "failed accounts that end it (1; none for preview and refresh)",
            atLeast(1),
        )
        .option(
            "--timeout <duration>",
            "after which one try of one account is interrupted, as 20m (1h)",
            durationNamed("timeout"),
        )
        .option("--json", "print a line of JSON for each event");
    if (operation === "destroy") command.option("--yes", "needed, for nothing is asked");
    return command.action(async (file: string, flags: RunFlags) => {
        const { runApart } = await import("./fleet-run.js");
        await runApart(operation, file, flags);
    });
}

export function fleetCommand(): Command {
    const fleet = new Command("fleet").description(
        "Run one stack an account, for every account of a fleet file.",
    );
    for (const operation of ["preview", "up", "refresh", "destroy"] as const) {
        fleet.addCommand(operationCommand(operation));
    }
    const manifests = new Command("manifests")
        .description("Print the same stacks as objects for the Pulumi Kubernetes Operator.")
        .argument("<file>", "the fleet file")
        .action(async (file: string) => {
            const { manifestsOf, manifestsText, readFleet } = await import("../fleet/index.js");
            process.stdout.write(manifestsText(manifestsOf(readFleet(file))));
        });
    return fleet.addCommand(manifests);
}
