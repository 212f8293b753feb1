/** Text in columns, within the width of a terminal. */

/** Between two columns. */
const GAP = 2;
/** The last column is never broken to less than this, however narrow the terminal. */
const LEAST = 30;

/**
 * Rows as lines: every column as wide as its widest cell, but for the last, which is broken at spaces to fit the
 * width. Characters that a terminal would act upon are shown by their code.
 */
export function columns(
    rows: readonly (readonly string[])[],
    indent: number,
    width: number,
): readonly string[] {
    const cells = rows.map((row) => row.map(printable));
    const count = Math.max(0, ...cells.map((row) => row.length)) - 1;
    const widths = Array.from({ length: Math.max(count, 0) }, (_, column) =>
        Math.max(...cells.map((row) => row[column]?.length ?? 0)),
    );
    const before = widths.reduce((sum, each) => sum + each + GAP, indent);
    const room = Math.max(LEAST, width - before);
    return cells.flatMap((row) => {
        const start = widths.map((each, column) => (row[column] ?? "").padEnd(each + GAP)).join("");
        return wrap(row[count] ?? "", room).map((line, index) =>
            `${" ".repeat(indent)}${index === 0 ? start : " ".repeat(start.length)}${line}`.trimEnd(),
        );
    });
}

/** A text broken at spaces; a word that is too long stays whole. */
function wrap(text: string, width: number): readonly string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(" ")) {
        if (line !== "" && line.length + 1 + word.length > width) {
            lines.push(line);
            line = word;
        } else {
            line = line === "" ? word : `${line} ${word}`;
        }
    }
    return [...lines, line];
}

/** Descriptions and names are anybody's text: control and format characters never reach the terminal. */
function printable(text: string): string {
    return text.replace(
        /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
        (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}
