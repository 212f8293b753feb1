/** How figures are printed: a table for people, one JSON line each for programs. */
import type { Figure, Goal } from "./figure";

/** `name`, `ratio`, `goal` and `met` of a figure, as one line of JSON without its end. */
export function jsonLine({ name, ratio, goal, met }: Figure): string {
    return JSON.stringify({ name, ratio, goal: "atMost" in goal ? goal.atMost : goal.atLeast, met });
}

/** The figures under their headings, one line each, without the last line's end. */
export function table(figures: readonly Figure[]): string {
    const rows = [
        ["figure", "ratio", "goal", "", "measured"],
        ...figures.map(({ name, ratio, goal, met, detail }) => [
            name,
            String(ratio),
            goalText(goal),
            met ? "met" : "MISSED",
            detail,
        ]),
    ];
    const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => (row[column] ?? "").length)),
    );
    return rows
        .map((row) =>
            row
                .map((cell, column) => cell.padEnd(widths[column] ?? 0))
                .join("  ")
                .trimEnd(),
        )
        .join("\n");
}

function goalText(goal: Goal): string {
    return "atMost" in goal ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
}
