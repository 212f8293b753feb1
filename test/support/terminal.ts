/** Runs a command on a terminal of its own, and answers what it asks there; its standard input stays empty. */
import { execFile } from "node:child_process";

/** Python's pty makes a terminal. */
const SCRIPT = [
    "import json, os, pty, sys, time",
    "answers = json.loads(os.environ.pop('TERMINAL_ANSWERS'))",
    "pid, fd = pty.fork()",
    "if pid == 0:",
    "    os.dup2(os.open('/dev/null', os.O_RDONLY), 0)",
    "    os.execv(sys.argv[1], sys.argv[1:])",
    "seen = b''",
    "while True:",
    "    try: data = os.read(fd, 4096)",
    "    except OSError: break",
    "    if not data: break",
    "    seen += data",
    "    if answers and answers[0][0].encode() in seen:",
    "        time.sleep(0.3)",
    "        os.write(fd, answers.pop(0)[1].encode() + b'\\r')",
    "sys.stdout.buffer.write(seen)",
    "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
].join("\n");

export interface OnTerminal {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    /** What is asked, in this order, and what is typed. Not in an argument: a passphrase may be among them. */
    readonly answers: readonly (readonly [question: string, answer: string])[];
}

/** What the terminal showed, and the status. */
export async function onTerminal(
    command: readonly string[],
    { cwd, env, answers }: OnTerminal,
): Promise<{ readonly status: number; readonly stdout: string }> {
    // A test's own servers answer meanwhile, so it is waited for.
    return new Promise((resolve) => {
        execFile(
            "python3",
            ["-c", SCRIPT, ...command],
            { cwd, env: { ...env, TERMINAL_ANSWERS: JSON.stringify(answers) }, timeout: 60_000 },
            (error, stdout, stderr) => {
                const status = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
                resolve({ status, stdout: `${stdout}${stderr}` });
            },
        );
    });
}
