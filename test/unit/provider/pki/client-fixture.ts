/** Authorities, inputs and a request for the tests of ClientCertificate. */
import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as library from "@peculiar/x509";
import {
    clientCertificate,
    type ClientCertificateInputs,
    type ClientCertificateState,
} from "../../../../provider/pki/client-certificate";
import { Declarations } from "../../../../provider/declarations";
import { normalisePem } from "../../../../provider/pki/pem";
import type { Context } from "../../../../provider/resource";
import { authority, daysFromNow, NOW, type Made } from "./support";

export interface Fixture {
    readonly ca: Made;
    /** The same authority, renewed. */
    readonly renewedCa: Made;
    readonly otherCa: Made;
    readonly inputs: ClientCertificateInputs;
    readonly csrPem: string;
}

export async function fixture(): Promise<Fixture> {
    const ca = await authority({ notBefore: daysFromNow(-100), notAfter: daysFromNow(1000) });
    return {
        ca,
        renewedCa: await authority({ notBefore: daysFromNow(-1), notAfter: daysFromNow(2000) }, ca.key),
        otherCa: await authority({ notBefore: daysFromNow(-1), notAfter: daysFromNow(2000) }),
        inputs: {
            commonName: "alice",
            authorityCertificatePem: normalisePem(ca.pem),
            authorityPrivateKeyPem: ca.key,
            keyAlgorithm: "EC-P256",
            validity: "365d",
            renewBefore: "30d",
        },
        csrPem: await request(),
    };
}

/** The context of a moment. */
export const at = (now: Date): Context<unknown> => ({
    client: undefined,
    now: () => now,
    declared: new Declarations(),
    sleep: () => Promise.resolve(),
});

export async function create(inputs: ClientCertificateInputs, now = NOW): Promise<ClientCertificateState> {
    return (await clientCertificate.create(inputs, at(now))).state;
}

/** What names another authority. */
export function ofAuthority({ pem, key }: Made): Partial<ClientCertificateInputs> {
    return { authorityCertificatePem: pem, authorityPrivateKeyPem: key };
}

/** A request with a subject and extensions that must not be taken over. */
async function request(): Promise<string> {
    const algorithm = { name: "ECDSA", namedCurve: "P-384" };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const made = await library.Pkcs10CertificateRequestGenerator.create(
        {
            name: "CN=mallory",
            keys,
            signingAlgorithm: { name: "ECDSA", hash: "SHA-384" },
            extensions: [new library.BasicConstraintsExtension(true, undefined, true)],
        },
        webcrypto,
    );
    return `${made.toString("pem")}\n`;
}
