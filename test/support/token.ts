/** A PKCS#11 token for tests, initialised in a folder of its own, whose keys are made inside of it and never leave. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SoftHsm } from "../../tools/services/softhsm";

const LABEL = "gate";
const PINS = { PORTCULLIS_TEST_PIN: "491827", PORTCULLIS_TEST_SO_PIN: "83729164" };
const USER = ["--token-label", LABEL, "--login", "--pin", "env:PORTCULLIS_TEST_PIN"];

export interface Token {
    /** Makes a key pair in the token, and gives how the token guards each private key of that label. */
    makeKey(label: string, type: "rsa:2048" | "EC:prime256v1"): string[];
    /** Arguments by which openssl commands that take `-key` use a key of the token. */
    keyArguments(label: string): readonly string[];
    /** The key's name (RFC 7512), with where its PIN is. */
    keyUri(label: string): string;
    /** What programs need in their environment to use the token. */
    readonly environment: Readonly<Record<string, string>>;
    /** Where the token keeps its objects, in its own encrypted form. */
    readonly store: string;
}

export function makeToken(softHsm: SoftHsm, folder: string): Token {
    const store = join(folder, "token");
    mkdirSync(store);
    const write = (name: string, text: string): string => {
        const path = join(folder, name);
        writeFileSync(path, text, { mode: 0o600 });
        return path;
    };
    const pinFile = write("pin", PINS.PORTCULLIS_TEST_PIN);
    const environment = {
        SOFTHSM2_CONF: write(
            "softhsm2.conf",
            `directories.tokendir = ${store}\nobjectstore.backend = file\n`,
        ),
        OPENSSL_CONF: write(
            "openssl.cnf",
            [
                "openssl_conf = main\n[main]\nengines = engines\n[engines]\npkcs11 = pkcs11\n[pkcs11]",
                `engine_id = pkcs11\ndynamic_path = ${softHsm.engine}\nMODULE_PATH = ${softHsm.module}\ninit = 0`,
                "[req]\ndistinguished_name = name\n[name]\n",
            ].join("\n"),
        ),
    };
    const tool = (...args: readonly string[]): string =>
        execFileSync(softHsm.pkcs11Tool, ["--module", softHsm.module, ...args], {
            encoding: "utf8",
            env: { ...process.env, ...softHsm.environment, ...environment, ...PINS },
            stdio: ["ignore", "pipe", "pipe"],
        });
    const officer = ["--so-pin", "env:PORTCULLIS_TEST_SO_PIN"];
    tool("--init-token", "--slot-index", "0", "--label", LABEL, ...officer);
    const pin = ["--init-pin", "--pin", "env:PORTCULLIS_TEST_PIN"];
    tool("--token-label", LABEL, "--login", "--login-type", "so", ...officer, ...pin);
    const keyUri = (label: string): string =>
        `pkcs11:token=${LABEL};object=${label};type=private;pin-source=file:${pinFile}`;
    let keys = 0;
    return {
        makeKey(label, type) {
            keys += 1;
            // By its id, programs find the public key of a private one.
            const id = keys.toString(16).padStart(2, "0");
            tool(...USER, "--keypairgen", "--key-type", type, "--label", label, "--id", id);
            const objects = tool(...USER, "--list-objects", "--type", "privkey").split(/^(?=\S)/m);
            return objects
                .filter((object) => new RegExp(`^ *label: +${label}$`, "m").test(object))
                .map((object) => /^ *Access: +(.*)$/m.exec(object)?.[1] ?? "");
        },
        keyArguments: (label) => ["-engine", "pkcs11", "-keyform", "engine", "-key", keyUri(label)],
        keyUri,
        environment,
        store,
    };
}
