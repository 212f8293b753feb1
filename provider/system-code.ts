/** The codes by which the platform says what went wrong with a file or a connection. */

/** The code of a system error, as "ENOENT"; undefined where it has none. */
export function systemCodeOf(error: unknown): string | undefined {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    return typeof code === "string" ? code : undefined;
}

/** The same for sentences. */
export function errorCode(error: unknown): string {
    return systemCodeOf(error) ?? "unknown error";
}
