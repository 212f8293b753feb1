/** The openssl command, in a folder of its own, as the tests use it. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the title of tests that cannot run says, with its reason; empty where they can. */
export const skip =
    spawnSync("openssl", ["version"]).status === 0 ? "" : " (skipped: there is no openssl command)";

let current: string | undefined;
let files = 0;

export function start(): void {
    current = mkdtempSync(join(tmpdir(), "portcullis-openssl-"));
}

export function stop(): void {
    if (current !== undefined) rmSync(current, { recursive: true, force: true });
    current = undefined;
}

export function folder(): string {
    if (current === undefined) throw new Error("start() comes first");
    return current;
}

/** Writes text to a file of its own, and gives its path. */
export function fileOf(text: string): string {
    const path = join(folder(), `file-${String(++files)}.pem`);
    writeFileSync(path, text);
    return path;
}

export function openssl(...args: string[]): string {
    return execFileSync("openssl", args, {
        encoding: "utf8",
        cwd: folder(),
        stdio: ["ignore", "pipe", "pipe"],
    });
}

/** What `openssl verify` says of a client's certificate: nothing where it accepts it. */
export function refusalByOpenssl(
    authority: string,
    client: string,
    now: Date,
    ...flags: string[]
): string | undefined {
    const run = spawnSync(
        "openssl",
        [
            "verify",
            ...["-purpose", "sslclient", "-attime", String(now.getTime() / 1000), ...flags],
            ...["-no-CApath", "-no-CAstore", "-CAfile", fileOf(authority), fileOf(client)],
        ],
        { encoding: "utf8" },
    );
    return run.status === 0 ? undefined : run.stderr;
}
