/** The operator of an offline authority: a folder of their own, and the built `portcullis sign` in it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const COMMAND = resolve(__dirname, "..", "..", "dist", "sdk", "cli", "main.js");
export const PASSPHRASE = "correct-horse-battery-staple-91";
const VARIABLE = "OPERATOR_PASSPHRASE";

export interface Ran {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

export interface Operator {
    readonly folder: string;
    path(name: string): string;
    write(name: string, text: string): string;
    read(name: string): string;
    /** Runs `portcullis sign` there, with the passphrase in its environment, and no terminal. */
    sign(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ran>;
    /** As `sign`; fails where the command does. */
    signed(...args: readonly string[]): Promise<Ran>;
    close(): void;
}

/** How flags name the operator's passphrase. */
export const WITH_PASSPHRASE = ["--passphrase-variable", VARIABLE] as const;

export function openOperator(): Operator {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-operator-"));
    const path = (name: string): string => join(folder, name);
    const sign: Operator["sign"] = (args, environment = {}) =>
        new Promise((done) => {
            const env = { ...process.env, [VARIABLE]: PASSPHRASE, ...environment };
            const child = execFile(
                process.execPath,
                [COMMAND, "sign", ...args],
                { cwd: folder, env, timeout: 60_000 },
                (error, stdout, stderr) => {
                    const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
                    done({ code, stdout, stderr });
                },
            );
            child.stdin?.end();
        });
    return {
        folder,
        path,
        write: (name, text) => {
            writeFileSync(path(name), text);
            return path(name);
        },
        read: (name) => readFileSync(path(name), "utf8"),
        sign,
        signed: async (...args) => {
            const ran = await sign(args);
            if (ran.code !== 0) throw new Error(ran.stderr);
            return ran;
        },
        close: () => {
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
