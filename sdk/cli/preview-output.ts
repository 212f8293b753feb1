/** Reads what `pulumi preview --color never` prints: what was refused, by whom, and what would change. */

/** A resource that its provider refused, and the provider's own words. */
export interface Refusal {
    readonly resource: string;
    readonly reason: string;
}

/** What a policy pack said of a resource. */
export interface PolicyViolation {
    /** `mandatory` where it refuses the preview, `advisory` where not. */
    readonly level: string;
    readonly policy: string;
    readonly resource: string;
    readonly message: string;
}

export interface PreviewOutput {
    readonly refusals: readonly Refusal[];
    readonly violations: readonly PolicyViolation[];
    /** Errors of any other kind. */
    readonly errors: readonly string[];
    /** The counts of what would change. */
    readonly summary: readonly string[];
    /** Everything else, in its order. */
    readonly rest: string;
}

/** The parts that end the output, each under a line of its own. */
const HEADINGS = ["Policies", "Diagnostics", "Outputs", "Resources"] as const;
type Heading = (typeof HEADINGS)[number];

/** Said once the errors have been said. */
const FINAL = "preview failed";

/** Nothing is lost where the text has another form: what is not recognised stands in `rest`. */
export function readPreview(output: string): PreviewOutput {
    const parts = split(output);
    const { errors, others } = diagnostics(parts.Diagnostics);
    const all = [...new Set(errors)].filter((error) => error !== FINAL);
    const refusals = all.flatMap((error) => refusalOf(error) ?? []);
    const violations = violationsOf(parts.Policies);
    // Progress tells each error as it comes up, before they are told again at the end.
    const told = (line: string): boolean =>
        line.startsWith("@ ") ||
        [...all, FINAL].some((error) => line.endsWith(`error: ${error.split("\n")[0] ?? ""}`));
    const rest = [
        ...parts.changes.filter((line) => !told(line)),
        ...under("Policies", violations.length > 0 ? [] : parts.Policies),
        ...under("Diagnostics", others),
        ...under("Outputs", parts.Outputs),
    ];
    return {
        refusals,
        violations,
        errors: all.filter((error) => refusalOf(error) === undefined),
        summary: parts.Resources.map((line) => line.trim()).filter((line) => line !== ""),
        rest: rest
            .join("\n")
            .replace(/\n{3,}/g, "\n\n")
            .trim(),
    };
}

type Parts = Record<Heading | "changes", string[]>;

function split(output: string): Parts {
    const parts: Parts = { changes: [], Policies: [], Diagnostics: [], Outputs: [], Resources: [] };
    let current: keyof Parts = "changes";
    for (const line of output.split(/\r?\n/)) {
        const heading = HEADINGS.find((each) => line.trimEnd() === `${each}:`);
        if (heading === undefined) parts[current].push(line.trimEnd());
        else current = heading;
    }
    return parts;
}

/** The errors, and all other lines without the headings of resources that have nothing else to say. */
function diagnostics(lines: readonly string[]): { errors: readonly string[]; others: readonly string[] } {
    const errors: string[][] = [];
    const others: string[] = [];
    let heading: string | undefined;
    let error: string[] | undefined;
    for (const line of lines) {
        const begun = /^ {4}(error|warning|info|debug): (.*)$/.exec(line);
        if (/^ {2}\S.*:$/.test(line)) {
            heading = line;
            error = undefined;
        } else if (begun?.[1] === "error") {
            error = [begun[2] ?? ""];
            errors.push(error);
        } else if (begun === null && error !== undefined) {
            error.push(line.replace(/^ {4}/, ""));
        } else {
            error = undefined;
            if (line === "") continue;
            if (heading !== undefined) others.push(heading);
            heading = undefined;
            others.push(line);
        }
    }
    return { errors: errors.map((each) => each.join("\n").trim()), others };
}

function refusalOf(error: string): Refusal | undefined {
    const match = /^\S+ resource '([^']+)' has a problem: ([^]+)$/.exec(error);
    return match === null ? undefined : { resource: match[1] ?? "", reason: match[2] ?? "" };
}

function violationsOf(lines: readonly string[]): readonly PolicyViolation[] {
    const found: { head: readonly string[]; message: string[] }[] = [];
    for (const line of lines) {
        const head = /^\s+- \[(\w+)\](?: \[severity: \w+\])?\s+(\S+)\s+\(.*?: ([^:]*)\)$/.exec(line);
        if (head !== null) found.push({ head: head.slice(1), message: [] });
        else if (/^ {10}/.test(line)) found.at(-1)?.message.push(line.trim());
    }
    return found.map(({ head: [level = "", policy = "", resource = ""], message }) => ({
        level,
        policy,
        resource,
        message: message.join("\n"),
    }));
}

function under(heading: Heading, lines: readonly string[]): readonly string[] {
    return lines.some((line) => line !== "") ? ["", `${heading}:`, ...lines] : [];
}
