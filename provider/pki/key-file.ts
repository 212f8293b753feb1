/** The encrypted file that keeps an authority's key outside the state: never overwritten, never deleted. */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, readFile, rm } from "node:fs/promises";
import { PortcullisError } from "../errors";
import { errorCode } from "../system-code";
import { decryptPrivateKey, encryptPrivateKey } from "./keys";
import { invalidInput } from "./pem";

/** Where a private key is kept, encrypted (AES-256), and what opens it. */
export interface KeyFile {
    /** Absolute, or relative to the directory that Pulumi runs in. Its directory must exist. */
    readonly path: string;
    /**
     * The name of the environment variable that holds the passphrase, which is nowhere kept. A new file takes none of
     * fewer than 12 characters.
     */
    readonly passphraseVariable: string;
}

/**
 * The key in the file, decrypted, as PKCS#8 PEM; undefined where there is no such file.
 *
 * @param property the input property that holds the key file, named in errors
 * @throws PortcullisError `InvalidInput` where the file cannot be read or decrypted, or the variable is not set
 */
export async function readKeyFile(file: KeyFile, property: string): Promise<string | undefined> {
    const text = await readText(file, property);
    return text === undefined ? undefined : decryptPrivateKey(text, passphraseOf(file, property), property);
}

/** As `readKeyFile`, for a file that must be there. */
export async function needKeyFile(file: KeyFile, property: string): Promise<string> {
    const key = await readKeyFile(file, property);
    if (key !== undefined) return key;
    throw invalidInput(
        `${property}.path`,
        `There is no file ${file.path}.`,
        "Mount or restore the key file, or correct the path; the key cannot be made again.",
    );
}

/**
 * Writes the key, encrypted, to a new file of mode 0600. The file appears whole or not at all, even where the
 * process is killed; where one is already there, nothing is written.
 *
 * @returns whether the file was written; false where one is already there
 * @throws PortcullisError where the passphrase is missing or short, or the file cannot be written
 */
export async function writeKeyFile(file: KeyFile, privateKeyPem: string, property: string): Promise<boolean> {
    const text = await encryptPrivateKey(
        privateKeyPem,
        passphraseOf(file, property),
        `${property}.passphraseVariable`,
    );
    try {
        return await writeNewFile(file.path, text, 0o600);
    } catch (error) {
        throw invalidInput(
            `${property}.path`,
            `The key file ${file.path} cannot be written (${errorCode(error)}).`,
            "Choose a path in an existing directory that can be written to.",
            error,
        );
    }
}

/**
 * Writes a new file. It appears whole or not at all, even where the process is killed; where one is already there,
 * nothing is written. Throws the system's error where it cannot be written.
 *
 * @returns whether the file was written; false where one is already there
 */
export async function writeNewFile(path: string, text: string, mode: number): Promise<boolean> {
    const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
    try {
        await writeDurably(draft, text, mode);
        try {
            // A link, unlike a rename, fails where the name is taken.
            await link(draft, path);
            return true;
        } catch (error) {
            if (errorCode(error) === "EEXIST") return false;
            // Some file systems know no links; the remaining risk is a file cut short, which is read as none.
            await writeDurably(path, text, mode);
            return true;
        }
    } catch (error) {
        if (errorCode(error) === "EEXIST") return false;
        throw error;
    } finally {
        await rm(draft, { force: true });
    }
}

async function writeDurably(path: string, text: string, mode: number): Promise<void> {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
    try {
        await handle.writeFile(text);
        await handle.sync();
    } finally {
        await handle.close();
    }
}

async function readText(file: KeyFile, property: string): Promise<string | undefined> {
    try {
        return await readFile(file.path, "utf8");
    } catch (error) {
        if (errorCode(error) === "ENOENT") return undefined;
        throw invalidInput(
            `${property}.path`,
            `The key file ${file.path} cannot be read (${errorCode(error)}).`,
            "Correct the path or the file's permissions.",
            error,
        );
    }
}

function passphraseOf(file: KeyFile, property: string): string {
    const passphrase = process.env[file.passphraseVariable];
    if (passphrase !== undefined && passphrase !== "") return passphrase;
    throw new PortcullisError({
        code: "InvalidConfiguration",
        problem: `${property}.passphraseVariable: The environment variable ${file.passphraseVariable} is not set.`,
        remedy: "Set it to the passphrase of the key file, in the environment that pulumi is started from.",
        property: `${property}.passphraseVariable`,
    });
}
