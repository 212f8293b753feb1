/** `portcullis snapshot` as a program of its own: bundled into one file, it runs where only Node is installed. */
import { snapshotCommand } from "./command";

snapshotCommand()
    .parseAsync()
    .catch((error: unknown) => {
        process.stderr.write(`portcullis: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
    });
