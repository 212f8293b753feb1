/** The refusal of a component's arguments: every fault at once, each with its remedy. */
import { PortcullisError } from "./errors";
import type { CheckFailure } from "./resource";

/** The error for the component of this type and name, whose inputs are at fault. */
export function refusal(type: string, name: string, failures: readonly CheckFailure[]): PortcullisError {
    const [first, ...others] = failures;
    const lines = failures.map(({ property, reason }) => `${property}: ${reason}`);
    return new PortcullisError({
        code: "InvalidInput",
        problem: `${type} "${name}" is refused${others.length === 0 ? ":" : ` for ${failures.length} reasons:`}\n${lines.map((line) => `  - ${line}\n`).join("")}`,
        remedy: "Correct the program, and run it again.",
        ...(first !== undefined && others.length === 0 && { property: first.property }),
    });
}
