/** Decides whether the nodes' certificate serves: for its name, for servers and clients, with its key and its roots. */
import { X509Certificate } from "node:crypto";
import { PortcullisError } from "../../provider/errors";
import type { CheckFailure } from "../../provider/resource";
import { refusalOfPair } from "../../provider/pki/keys";
import { parseCertificate } from "../../provider/pki/parsed-certificate";

/** The files, all of them known. */
export interface TlsFiles {
    readonly certificate: string;
    readonly privateKey: string;
    readonly authorities: string;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Both ends of a connection between nodes present the same certificate. */
const USES = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2" } as const;

/** What is wrong with the files, never any of their content. */
export function tlsFailures(files: TlsFiles, serverName: string, now: Date): readonly CheckFailure[] {
    const misplaced = (["certificate", "authorities"] as const)
        .filter((property) => files[property].includes("PRIVATE KEY-----"))
        .map((property) => ({
            property: `tls.${property}`,
            reason: "There is a private key in it, and it is readable for all who see the state. Give certificates alone, and treat that key as exposed.",
        }));
    if (misplaced.length > 0) return misplaced;
    const chain = blocksOf(files.certificate, "tls.certificate");
    const authorities = blocksOf(files.authorities, "tls.authorities");
    const unreadable = [chain, authorities].filter((part): part is CheckFailure => "reason" in part);
    if ("reason" in chain || "reason" in authorities) return unreadable;
    return [
        ...leafFailures(chain.pems, serverName, now),
        ...keyFailures(files.privateKey, chain.pems[0]),
        ...chainFailures(chain.pems, authorities.pems),
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

function leafFailures(
    [leaf]: readonly [string, ...string[]],
    serverName: string,
    now: Date,
): readonly CheckFailure[] {
    const { x509, extendedKeyUsage = [], notAfter } = parseCertificate(leaf);
    const failures: CheckFailure[] = [];
    const refuse = (reason: string) => failures.push({ property: "tls.certificate", reason });
    if (x509.checkHost(serverName, { subject: "never" }) === undefined) {
        refuse(
            `It is not valid for ${serverName}, by which nodes and clients call. Issue it with that name among its DNS names, or correct serverName.`,
        );
    }
    const missing = Object.entries(USES)
        .filter(([, oid]) => !extendedKeyUsage.includes(oid))
        .map(([use]) => use);
    if (missing.length > 0) {
        refuse(
            `It is not for ${missing.join(" and ")}. Issue it with the extended key usages serverAuth and clientAuth: nodes sign in with it as well.`,
        );
    }
    if (notAfter <= now)
        refuse(`It ended on ${notAfter.toISOString().slice(0, 10)}. Issue it anew, and give the new one.`);
    return failures;
}

function keyFailures(privateKey: string, leaf: string): readonly CheckFailure[] {
    const reason = refusalOfPair(privateKey, leaf);
    return reason === undefined ? [] : [{ property: "tls.privateKey", reason }];
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
                  property: "tls.authorities",
                  reason: "None of them issued the last certificate of tls.certificate. Give the root that the chain leads to, and every intermediate behind the leaf.",
              }
            : {
                  property: "tls.certificate",
                  reason: `Its certificate number ${broken + 1} was not issued by the one behind it. Put the leaf first, and each issuer behind what it issued.`,
              },
    ];
}
