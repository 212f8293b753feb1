/** Reads texts that may be no JSON. */

/** Nothing where the text is no JSON: the platform's own error repeats a part of it. */
export function jsonOf(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
