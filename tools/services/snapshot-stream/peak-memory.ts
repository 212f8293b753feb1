/** The most memory that a process has held in RAM, as the kernel counts it: only Linux tells it. */
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";

const EVERY_MS = 50;

/** Tells it in MiB, again and again until the process ends; it never falls, so that the last word is the highest. */
export function peakMemory(child: ChildProcess, tell: (mebibytes: number) => void): void {
    const look = (): void => {
        const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(statusOf(child.pid)) ?? [];
        // A process that has ended, and was not waited for yet, has no memory.
        if (kibibytes !== undefined) tell(Number(kibibytes) / 1024);
    };
    const timer = setInterval(look, EVERY_MS);
    child.once("exit", () => {
        clearInterval(timer);
    });
}

function statusOf(pid: number | undefined): string {
    try {
        return readFileSync(`/proc/${pid}/status`, "utf8");
    } catch {
        return "";
    }
}
