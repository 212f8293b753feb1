/** The operator of an offline authority: a folder of their own, and the built `portcullis sign` in it. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const COMMAND = resolve(__dirname, "..", "..", "dist", "sdk", "cli", "main.js");
export const PASSPHRASE = "correct-horse-battery-staple-91";
const VARIABLE = "OPERATOR_PASSPHRASE";

export interface Ran {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

export interface Operator {
    readonly folder: string;
    path(name: string): string;
    write(name: string, text: string): string;
    read(name: string): string;
    /** Runs `portcullis sign` there, with the passphrase in its environment, and no terminal. */
    sign(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ran>;
    /** As `sign`; fails where the command does. */
    signed(...args: readonly string[]): Promise<Ran>;
    /** Runs the openssl command there. */
    openssl(...args: readonly string[]): string;
    /**
     * A request for a new key by openssl, `NAME.csr`; the key is in `NAME.plain`, and in `NAME.key` encrypted under the
     * passphrase.
     */
    request(name: string, subject: string, newkey: readonly string[], ...more: readonly string[]): void;
    close(): void;
}

/** How flags name the operator's passphrase. */
export const WITH_PASSPHRASE = ["--passphrase-variable", VARIABLE] as const;

/** As flags say it: sign with the passphrase, and without asking. */
export const YES = [...WITH_PASSPHRASE, "--yes"] as const;

/** `-newkey` of openssl. */
export const EC = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
export const RSA = ["rsa:2048"];
export const SAN = "subjectAltName=DNS:vault.example.org,IP:127.0.0.1";

/** Arguments that sign `NAME.csr` by the authority `ISSUER.pem` with `ISSUER.key`. */
export function csrArguments(
    tier: string,
    name: string,
    issuer: string,
    ...more: readonly string[]
): readonly string[] {
    return [
        ...["csr", "--tier", tier, "--csr", `${name}.csr`, "--ca", `${issuer}.pem`, "--key", `${issuer}.key`],
        ...["--out", `${name}.pem`, ...more],
    ];
}

/** Arguments that make the root `NAME.pem` with `NAME.key`. */
export function rootArguments(name: string, ...more: readonly string[]): readonly string[] {
    return [
        ...["root", "--common-name", `${name} root`, "--organization", "Example", "--country", "FR"],
        ...["--key", `${name}.key`, "--out", `${name}.pem`, ...more],
    ];
}

/** Makes `TIER-ALGORITHM.pem` of every tier, each request by openssl. */
export async function makeChain(
    operator: Operator,
    algorithm: string,
    newkey: readonly string[],
): Promise<void> {
    const of = (tier: string): string => `${tier}-${algorithm}`;
    await operator.signed(...rootArguments(of("root"), "--key-algorithm", algorithm, ...YES));
    operator.request(of("intermediate"), "/O=Example/CN=Intermediate", newkey);
    const permitted = ["--permitted-dns", "example.org"];
    await operator.signed(
        ...csrArguments("intermediate", of("intermediate"), of("root"), ...permitted, ...YES),
    );
    operator.request(of("issuer"), "/O=Example/CN=Issuer", EC);
    await operator.signed(...csrArguments("issuer", of("issuer"), of("intermediate"), ...YES));
    operator.request(of("server"), "/CN=vault.example.org", newkey, "-addext", SAN);
    await operator.signed(...csrArguments("server", of("server"), of("intermediate"), ...YES));
}

/** Fails unless openssl accepts the first certificate, strictly, by those above it. */
export function assertVerified(
    operator: Operator,
    names: readonly [string, ...string[]],
    ...flags: readonly string[]
): void {
    const [leaf, ...above] = names.map((name) => `${name}.pem`);
    const [anchor = "", ...between] = [...above].reverse();
    const untrusted = between.flatMap((file) => ["-untrusted", file]);
    for (const policy of [[], ["-policy_check"]]) {
        const strict = ["verify", "-x509_strict", ...policy, ...flags];
        const said = operator.openssl(...strict, "-CAfile", anchor, ...untrusted, leaf ?? "");
        assert.equal(said, `${String(leaf)}: OK\n`);
    }
}

export function openOperator(): Operator {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-operator-"));
    const path = (name: string): string => join(folder, name);
    const sign: Operator["sign"] = (args, environment = {}) =>
        new Promise((done) => {
            const env = { ...process.env, [VARIABLE]: PASSPHRASE, ...environment };
            const child = execFile(
                process.execPath,
                [COMMAND, "sign", ...args],
                { cwd: folder, env, timeout: 60_000 },
                (error, stdout, stderr) => {
                    const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
                    done({ code, stdout, stderr });
                },
            );
            child.stdin?.end();
        });
    const openssl: Operator["openssl"] = (...args) =>
        execFileSync("openssl", args, {
            cwd: folder,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
            env: { ...process.env, [VARIABLE]: PASSPHRASE },
        });
    return {
        folder,
        path,
        openssl,
        request: (name, subject, newkey, ...more) => {
            openssl(
                ...["req", "-new", "-sha256", "-newkey", ...newkey, "-nodes", "-keyout", `${name}.plain`],
                ...["-subj", subject, "-out", `${name}.csr`, ...more],
            );
            const encrypt = ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", `env:${VARIABLE}`];
            openssl(...encrypt, "-in", `${name}.plain`, "-out", `${name}.key`);
        },
        write: (name, text) => {
            writeFileSync(path(name), text);
            return path(name);
        },
        read: (name) => readFileSync(path(name), "utf8"),
        sign,
        signed: async (...args) => {
            const ran = await sign(args);
            if (ran.code !== 0) throw new Error(ran.stderr);
            return ran;
        },
        close: () => {
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
