/** Files as a compressed archive for any tar: the same bytes for the same files, on whichever machine it is made. */
import { gzipSync } from "fflate";
import type { NodeFile } from "./units";

const BLOCK = 512;

/** A `.tar.gz` of files of root, to be unpacked in `/`. */
export function archive(files: readonly NodeFile[]): Uint8Array {
    const parts = files.flatMap(({ path, mode, text }) => {
        const content = Buffer.from(text);
        return [header(path.slice(1), mode, content.length), content, padding(content.length)];
    });
    // Not by Node's zlib, whose bytes differ from one version and one kind of machine to another.
    return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]), { level: 9, mtime: 0 });
}

function padding(length: number): Buffer {
    return Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);
}

/** A header of POSIX's ustar format; user, group and time are zero. */
function header(name: string, mode: string, length: number): Buffer {
    const block = Buffer.alloc(BLOCK);
    const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
    const fields: readonly (readonly [offset: number, value: string])[] = [
        [0, name],
        [100, mode.padStart(7, "0")],
        [108, octal(0, 7)],
        [116, octal(0, 7)],
        [124, octal(length, 11)],
        [136, octal(0, 11)],
        // The sum is taken with spaces in its own place.
        [148, " ".repeat(8)],
        [156, "0"],
        [257, "ustar\u000000"],
        [265, "root"],
        [297, "root"],
    ];
    for (const [offset, value] of fields) block.write(value, offset, "latin1");
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${octal(sum, 6)}\0 `, 148, "latin1");
    return block;
}
