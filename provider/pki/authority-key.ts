/** Where an authority's key is: in the state or in an encrypted file; made once, moved between them, never replaced. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { needKeyFile, readKeyFile, writeKeyFile, type KeyFile } from "./key-file";
import { generatePrivateKey, keyAlgorithmOf, type KeyAlgorithm } from "./keys";
import { invalidInput } from "./pem";

const PROPERTY = "privateKeyFile";

/**
 * The key of a new authority. A key file that is already there is adopted where its passphrase opens it and its key
 * is of the algorithm asked for: so a run that was stopped after it wrote the file continues with that key, and a key
 * made beforehand can be brought along. It is never overwritten.
 */
export async function newAuthorityKey(algorithm: KeyAlgorithm, file: KeyFile | undefined): Promise<string> {
    if (file === undefined) return generatePrivateKey(algorithm);
    const existing = await readKeyFile(file, PROPERTY);
    if (existing !== undefined) return ofAlgorithm(existing, algorithm, file);
    const made = await generatePrivateKey(algorithm);
    if (await writeKeyFile(file, made, PROPERTY)) return made;
    // Another run wrote the file meanwhile.
    return ofAlgorithm(await needKeyFile(file, PROPERTY), algorithm, file);
}

function ofAlgorithm(key: string, algorithm: KeyAlgorithm, file: KeyFile): string {
    const found = keyAlgorithmOf(createPrivateKey(key)) ?? "of another kind";
    if (found === algorithm) return key;
    throw invalidInput(
        PROPERTY,
        `The key in ${file.path} is ${found}, while keyAlgorithm says ${algorithm}. It is never overwritten.`,
        "Name a path where no file is yet, or set keyAlgorithm to that of the key.",
    );
}

/** What tells whose key it is, and where. */
export interface KeyHolder {
    /** The key's other half. */
    readonly publicKey: KeyObject;
    readonly privateKeyPem?: string | undefined;
    readonly privateKeyFile?: KeyFile | undefined;
}

/**
 * The key of an existing authority, put into `wanted` if it is not yet there. A file at the wanted place must hold
 * this very key. The file that the key came from is left alone.
 */
export async function existingAuthorityKey(state: KeyHolder, wanted: KeyFile | undefined): Promise<string> {
    if (wanted === undefined) return ownKey(await heldKey(state), state);
    const there = await readKeyFile(wanted, PROPERTY);
    if (there !== undefined) return ownKey(there, state);
    if (state.privateKeyFile?.path === wanted.path) return needKeyFile(wanted, PROPERTY);
    const key = ownKey(await heldKey(state), state);
    if (await writeKeyFile(wanted, key, PROPERTY)) return key;
    return ownKey(await needKeyFile(wanted, PROPERTY), state);
}

async function heldKey(state: KeyHolder): Promise<string> {
    if (state.privateKeyPem !== undefined) return state.privateKeyPem;
    if (state.privateKeyFile !== undefined) return needKeyFile(state.privateKeyFile, PROPERTY);
    throw invalidInput(
        PROPERTY,
        "The state of this authority names no place of its key.",
        "Restore the state from a backup, or replace the authority.",
    );
}

function ownKey(key: string, state: KeyHolder): string {
    if (createPublicKey(key).equals(state.publicKey)) return key;
    throw invalidInput(
        PROPERTY,
        "The key file holds another key than this authority's.",
        "Name the file of this authority's key, or a path where no file is yet.",
    );
}
