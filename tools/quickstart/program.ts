/** Loads a Pulumi program from its source, afresh each time, and possibly edited first. */
import { transformSync } from "esbuild";
import { readFileSync } from "node:fs";
import Module from "node:module";
import { dirname, resolve } from "node:path";

export type Exports = Readonly<Record<string, unknown>>;

/** Runs the file as a module of its own and returns its exports; resources are registered while it runs. */
export function runProgram(file: string, edit: (source: string) => string = (source) => source): Exports {
    const path = resolve(file);
    const { code } = transformSync(edit(readFileSync(path, "utf8")), {
        loader: "ts",
        format: "cjs",
        sourcefile: path,
    });
    const program = new Module(path) as Module & { _compile(code: string, path: string): void };
    program.filename = path;
    // Node's own look-up of node_modules folders, which its types leave out.
    program.paths = (Module as unknown as { _nodeModulePaths(path: string): string[] })._nodeModulePaths(
        dirname(path),
    );
    program._compile(code, path);
    // A module's exports are an object of whatever it exports.
    return program.exports as Exports;
}

/** The source without its first line that holds the text. Throws where no line does. */
export function withoutLine(source: string, text: string): string {
    const lines = source.split("\n");
    const index = lines.findIndex((line) => line.includes(text));
    if (index < 0) throw new Error(`no line of the program holds ${JSON.stringify(text)}`);
    return [...lines.slice(0, index), ...lines.slice(index + 1)].join("\n");
}
