/** People who hold recovery shares: PGP keys of the tests, by gpg where it is installed, else by a library. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PgpHolder {
    /** Armored, as it is handed out. */
    readonly publicKey: string;
    /** Lower-case hexadecimal. */
    readonly fingerprint: string;
    /** What was encrypted to the holder, given in base64. */
    readonly decrypt: (encrypted: string) => Promise<string>;
}

export interface PgpHolders {
    /** Which program made the keys. */
    readonly by: "gpg" | "openpgp";
    readonly holders: readonly PgpHolder[];
    /** A key that can only sign. */
    readonly signOnly: string;
    readonly close: () => void;
}

/** So many holders, each with a key of its own. */
export async function makePgpHolders(count: number): Promise<PgpHolders> {
    return spawnSync("gpg", ["--version"]).status === 0 ? byGpg(count) : await byLibrary(count);
}

function byGpg(count: number): PgpHolders {
    // A short path: gpg's agent listens on a socket in it.
    const home = mkdtempSync(join(tmpdir(), "pgp-"));
    const gpg = (args: readonly string[], input?: Buffer): string =>
        execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--no-tty", ...args], {
            encoding: "utf8",
            stdio: ["pipe", "pipe", "pipe"],
            ...(input === undefined ? {} : { input }),
        });
    const make = (name: string, ...kind: readonly string[]): void =>
        void gpg([
            "--passphrase",
            "",
            "--quick-generate-key",
            `${name} <${name}@example.org>`,
            ...kind,
            "never",
        ]);
    const holders = Array.from({ length: count }, (_none, index): PgpHolder => {
        const name = `holder-${index + 1}`;
        make(name, "default", "default");
        const listed = gpg(["--list-keys", "--with-colons", `${name}@example.org`]);
        return {
            publicKey: gpg(["--export", "--armor", `${name}@example.org`]),
            fingerprint: (/^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? "").toLowerCase(),
            decrypt: (encrypted) => Promise.resolve(gpg(["--decrypt"], Buffer.from(encrypted, "base64"))),
        };
    });
    make("signer", "ed25519", "sign");
    return {
        by: "gpg",
        holders,
        signOnly: gpg(["--export", "--armor", "signer@example.org"]),
        close: () => {
            spawnSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
            rmSync(home, { recursive: true, force: true });
        },
    };
}

async function byLibrary(count: number): Promise<PgpHolders> {
    const openpgp = await import("openpgp");
    const make = async (name: string, subkeys: { sign: boolean }[] | undefined) =>
        openpgp.generateKey({
            userIDs: [{ name, email: `${name}@example.org` }],
            format: "object",
            ...(subkeys && { subkeys }),
        });
    const holders: PgpHolder[] = [];
    for (let index = 1; index <= count; index += 1) {
        const { privateKey, publicKey } = await make(`holder-${index}`, undefined);
        holders.push({
            publicKey: publicKey.armor(),
            fingerprint: publicKey.getFingerprint(),
            decrypt: async (encrypted) => {
                const message = await openpgp.readMessage({
                    binaryMessage: Buffer.from(encrypted, "base64"),
                });
                // Its types are of two kinds of modules, which the compiler does not bring together.
                const decrypted: { data: unknown } = await openpgp.decrypt({
                    message,
                    decryptionKeys: privateKey,
                });
                return String(decrypted.data);
            },
        });
    }
    const signer = await make("signer", [{ sign: true }]);
    return { by: "openpgp", holders, signOnly: signer.publicKey.armor(), close: () => undefined };
}
