/** Finds private keys, and settings that are secrets by their name, that are not encrypted. */
import type { Plain, PlainObject } from "./properties";

/** PEM (RFC 7468), OpenSSH's and OpenPGP's armour; a key that a passphrase encrypts is not in plain text. */
const MARK = /-----BEGIN (?!ENCRYPTED )(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/;

/** Text in base64 that is long enough to hold such a mark: alone, or somewhere in a file such as a kubeconfig. */
const BASE64 = /[A-Za-z0-9+/]{36,}/g;

/** Settings of a provider that are secrets, whatever they hold. */
const SECRET_SETTINGS: readonly string[] = ["secretKey", "secretKeyId"];

/** The paths (`data.files[0]`) of all texts with a private key that are not encrypted. */
export function plainPrivateKeys(value: Plain, path = ""): readonly string[] {
    if (typeof value === "string") return holdsPrivateKey(value) ? [path] : [];
    if (typeof value !== "object" || value === null) return [];
    if (Array.isArray(value)) {
        const list: readonly Plain[] = value;
        return list.flatMap((each, index) => plainPrivateKeys(each, `${path}[${index}]`));
    }
    return Object.entries(value).flatMap(([key, each]) =>
        plainPrivateKeys(each, path === "" ? key : `${path}.${key}`),
    );
}

/** The names of a provider's settings that are secrets by their name and are not encrypted. */
export function plainSecretSettings(settings: PlainObject): readonly string[] {
    return Object.entries(settings)
        .filter(([name, value]) => {
            const last = name.slice(name.lastIndexOf(":") + 1);
            return SECRET_SETTINGS.includes(last) && typeof value === "string" && value !== "";
        })
        .map(([name]) => name);
}

function holdsPrivateKey(text: string): boolean {
    if (MARK.test(text)) return true;
    return (text.match(BASE64) ?? []).some((run) => MARK.test(Buffer.from(run, "base64").toString("latin1")));
}
