/** A process that outlives a drill which is killed: it ends the node and wipes its folder then, and else does nothing. */
import { spawn } from "node:child_process";

export interface Guard {
    /** Names the node's process. */
    readonly watch: (pid: number) => void;
    /** Ends the guard, once there is nothing left to guard. */
    readonly dismiss: () => Promise<void>;
}

/**
 * Its whole program, in the words of any Node: standard input ends where the drill's process is gone, however that
 * ended, for nobody else holds the other end.
 */
const PROGRAM = `
const { rmSync } = require("node:fs");
let text = "";
process.stdin.setEncoding("utf8").on("data", (part) => { text += part; }).on("error", () => {}).on("close", () => {
    const pid = Number(text);
    try { if (pid > 1) process.kill(pid, "SIGKILL"); } catch {}
    rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});
`;

/** Starts the guard of a folder. It is in a session of its own: what ends a whole terminal's programs leaves it. */
export function startGuard(folder: string): Guard {
    const child = spawn(process.execPath, ["-e", PROGRAM, folder], {
        env: {},
        cwd: "/",
        detached: true,
        stdio: ["pipe", "ignore", "ignore"],
    });
    const gone = new Promise<void>((resolve) => {
        child.on("error", resolve).on("exit", () => {
            resolve();
        });
    });
    // A guard that is gone guards nothing, which is no reason to end a drill.
    child.stdin.on("error", () => undefined);
    return {
        watch: (pid) => {
            child.stdin.write(String(pid));
        },
        dismiss: async () => {
            child.kill("SIGKILL");
            await gone;
        },
    };
}
