/** Decides whether the nodes' TLS files serve: for their name, for servers and clients, with their key and their roots. */
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { PortcullisError } from "../errors";
import { isKnown } from "../inputs";
import { parseCertificate } from "../pki/parsed-certificate";
import type { CheckFailure, PlannedInputs } from "../resource";

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

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Both ends of a connection between nodes present the same certificate. */
const USES = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2" } as const;

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
        .filter((property) => String(files[property]).includes("PRIVATE KEY-----"))
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
        ...(roots === undefined || "reason" in roots ? [] : chainFailures(chain.pems, roots.pems)),
    ];
}

interface Blocks {
    /** At least one. */
    readonly pems: readonly [string, ...string[]];
}

function blocksOf(text: string, property: string): Blocks | CheckFailure {
    const [first, ...rest] = text.match(BLOCK) ?? [];
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

function leafFailures(leaf: string, now: Date): readonly CheckFailure[] {
    const { extendedKeyUsage = [], notAfter } = parseCertificate(leaf);
    const reasons: string[] = [];
    const missing = Object.entries(USES)
        .filter(([, oid]) => !extendedKeyUsage.includes(oid))
        .map(([use]) => use);
    if (missing.length > 0) {
        reasons.push(
            `It is not for ${missing.join(" and ")}. Issue it with the extended key usages serverAuth and clientAuth: nodes sign in with it as well.`,
        );
    }
    if (notAfter <= now) {
        reasons.push(
            `It ended on ${notAfter.toISOString().slice(0, 10)}. Issue it anew, and give the new one.`,
        );
    }
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

function chainFailures(
    pems: readonly [string, ...string[]],
    authorities: readonly string[],
): readonly CheckFailure[] {
    const chain = pems.map((pem) => new X509Certificate(pem));
    const roots = authorities.map((pem) => new X509Certificate(pem));
    const issued = (one: X509Certificate, by: X509Certificate): boolean =>
        one.checkIssued(by) && one.verify(by.publicKey);
    const broken = chain.findIndex((one, index) => {
        const next = chain[index + 1];
        return next === undefined ? !roots.some((root) => issued(one, root)) : !issued(one, next);
    });
    if (broken < 0) return [];
    const isLast = broken === chain.length - 1;
    return [
        isLast
            ? {
                  property: "authorities",
                  reason: "None of them issued the last certificate of the chain. Give the root that it leads to, and every intermediate behind the leaf.",
              }
            : {
                  property: "certificate",
                  reason: `Its certificate number ${broken + 1} was not issued by the one behind it. Put the leaf first, and each issuer behind what it issued.`,
              },
    ];
}
