/** Makes and reads private keys: PEM as the real provider writes it, and Web Crypto keys to sign with. */
import {
    createHash,
    createPrivateKey,
    createPublicKey,
    generateKeyPair,
    webcrypto,
    type KeyObject,
    type webcrypto as WebCrypto,
} from "node:crypto";
import { promisify } from "node:util";
import type { Reader } from "../values";

const generate = promisify(generateKeyPair);

/** By the real provider's name of a curve. */
const CURVES = {
    P224: { openssl: "secp224r1", web: undefined },
    P256: { openssl: "prime256v1", web: "P-256" },
    P384: { openssl: "secp384r1", web: "P-384" },
    P521: { openssl: "secp521r1", web: "P-521" },
} as const;

const HASHES = { "P-256": "SHA-256", "P-384": "SHA-384", "P-521": "SHA-512" } as const;

export interface NewKey {
    readonly privateKeyPem: string;
    readonly privateKeyPemPkcs8: string;
    readonly publicKeyPem: string;
}

/** A new key for the inputs of `tls.PrivateKey`: RSA 2048 and ECDSA P224 where size and curve are not given. */
export async function newKey(inputs: Reader): Promise<NewKey> {
    const key = await make(inputs.text("algorithm"), inputs);
    const traditional = { RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const;
    return {
        privateKeyPem: text(key.export({ format: "pem", type: traditional[algorithmOf(key)] })),
        privateKeyPemPkcs8: text(key.export({ format: "pem", type: "pkcs8" })),
        publicKeyPem: text(createPublicKey(key).export({ format: "pem", type: "spki" })),
    };
}

async function make(algorithm: string, inputs: Reader): Promise<KeyObject> {
    switch (algorithm) {
        case "RSA":
            return (await generate("rsa", { modulusLength: inputs.number("rsaBits", 2048) })).privateKey;
        case "ECDSA": {
            const name = inputs.text("ecdsaCurve", "P224");
            if (!isCurve(name))
                throw new Error(`ecdsaCurve ${name} is none of ${Object.keys(CURVES).join(", ")}.`);
            return (await generate("ec", { namedCurve: CURVES[name].openssl })).privateKey;
        }
        case "ED25519":
            return (await generate("ed25519")).privateKey;
        default:
            throw new Error(`algorithm ${algorithm} is none of RSA, ECDSA, ED25519.`);
    }
}

function isCurve(name: string): name is keyof typeof CURVES {
    return name in CURVES;
}

export type Algorithm = "RSA" | "ECDSA" | "ED25519";

/** A key pair to sign with, and the real provider's name of its algorithm. */
export interface Signer {
    readonly algorithm: Algorithm;
    readonly keys: WebCrypto.CryptoKeyPair;
    readonly signing: { readonly name: string; readonly hash?: string };
}

/** Reads a private key in any PEM form; `property` is named where it is none. */
export async function signer(pem: string, property: string): Promise<Signer> {
    let key: KeyObject;
    try {
        key = createPrivateKey(pem);
    } catch {
        throw new Error(`${property} is not a private key in PEM.`);
    }
    const signing = signingOf(key, property);
    const [privateKey, publicKey] = await Promise.all([
        webcrypto.subtle.importKey("pkcs8", key.export({ format: "der", type: "pkcs8" }), signing, true, [
            "sign",
        ]),
        importPublic(createPublicKey(key), signing),
    ]);
    return { algorithm: algorithmOf(key), keys: { privateKey, publicKey }, signing };
}

async function importPublic(
    key: KeyObject,
    signing: ReturnType<typeof signingOf>,
): Promise<WebCrypto.CryptoKey> {
    const der = key.export({ format: "der", type: "spki" });
    return webcrypto.subtle.importKey("spki", der, signing, true, ["verify"]);
}

function signingOf(key: KeyObject, property: string) {
    switch (algorithmOf(key)) {
        case "RSA":
            return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
        case "ED25519":
            return { name: "Ed25519" };
        case "ECDSA": {
            const openssl = key.asymmetricKeyDetails?.namedCurve;
            const namedCurve = Object.values(CURVES).find((curve) => curve.openssl === openssl)?.web;
            if (namedCurve === undefined) {
                throw new Error(
                    `${property} is on a curve that this stand-in cannot sign with. Use P256 or larger.`,
                );
            }
            return { name: "ECDSA", namedCurve, hash: HASHES[namedCurve] };
        }
    }
}

function algorithmOf(key: KeyObject): Algorithm {
    const names: Partial<Record<string, Algorithm>> = { rsa: "RSA", ec: "ECDSA", ed25519: "ED25519" };
    const type = key.asymmetricKeyType ?? "symmetric";
    const algorithm = names[type];
    if (algorithm === undefined) throw new Error(`A key of type ${type} is none of RSA, ECDSA, ED25519.`);
    return algorithm;
}

/** SHA-1 in hexadecimal, as ids of keys and requests are. */
export function sha1(value: string): string {
    return createHash("sha1").update(value).digest("hex");
}

function text(exported: string | Buffer): string {
    return exported.toString();
}
