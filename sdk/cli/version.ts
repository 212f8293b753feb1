/** The version of the installed package. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const manifest = z.object({ version: z.string() });

/** As package.json has it: three folders up, in the sources as in the build's `dist`. */
export function version(): string {
    for (const up of ["../..", "../../.."]) {
        try {
            return manifest.parse(JSON.parse(readFileSync(join(__dirname, up, "package.json"), "utf8")))
                .version;
        } catch {
            // Not at this depth.
        }
    }
    return "unknown";
}
