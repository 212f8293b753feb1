/** The program of the jobs: `portcullis snapshot` as one file, which a ConfigMap carries. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PortcullisError } from "../../provider/errors";

/** What Kubernetes takes as the data of a ConfigMap, in bytes. */
export const CONFIG_MAP_LIMIT = 1_048_576;
/** With this ending Node reads it as CommonJS, wherever it lies. */
export const PROGRAM_FILE = "portcullis-snapshot.cjs";

export interface SnapshotProgram {
    readonly text: string;
    /** The first ten hexadecimal digits of its SHA-256. */
    readonly digest: string;
}

/** @throws PortcullisError InvalidConfiguration where the package is not whole */
export function snapshotProgram(): SnapshotProgram {
    // By the package's own name it is found from its build and from its sources.
    const root = dirname(createRequire(__filename).resolve("pulumi-portcullis/package.json"));
    const path = join(root, "dist", "sdk", "cli", "snapshot", "program.js");
    try {
        return programOf(readFileSync(path, "utf8"));
    } catch (cause) {
        if (cause instanceof PortcullisError) throw cause;
        throw new PortcullisError({
            code: "InvalidConfiguration",
            problem: `The program of VaultBackup's jobs cannot be read at ${path}: the package is not whole.`,
            remedy: "Install pulumi-portcullis again; in its sources, build it first: npm run build.",
            cause,
        });
    }
}

/** @throws PortcullisError InvalidConfiguration where no ConfigMap could carry it */
export function programOf(text: string): SnapshotProgram {
    const size = Buffer.byteLength(text) + PROGRAM_FILE.length;
    if (text === "" || size > CONFIG_MAP_LIMIT) {
        throw new PortcullisError({
            code: "InvalidConfiguration",
            problem: `The program of VaultBackup's jobs has ${Buffer.byteLength(text)} bytes, and a ConfigMap takes ${CONFIG_MAP_LIMIT}.`,
            remedy: "Install a release of pulumi-portcullis as it was published.",
        });
    }
    return { text, digest: createHash("sha256").update(text).digest("hex").slice(0, 10) };
}
