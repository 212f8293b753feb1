/** Whether a program's arguments are plain values, so that they are judged at once and not when outputs have come. */
import * as pulumi from "@pulumi/pulumi";

/** Whether no output and no promise is anywhere in a value. */
export function isPlain(value: unknown): boolean {
    if (typeof value !== "object" || value === null) return true;
    if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
    return Object.values(value).every(isPlain);
}

/**
 * What work makes of arguments: at once where all of them are plain, so that a refusal has the program's line; else as
 * soon as all are known, which in a preview is before anything is made.
 */
export function whenKnown<Args, Result>(
    args: Args,
    work: (known: pulumi.Unwrap<Args>) => Result,
): pulumi.Output<Result> {
    if (!isPlain(args)) return pulumi.output(args).apply(work);
    // Without outputs and promises, what is given is its own unwrapped form.
    const result = work(args as pulumi.Unwrap<Args>);
    return pulumi.output(undefined).apply(() => result);
}
