/** An account's state in a file: read once, replaced whole, readable by its owner alone since it holds secret keys. */
import { randomBytes } from "node:crypto";
import {
    closeSync,
    existsSync,
    fsyncSync,
    openSync,
    readFileSync,
    renameSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { accountStateSchema, type AccountState } from "./state";

/** The state kept in a file, or undefined where there is no such file. Throws on one that is not a state. */
export function readStateFile(path: string): AccountState | undefined {
    if (!existsSync(path)) return undefined;
    const text = readFileSync(path, "utf8");
    try {
        return accountStateSchema.parse(JSON.parse(text));
    } catch {
        // The cause could quote the file, which holds secret keys.
        throw new Error(
            `The file ${path} is no state of an emulated OUTSCALE account. Remove it to start anew.`,
        );
    }
}

/** Replaces the file: whoever reads it sees the old state or the new one, whenever this stops. */
export function writeStateFile(path: string, state: AccountState): void {
    const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    const file = openSync(draft, "wx", 0o600);
    try {
        try {
            writeFileSync(file, JSON.stringify(state));
            fsyncSync(file);
        } finally {
            closeSync(file);
        }
        renameSync(draft, path);
    } catch (error) {
        rmSync(draft, { force: true });
        throw error;
    }
}
