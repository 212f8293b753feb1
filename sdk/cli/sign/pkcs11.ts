/** Signs by a key behind PKCS#11, through the openssl command, which knows how to reach it. */
import { spawn } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { PortcullisError } from "../../../provider/errors";
import type { Signer } from "../../../provider/pki/offline/certify";
import { refuse } from "../files";

/** A key behind PKCS#11. */
export interface Pkcs11Key {
    /** Its name (RFC 7512), as `pkcs11:token=root;object=root;type=private`. */
    readonly uri: string;
    /** The PKCS#11 module; that of the configuration of openssl unless given. */
    readonly module?: string | undefined;
}

/**
 * A signer by that key: OpenSSL's engine `pkcs11` (libp11). The PIN is asked for by openssl on the terminal, or read
 * from where the name says (`pin-source`).
 *
 * @throws PortcullisError `InvalidInput` where the name holds the PIN itself, and `InvalidConfiguration` where openssl
 * cannot use the key
 */
export async function pkcs11Signer(key: Pkcs11Key): Promise<Signer> {
    if (!key.uri.startsWith("pkcs11:")) {
        throw refuse("--pkcs11-uri", "The name of the key does not begin with pkcs11:.", "See RFC 7512.");
    }
    if (/pin-value/i.test(key.uri)) {
        throw refuse(
            "--pkcs11-uri",
            "The name of the key holds its PIN, which every user of this machine could read.",
            "Leave pin-value out, and give the PIN when asked, or name a file of it: pin-source=file:PATH.",
        );
    }
    const engine = ["-engine", "pkcs11"];
    const pem = await openssl(key, ["pkey", ...engine, "-inform", "engine", "-in", key.uri, "-pubout"]);
    return {
        publicKey: createPublicKey(pem),
        sign: (data, digest) =>
            openssl(key, ["dgst", `-${digest}`, ...engine, "-keyform", "engine", "-sign", key.uri], data),
    };
}

async function openssl({ module }: Pkcs11Key, args: readonly string[], input?: Buffer): Promise<Buffer> {
    const child = spawn("openssl", args, {
        env: { ...process.env, ...(module === undefined ? {} : { PKCS11_MODULE_PATH: module }) },
        stdio: ["pipe", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
        child.once("error", reject).once("close", resolve);
    });
    // A command that ends at once closes its input before it is written: what it says counts.
    child.stdin.on("error", () => undefined).end(input ?? Buffer.alloc(0));
    try {
        const [output, errors, code] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
        if (code === 0 && output.length > 0) return output;
        throw new Error(errors.toString("utf8").trim().split("\n").at(-1) ?? "");
    } catch (error) {
        throw new PortcullisError({
            code: "InvalidConfiguration",
            property: "--pkcs11-uri",
            problem: `openssl cannot use the key (${error instanceof Error ? error.message : "unknown error"}).`,
            remedy:
                "Install OpenSSL's engine for PKCS#11 (libengine-pkcs11-openssl, openssl-pkcs11), and correct the " +
                "key's name, --pkcs11-module or the PIN.",
            cause: error,
        });
    }
}
