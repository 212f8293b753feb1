/** What tests fetch or build once and keep in `~/.cache/portcullis`: foreign programs, each at one version. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** The path of what is kept, or why there is none. */
export type Kept = { readonly path: string } | { readonly why: string };

/**
 * The file `file` of the folder `name`, which `make` fills where it is not there. It is filled under a name of its own
 * and then renamed: of several first users at once one wins, and none sees half of it.
 */
export async function kept(
    name: string,
    file: string,
    make: (draft: string) => Promise<void>,
): Promise<Kept> {
    const home = join(homedir(), ".cache", "portcullis", name);
    const path = join(home, file);
    if (existsSync(path)) return { path };
    const draft = `${home}.${randomBytes(6).toString("hex")}`;
    try {
        await mkdir(draft, { recursive: true });
        await make(draft);
        await rename(draft, home).catch((error: unknown) => {
            if (!existsSync(path)) throw error;
        });
        return { path };
    } catch (error) {
        return { why: error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown" };
    } finally {
        await rm(draft, { recursive: true, force: true });
    }
}
