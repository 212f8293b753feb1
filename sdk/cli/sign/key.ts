/** The key that signs: in an encrypted file, or behind PKCS#11. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { existsSync } from "node:fs";
import { PortcullisError } from "../../../provider/errors";
import {
    decryptPrivateKey,
    encryptPrivateKey,
    generatePrivateKey,
    refuseShortPassphrase,
    type KeyAlgorithm,
} from "../../../provider/pki/keys";
import { writeNewFile } from "../../../provider/pki/key-file";
import { errorCode } from "../../../provider/system-code";
import type { Signer } from "../../../provider/pki/offline/certify";
import { readText, refuse } from "../files";
import { pkcs11Signer } from "./pkcs11";
import { ask } from "./terminal";

/** How flags name the key. */
export interface KeyFlags {
    readonly key?: string;
    readonly passphraseVariable?: string;
    readonly pkcs11Uri?: string;
    readonly pkcs11Module?: string;
}

const EITHER = "Give exactly one of --key and --pkcs11-uri.";

/**
 * The signer that the flags name.
 *
 * @throws PortcullisError where the key cannot be read, opened or reached
 */
export async function signerFor(flags: KeyFlags): Promise<Signer> {
    const behind = pkcs11Of(flags);
    if (behind !== undefined) return behind;
    const { key = "" } = flags;
    const text = await readText(key, "--key");
    return signerOf(decryptPrivateKey(text, await passphraseOf(flags, `Passphrase of ${key}: `), "--key"));
}

/**
 * The signer that the flags name, and whether its key was made for it: a file that is not there is made, encrypted
 * (PKCS#8, AES-256), of mode 0600. One that is there is used as it is, and never overwritten.
 *
 * @throws PortcullisError as `signerFor`, and where the passphrase of a new key has fewer than 12 characters
 */
export async function signerOrNew(
    flags: KeyFlags,
    algorithm: KeyAlgorithm,
): Promise<Signer & { readonly made: boolean }> {
    const behind = pkcs11Of(flags);
    if (behind !== undefined) return { ...(await behind), made: false };
    const { key = "" } = flags;
    if (existsSync(key)) return { ...(await signerFor(flags)), made: false };
    const passphrase = await newPassphrase(flags, key);
    const privateKeyPem = await generatePrivateKey(algorithm);
    const encrypted = await encryptPrivateKey(privateKeyPem, passphrase);
    const written = await writeNewFile(key, encrypted, 0o600).catch((error: unknown) => {
        const why = `The key file ${key} cannot be written (${errorCode(error)}).`;
        throw refuse("--key", why, "Choose a path in a folder that can be written to.");
    });
    if (!written) throw refuse("--key", `Another command has just written ${key}.`, "Run this one again.");
    return { ...signerOf(privateKeyPem), made: true };
}

function pkcs11Of(flags: KeyFlags): Promise<Signer> | undefined {
    const { key, pkcs11Uri: uri, pkcs11Module: module } = flags;
    if ((key === undefined) === (uri === undefined)) {
        const given = key === undefined ? "No key is named." : "Two keys are named.";
        throw refuse(key === undefined ? "--key" : "--pkcs11-uri", given, EITHER);
    }
    return uri === undefined ? undefined : pkcs11Signer({ uri, module });
}

function signerOf(privateKeyPem: string): Signer {
    const key = createPrivateKey(privateKeyPem);
    return {
        publicKey: createPublicKey(key),
        sign: (data, digest) => Promise.resolve(sign(digest, data, key)),
    };
}

const NO_TERMINAL = "Set an environment variable to the passphrase, and name it: --passphrase-variable.";

async function newPassphrase(flags: KeyFlags, path: string): Promise<string> {
    const passphrase = await passphraseOf(flags, `New passphrase for ${path}: `);
    refuseShortPassphrase(
        passphrase,
        flags.passphraseVariable === undefined ? "--key" : "--passphrase-variable",
    );
    if (flags.passphraseVariable !== undefined) return passphrase;
    if ((await ask("The same passphrase again: ", true, NO_TERMINAL)) === passphrase) return passphrase;
    throw refuse("--key", "The two passphrases differ; no key was made.", "Run the command again.");
}

async function passphraseOf({ passphraseVariable: name }: KeyFlags, question: string): Promise<string> {
    if (name === undefined) return ask(question, true, NO_TERMINAL);
    const passphrase = process.env[name];
    if (passphrase !== undefined && passphrase !== "") return passphrase;
    throw new PortcullisError({
        code: "InvalidConfiguration",
        property: "--passphrase-variable",
        problem: `The environment variable ${JSON.stringify(name)} is not set.`,
        remedy: "Set it to the passphrase of the key file; the flag takes the variable's name, never the passphrase.",
    });
}
