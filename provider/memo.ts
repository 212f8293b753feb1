/** Remembers what was made of the same text before, within bounds. */

/** Enough for the authorities and clients of a large stack. */
const SIZE = 512;
/** How many of the oldest make room at once. */
const ROOM = 64;

/** The function, with its results remembered by text; a text that it refuses is not. */
export function remembered<T>(make: (text: string) => T): (text: string) => T {
    const known = new Map<string, T>();
    return (text) => {
        const found = known.get(text);
        if (found !== undefined) return found;
        const made = make(text);
        if (known.size >= SIZE) for (const oldest of [...known.keys()].slice(0, ROOM)) known.delete(oldest);
        known.set(text, made);
        return made;
    };
}
