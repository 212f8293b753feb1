/** What the command line of `npm run bench` asks for. */
import { parseArgs } from "node:util";

export const USAGE = `npm run bench -- [--json] [--only NAME]...

  --json        one line of JSON a figure (name, ratio, goal, met), and nothing else, on standard output
  --only NAME   measures this figure alone; may be given several times
  --help        says this

The figures: `;

export interface BenchOptions {
    readonly json: boolean;
    readonly help: boolean;
    /** The figures to measure, in the order of `names`. */
    readonly wanted: readonly string[];
}

/** Reads the arguments. Throws, with what there is to choose from, where one is unknown. */
export function parseOptions(args: readonly string[], names: readonly string[]): BenchOptions {
    const { values } = parseArgs({
        args: [...args],
        options: {
            json: { type: "boolean", default: false },
            help: { type: "boolean", default: false },
            only: { type: "string", multiple: true, default: [] },
        },
    });
    const unknown = values.only.find((name) => !names.includes(name));
    if (unknown !== undefined) {
        throw new Error(`There is no figure "${unknown}". Use one of: ${names.join(", ")}.`);
    }
    const wanted = names.filter((name) => values.only.length === 0 || values.only.includes(name));
    return { json: values.json, help: values.help, wanted };
}
