/** A PKI in tiers for tests: right certificates with their keys and requests, made as an operator's are. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { loadLibrary, nameOf } from "../../provider/pki/certificates";
import { generatePrivateKey } from "../../provider/pki/keys";
import { certify, type CertificateOrder, type Signer } from "../../provider/pki/offline/certify";
import { makeRequest } from "../../provider/pki/offline/make-request";
import { readRequest } from "../../provider/pki/request";
import type { Tier } from "../../provider/pki/offline/tiers";
import { daysFromNow } from "../unit/provider/pki/support";

export interface Rung {
    readonly pem: string;
    readonly key: string;
    /** The request that it answers; empty for the root. */
    readonly request: string;
}

export type Tiers = Readonly<Record<Tier, Rung>>;

export const SERVER_NAMES = { dnsNames: ["vault.example.org"], ipAddresses: ["127.0.0.1"] };

export function signerOf(key: string): Signer {
    const privateKey = createPrivateKey(key);
    return {
        publicKey: createPublicKey(privateKey),
        sign: (data, digest) => Promise.resolve(sign(digest, data, privateKey)),
    };
}

const END = { root: 3000, intermediate: 1500, issuer: 700, server: 300 } as const;

/** Certifies a request at a tier; whatever is given replaces what would be right. */
export async function certified(
    tier: Tier,
    request: string,
    issuer: Rung,
    over: Partial<CertificateOrder> = {},
): Promise<string> {
    const { subject, publicKey } = readRequest(request);
    const order: CertificateOrder = {
        tier,
        subject,
        publicKey,
        issuerPem: issuer.pem,
        notBefore: daysFromNow(-1),
        notAfter: daysFromNow(END[tier]),
        ...(tier === "server" ? { names: SERVER_NAMES } : {}),
        ...over,
    };
    return certify(order, signerOf(issuer.key));
}

/** A root, an intermediate that is constrained to example.org, and below it an issuer and a server. */
export async function makeTiers(organization = "Example"): Promise<Tiers> {
    const library = await loadLibrary();
    const newKey = () => generatePrivateKey("EC-P256");
    const rootKey = await newKey();
    const pem = await certify(
        {
            tier: "root",
            subject: Buffer.from(nameOf(library, { organization, commonName: "Root" }).toArrayBuffer()),
            publicKey: createPublicKey(rootKey),
            notBefore: daysFromNow(-10),
            notAfter: daysFromNow(END.root),
        },
        signerOf(rootKey),
    );
    const root: Rung = { pem, key: rootKey, request: "" };
    const below = async (tier: Exclude<Tier, "root">, commonName: string, issuer: Rung): Promise<Rung> => {
        const key = await newKey();
        const permitted = tier === "intermediate" ? { permittedDnsDomains: ["example.org"] } : {};
        const names = tier === "server" ? { names: SERVER_NAMES } : {};
        const request = await makeRequest(
            { tier, subject: { organization, commonName }, ...permitted, ...names },
            key,
        );
        return { pem: await certified(tier, request, issuer, permitted), key, request };
    };
    const intermediate = await below("intermediate", "Intermediate", root);
    return {
        root,
        intermediate,
        issuer: await below("issuer", "Issuer", intermediate),
        server: await below("server", "vault.example.org", intermediate),
    };
}
