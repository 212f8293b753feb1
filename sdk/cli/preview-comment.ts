/** A preview as the comment of a pull request, in GitHub's Markdown: what was refused first, and each thing once. */
import { readPreview, type PreviewOutput } from "./preview-output";

export interface Preview {
    /** The stack's name. */
    readonly stack: string;
    /** Whether the preview succeeded. */
    readonly outcome: "success" | "failure";
    /** What `pulumi preview --color never` printed. */
    readonly output: string;
}

/** GitHub takes 65,536 characters. */
const LONGEST = 60_000;

/** Begins every comment, so that the next preview of the stack finds it and takes its place. */
export function commentMarker(stack: string): string {
    return `<!-- portcullis preview: ${stack.replace(/[^\w./-]/g, "-").replace(/--+/g, "-")} -->`;
}

/** The comment's text. Secrets are not in it as far as the engine keeps them out of what it prints. */
export function previewComment({ stack, outcome, output }: Preview): string {
    const preview = readPreview(output);
    const top = [
        commentMarker(stack),
        `### Preview of ${code(stack)}: ${verdict(outcome, preview)}`,
        ...preview.refusals.map(({ resource, reason }) => callout("CAUTION", resource, reason)),
        ...preview.violations.map(({ level, policy, resource, message }) =>
            callout(
                level === "advisory" ? "WARNING" : "CAUTION",
                `${policy} (${level}) on ${resource}`,
                message,
            ),
        ),
        ...preview.errors.map((error) => fenced(shortened(error, LONGEST / 4))),
        ...(preview.summary.length > 0 ? [preview.summary.map((line) => `- ${code(line)}`).join("\n")] : []),
    ].join("\n\n");
    if (preview.rest === "") return `${shortened(top, LONGEST)}\n`;
    const room = LONGEST - top.length;
    if (room < 1_000) return `${shortened(top, LONGEST)}\n`;
    const rest = fenced(shortened(preview.rest, room - 500));
    return `${top}\n\n<details>\n<summary>What the preview printed</summary>\n\n${rest}\n\n</details>\n`;
}

function verdict(outcome: Preview["outcome"], { refusals, violations }: PreviewOutput): string {
    if (outcome === "success") return "passed";
    const refused = refusals.length > 0 || violations.some(({ level }) => level !== "advisory");
    return refused ? "refused" : "failed";
}

function callout(kind: "CAUTION" | "WARNING", title: string, text: string): string {
    const lines = [`**${escaped(title)}**`, "", ...escaped(text).split("\n")];
    return [`> [!${kind}]`, ...lines.map((line) => `> ${line}`.trimEnd())].join("\n");
}

/** Text that can neither call anybody, nor bring HTML or links with it; it reads as it was. */
function escaped(text: string): string {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/@/g, "&#64;").replace(/\]\(/g, "]\\(");
}

function code(text: string): string {
    return `\`${text.replaceAll("`", "'")}\``;
}

/** A code block whose fence is longer than any within. */
function fenced(text: string): string {
    const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
    const fence = "`".repeat(longest + 1);
    return `${fence}text\n${text}\n${fence}`;
}

function shortened(text: string, room: number): string {
    if (text.length <= room) return text;
    const note = "\n… the rest is in the log of the workflow's run.";
    return `${text.slice(0, room - note.length)}${note}`;
}
