/** Starts programs with a time limit, and ends a process together with everything that it started. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

export interface Finished {
    /** The exit code; null where a signal ended it. */
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
    /** Whether it was ended because its time was up. */
    readonly timedOut: boolean;
}

export interface RunOptions {
    readonly cwd?: string;
    /** Added to this process's own environment. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** Milliseconds until it and all its descendants are killed. */
    readonly limit: number;
    /** What it reads from its standard input; nothing unless given. The way to hand over a secret. */
    readonly input?: string;
    readonly onStderr?: (text: string) => void;
    readonly onStart?: (pid: number) => void;
}

/** Runs a program to its end. Rejects only where it cannot be started; its exit code is for the caller to judge. */
export function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, {
            cwd: options.cwd,
            env: { ...process.env, ...options.environment },
            stdio: "pipe",
        });
        // Where the program ends without reading its input, that is its own affair.
        child.stdin.on("error", () => undefined).end(options.input ?? "");
        let stdout = "";
        let stderr = "";
        let timedOut = false;
        const timer = setTimeout(() => {
            timedOut = true;
            if (child.pid !== undefined) killTree(child.pid);
        }, options.limit);
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            stderr += text;
            options.onStderr?.(text);
        });
        child.on("error", (error) => {
            clearTimeout(timer);
            reject(error);
        });
        child.on("close", (code) => {
            clearTimeout(timer);
            resolve({ code, stdout, stderr, timedOut });
        });
        if (child.pid !== undefined) options.onStart?.(child.pid);
    });
}

/**
 * Kills a process and its descendants at once (SIGKILL), before it returns; gives the ids of all it killed.
 * The first process is stopped before its descendants are looked for, so that it starts no more of them.
 */
export function killTree(pid: number): number[] {
    if (!signal(pid, "SIGSTOP")) return [];
    const tree = [pid, ...descendants(pid)];
    return tree.filter((member) => signal(member, "SIGKILL"));
}

/** The ids of all processes that `pid` started, directly or not. */
export function descendants(pid: number): number[] {
    const all = parents();
    const found: number[] = [];
    for (let generation = [pid]; generation.length > 0;) {
        const next = all.filter(([, parent]) => generation.includes(parent)).map(([child]) => child);
        found.push(...next);
        generation = next;
    }
    return found;
}

/** Whether a process of this id runs; one that has ended and waits for its parent to notice does not count. */
export function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
    } catch {
        return false;
    }
    return readStat(pid.toString())?.state !== "Z";
}

/** Whether `pid` runs and was started by this process: a process id noted earlier may since be another's. */
export function isOwnChild(pid: number): boolean {
    return isRunning(pid) && parents().some(([child, parent]) => child === pid && parent === process.pid);
}

function signal(pid: number, name: NodeJS.Signals): boolean {
    try {
        return process.kill(pid, name);
    } catch {
        return false;
    }
}

type ChildAndParent = readonly [number, number];

function parents(): ChildAndParent[] {
    return existsSync("/proc/self/stat") ? parentsFromProc() : parentsFromPs();
}

function parentsFromProc(): ChildAndParent[] {
    return readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .flatMap((entry): ChildAndParent[] => {
            const stat = readStat(entry);
            return stat === undefined ? [] : [[Number(entry), stat.parent]];
        });
}

function readStat(entry: string): { state: string; parent: number } | undefined {
    let text: string;
    try {
        text = readFileSync(`/proc/${entry}/stat`, "utf8");
    } catch {
        return undefined;
    }
    // The second field is the command's name in brackets, which may itself hold spaces and brackets.
    const [state = "", parent = "0"] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
}

function parentsFromPs(): ChildAndParent[] {
    return execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
        .trim()
        .split("\n")
        .map((line): ChildAndParent => {
            const [child = "0", parent = "0"] = line.trim().split(/\s+/);
            return [Number(child), Number(parent)];
        });
}
