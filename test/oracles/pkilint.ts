/** pkilint, which judges certificates by RFC 5280: what it has to say of files, in one process. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pythonWith, type PythonEnvironment } from "../../tools/services/python";

export const PKILINT = "0.13.3";

/** Where there is pkilint. */
export function findPkilint(): Promise<PythonEnvironment> {
    return pythonWith("pkilint", PKILINT);
}

/** One certificate, or two of which the first issued the second: files, PEM. */
export type Subject = readonly [file: string] | readonly [issuer: string, file: string];

/** Everything from a notice upwards that pkilint finds in each, as "WARNING pkix.some_code". */
export function findingsOf(
    python: string,
    subjects: readonly Subject[],
): Promise<readonly (readonly string[])[]> {
    const { PATH = "" } = process.env;
    return new Promise((resolve, reject) => {
        const child = execFile(
            python,
            [join(__dirname, "pkilint_findings.py")],
            { env: { PATH, PYTHONWARNINGS: "ignore" }, timeout: 240_000, maxBuffer: 16 * 1024 * 1024 },
            (error, stdout, stderr) => {
                if (error !== null) reject(new Error(stderr || error.message));
                // pkilint_findings.py prints exactly this.
                else resolve(JSON.parse(stdout) as string[][]);
            },
        );
        child.stdin?.end(JSON.stringify(subjects));
    });
}
