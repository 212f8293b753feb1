/** The program of VaultBackup's jobs: found in the package, and refused where no ConfigMap could carry it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import {
    CONFIG_MAP_LIMIT,
    PROGRAM_FILE,
    programOf,
    snapshotProgram,
} from "../../../../components/vault-backup/program";

test("is the one that was built, and fits", () => {
    const text = readFileSync("dist/sdk/cli/snapshot/program.js", "utf8");
    const digest = createHash("sha256").update(text).digest("hex").slice(0, 10);
    expect(snapshotProgram()).toEqual({ text, digest });
});

test("fits to the last byte, and not one more", () => {
    const most = CONFIG_MAP_LIMIT - PROGRAM_FILE.length;
    expect(programOf("x".repeat(most)).text).toHaveLength(most);
    for (const text of ["x".repeat(most + 1), `${"x".repeat(most - 1)}é`, ""]) {
        expect(() => programOf(text)).toThrow(/ bytes, and a ConfigMap takes 1048576\./);
    }
});
