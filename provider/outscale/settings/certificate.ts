/** The client certificate and the endpoint's authorities, read and checked. */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readNamedFile } from "../../settings/files";
import { refuse } from "../../settings/refuse";
import type { Named } from "../../settings/sources";
import type { ClientCertificate } from "../api/identity";
import type { Layer, PemSetting } from "./layers";
import type { SettingSources } from "./settings";

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const PRIVATE_KEYS = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/g;

/** Whether the place gives any part of a client certificate. */
export function givesCertificate({ certificate, privateKey }: Layer): boolean {
    return [certificate, privateKey].some(({ file, base64 }) => file !== undefined || base64 !== undefined);
}

/** The client certificate of one place, which has to give both halves. */
export function certificateOf(layer: Layer, sources: SettingSources): ClientCertificate {
    const certificate = textOf(layer.certificate, layer.privateKey, sources);
    const privateKey = textOf(layer.privateKey, layer.certificate, sources);
    const certificatePem = blocksOf(certificate.value, CERTIFICATES).join("");
    const [privateKeyPem = ""] = blocksOf(privateKey.value, PRIVATE_KEYS);
    const leaf = parseCertificate(certificatePem, certificate.name);
    const key = parseKey(privateKeyPem, privateKey.name);
    if (!leaf.checkPrivateKey(key)) {
        refuse(
            privateKey.name,
            `The private key of ${privateKey.name} does not belong to the certificate of ${certificate.name}.`,
            "Give the key from which the certificate was requested; where the file holds a chain, put that certificate first.",
        );
    }
    return { certificatePem, privateKeyPem };
}

/** The authorities of a PEM file, one or more. */
export function authoritiesOf(caFile: Named, sources: SettingSources): string {
    const blocks = blocksOf(readNamedFile(caFile, sources), CERTIFICATES);
    if (blocks.length === 0) parseCertificate("", caFile.name);
    for (const block of blocks) parseCertificate(block, caFile.name);
    return blocks.join("");
}

/** The text of one half, which is required as the other half is given. */
function textOf(wanted: PemSetting, other: PemSetting, sources: SettingSources): Named {
    const { file, base64 } = wanted;
    if (file !== undefined && base64 !== undefined) {
        refuse(file.name, `${file.name} and ${base64.name} are both set.`, "Keep one of them.");
    }
    if (file !== undefined) return { name: file.name, value: readNamedFile(file, sources) };
    if (base64 !== undefined) return { name: base64.name, value: decode(base64) };
    const given = (other.file ?? other.base64)?.name ?? other.name;
    return refuse(
        wanted.name,
        `${given} is set, but ${wanted.name} is not.`,
        "Set both in the same place: a certificate and its private key are never taken from different ones.",
    );
}

function decode({ name, value }: Named): string {
    const compact = value.replaceAll(/\s/g, "");
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
        refuse(name, `${name} is not base64.`, "Give the whole PEM file in base64.");
    }
    return Buffer.from(compact, "base64").toString("utf8");
}

function blocksOf(text: string, form: RegExp): readonly string[] {
    return [...text.matchAll(form)].map(([block]) => `${block.replaceAll("\r", "")}\n`);
}

function parseCertificate(pem: string, name: string): X509Certificate {
    try {
        return new X509Certificate(pem);
    } catch {
        return refuse(
            name,
            `${name} holds no certificate in PEM that can be read.`,
            "Give a file with the lines from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, unchanged.",
        );
    }
}

function parseKey(pem: string, name: string): KeyObject {
    try {
        return createPrivateKey(pem);
    } catch {
        // The platform's error is dropped: nothing of a key may reach a log.
        const encrypted = pem.includes("ENCRYPTED");
        return refuse(
            name,
            encrypted
                ? `The private key of ${name} is encrypted.`
                : `${name} holds no private key in PEM that can be read.`,
            encrypted
                ? "Give it unencrypted, in a file that only you can read (`openssl pkey -in encrypted.pem -out key.pem`)."
                : "Give a file with the lines from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----, unchanged.",
        );
    }
}
