/** Decides whether the nodes' TLS files serve: for their name, for servers and clients, with their key and their roots. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { PortcullisError } from "../errors";
import { isKnown } from "../inputs";
import { isMalformed } from "../pki/der";
import { PURPOSE, USAGE, weaknesses } from "../pki/offline/certificate-rules";
import { parseCertificate } from "../pki/parsed-certificate";
import { certificateBlocksIn } from "../pki/pem";
import { looksLikePrivateKey } from "../pki/private-key-text";
import type { CheckFailure, PlannedInputs } from "../resource";
import { chainFailures, dayOf } from "./tls-chain";

/** The files, with no secret among them: of the key there is its public half. */
export interface TlsFiles {
    /** The DNS name by which nodes and clients call. */
    readonly serverName: string;
    /** The leaf, PEM, and its intermediates behind it. */
    readonly certificate: string;
    /** As `publicKeyOf` gives it: empty where there is no usable private key. */
    readonly publicKey: string;
    /** The roots, PEM. */
    readonly authorities: string;
}

/** Both ends of a connection between nodes present the same certificate. */
const USES = ["serverAuth", "clientAuth"] as const;

/** The public half of an unencrypted private key, PEM; an empty text where there is none. Never throws. */
export function publicKeyOf(privateKey: string): string {
    try {
        return createPublicKey(createPrivateKey(privateKey))
            .export({ type: "spki", format: "pem" })
            .toString();
    } catch {
        // OpenSSL's own words say nothing that the refusal does not say better, and could say too much.
        return "";
    }
}

/** What is wrong with the files as far as they are known, never any of their content. */
export function tlsFailures(files: PlannedInputs<TlsFiles>, now: Date): readonly CheckFailure[] {
    const { serverName, certificate, authorities, publicKey } = files;
    const misplaced = (["certificate", "authorities"] as const)
        .filter((property) => looksLikePrivateKey(String(files[property])))
        .map((property) => ({
            property,
            reason: "There is a private key in it, and it is readable for all who see the state. Give certificates alone, and treat that key as exposed.",
        }));
    if (misplaced.length > 0) return misplaced;
    const chain = isKnown(certificate) ? blocksOf(certificate, "certificate") : undefined;
    const roots = isKnown(authorities) ? blocksOf(authorities, "authorities") : undefined;
    const failures = [chain, roots].filter((part) => part !== undefined && "reason" in part);
    if (chain === undefined || "reason" in chain) return failures;
    return [
        ...failures,
        ...(isKnown(serverName) ? nameFailures(chain.pems[0], serverName) : []),
        ...leafFailures(chain.pems[0], now),
        ...(isKnown(publicKey) ? keyFailures(publicKey, chain.pems[0]) : []),
        ...(roots === undefined || "reason" in roots
            ? []
            : readable(() =>
                  chainFailures(chain.pems, roots.pems, isKnown(serverName) ? serverName : undefined, now),
              )),
    ];
}

interface Blocks {
    /** At least one. */
    readonly pems: readonly [string, ...string[]];
}

function blocksOf(text: string, property: string): Blocks | CheckFailure {
    const [first, ...rest] = certificateBlocksIn(text);
    if (first === undefined)
        return { property, reason: "There is no certificate in it. Give its text in PEM form." };
    try {
        for (const pem of [first, ...rest]) parseCertificate(pem);
        return { pems: [first, ...rest] };
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        return { property, reason: error.message };
    }
}

function nameFailures(leaf: string, serverName: string): readonly CheckFailure[] {
    if (parseCertificate(leaf).x509.checkHost(serverName, { subject: "never" }) !== undefined) return [];
    return [
        {
            property: "certificate",
            reason: `It is not valid for ${serverName}, by which nodes and clients call. Issue it with that name among its DNS names, or correct serverName.`,
        },
    ];
}

/** What is found, or that an extension of one of the certificates cannot be read. */
function readable(judge: () => readonly CheckFailure[]): readonly CheckFailure[] {
    try {
        return judge();
    } catch (error) {
        if (!isMalformed(error)) throw error;
        const reason = "An extension in its chain cannot be read. Issue it anew.";
        return [{ property: "certificate", reason }];
    }
}

function leafFailures(leaf: string, now: Date): readonly CheckFailure[] {
    const certificate = parseCertificate(leaf);
    const { basicConstraints, extendedKeyUsage = [], keyUsage, notBefore, notAfter } = certificate;
    const missing = USES.filter((use) => !extendedKeyUsage.includes(PURPOSE[use]));
    const reasons = [
        ...(basicConstraints?.ca === true
            ? [
                  "It is an authority's (CA:TRUE), by which whoever takes it from a node could issue certificates. Issue one for servers and clients alone.",
              ]
            : []),
        ...(missing.length > 0
            ? [
                  `It is not for ${missing.join(" and ")}. Issue it with the extended key usages serverAuth and clientAuth: nodes sign in with it as well.`,
              ]
            : []),
        ...(keyUsage?.has(USAGE.digitalSignature) === false
            ? ["Its keyUsage lacks digitalSignature, without which there is no TLS 1.3. Issue it with that."]
            : []),
        ...(now < notBefore
            ? [
                  `It is not valid before ${dayOf(notBefore)}. Wait until then, or correct the clock that was wrong.`,
              ]
            : []),
        ...(notAfter <= now ? [`It ended on ${dayOf(notAfter)}. Issue it anew, and give the new one.`] : []),
        ...weaknesses(certificate).map((weakness) => `${weakness} Issue it anew.`),
    ];
    return reasons.map((reason) => ({ property: "certificate", reason }));
}

function keyFailures(publicKey: string, leaf: string): readonly CheckFailure[] {
    if (publicKey === "") {
        return [
            {
                property: "privateKey",
                reason: "The text is no PEM private key, or an encrypted one. Give the key file's text, unencrypted.",
            },
        ];
    }
    const own = parseCertificate(leaf).publicKey.export({ type: "spki", format: "pem" });
    if (own === publicKey) return [];
    return [
        {
            property: "privateKey",
            reason: "The private key is another certificate's. Give the key that this certificate was requested with.",
        },
    ];
}
