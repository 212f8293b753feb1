/** Refusals over a profile file; nothing of the file's content is ever part of them. */
import { PortcullisError } from "../../errors";
import { errorCode } from "../../system-code";

/** A refusal before anything was written, which it says. */
export function refuseFile(problem: string, remedy: string): PortcullisError {
    return new PortcullisError({
        code: "InvalidConfiguration",
        property: "path",
        problem: `${problem}; nothing has been written.`,
        remedy,
    });
}

/** A failure of the file system, told by its code alone; any other error is itself. */
export function failedFile(path: string, doing: string, error: unknown): unknown {
    if (typeof error !== "object" || error === null || !("errno" in error)) return error;
    return new PortcullisError({
        code: "InvalidConfiguration",
        property: "path",
        problem: `The file ${path} cannot be ${doing} (${errorCode(error)}).`,
        remedy: "Correct its permissions and those of its directory, or choose another `path`.",
    });
}
