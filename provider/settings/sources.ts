/** What settings of every kind are read from, and the form in which one stands there. */

/** A value, and the name under which the user gave it. */
export interface Named {
    readonly name: string;
    readonly value: string;
}

/** The files that settings name. */
export interface FileSources {
    /** The user's home directory. */
    readonly home: string;
    /** The text of a file; throws where it cannot be read, with code `ENOENT` where it does not exist. */
    readonly readFile: (path: string) => string;
}
