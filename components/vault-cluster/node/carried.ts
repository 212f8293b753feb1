/** A program in Python as user data carries it: without what only its readers need. */

const QUOTES = '"""';

/**
 * The program without comments, docstrings and empty lines, indented by one space where it was by four; what it does is
 * the same. It must have each of them on lines of their own, and no other text in triple quotes.
 */
export function carried(program: string): string {
    const kept: string[] = [];
    let inDocstring = false;
    for (const line of program.split("\n")) {
        const text = line.trim();
        if (inDocstring) {
            inDocstring = !text.endsWith(QUOTES);
            continue;
        }
        if (text.startsWith(QUOTES)) {
            inDocstring = text === QUOTES || !text.endsWith(QUOTES);
            continue;
        }
        if (text !== "" && !text.startsWith("#")) kept.push(line.replace(/^ +/, narrow));
    }
    return `${kept.join("\n")}\n`;
}

function narrow(spaces: string): string {
    return " ".repeat(spaces.length / 4);
}
