/** What an operator is about to sign for a request, or why it is not signed: a pure decision. */
import { createHash, type KeyObject } from "node:crypto";
import { PortcullisError } from "../../errors";
import { BACKDATED } from "../certificates";
import { isMalformed } from "../der";
import { EXTENSION, parseCertificate, type ParsedCertificate } from "../parsed-certificate";
import { invalidInput } from "../pem";
import { readRequest, type RequestedCertificate } from "../request";
import { contradictionOf } from "./asked-tier";
import { constraintsOf } from "./certificate-rules";
import { checkSigned, refuseFaults, SIGNED_BY, type SignedFinding } from "./check-signed";
import type { CertificateOrder } from "./certify";
import { isDnsName, generalNamesOf, NO_NAMES, type GeneralNames } from "./general-names";
import { boundsAddresses, rangeText } from "./ip-ranges";
import { nameConstraintsOf, namesOutside } from "./name-constraints";
import { refusalOfSubject } from "./subject-text";
import type { Tier } from "./tiers";

const DAY = 86_400_000;
/** How long a certificate holds unless said: milliseconds. */
export const DEFAULT_VALIDITY: Readonly<Record<Tier, number>> = {
    root: 3650 * DAY,
    intermediate: 1825 * DAY,
    issuer: 730 * DAY,
    server: 365 * DAY,
};

/** What the operator says. */
export interface SigningWish {
    readonly tier: Exclude<Tier, "root">;
    /** The request, PEM, from a file of this name in errors. */
    readonly csrPem: string;
    /** The certificate of the authority that signs, PEM. */
    readonly issuerPem: string;
    /** Milliseconds; `DEFAULT_VALIDITY`, cut short where the issuer ends sooner, unless given. */
    readonly validity?: number | undefined;
    /** In place of what the request asks to be constrained to. */
    readonly permittedDnsDomains?: readonly string[] | undefined;
    /** In place of the IP ranges that the request asks for; counts beside DNS domains alone. */
    readonly permittedIpRanges?: readonly string[] | undefined;
    readonly now: Date;
}

/**
 * What is signed: the request's key, its subject, for a server its DNS names and IP addresses, and for an authority the
 * constraints that it asks for; the rest is what the tier says. Whatever else the request asks for is passed over.
 *
 * @throws PortcullisError `InvalidInput` where the request's signature is not by its key or its key is weak, it asks to
 * be what its tier never is, its names are none that a certificate may have or stand outside the issuer's constraints, or the issuer cannot issue this
 */
export function orderFor(wish: SigningWish): CertificateOrder {
    const { tier, now } = wish;
    const issuer = parseCertificate(wish.issuerPem, "--ca");
    refuseFaults({ faults: issuerFaults(wish) });
    const request = readRequest(wish.csrPem, "--csr");
    const refuse = refusalIn("--csr");
    if (spki(request.publicKey).equals(spki(issuer.publicKey))) {
        throw refuse(
            "The request is for the key of its own issuer.",
            "Make the request with a key of its own.",
        );
    }
    const other = reading(() => contradictionOf(request, tier));
    if (other !== undefined) {
        throw refuse(
            `The request asks to be ${other}, and --tier says ${tier}.`,
            "Name the request that is meant, or the tier that it is for.",
        );
    }
    const subject = refusalOfSubject(request.subject, tier === "server");
    if (subject !== undefined) {
        throw refuse(`The request ${subject}.`, "Make the request again, with a plain subject.");
    }
    if (request.subject.equals(issuer.subject)) {
        throw refuse(
            "The request has the subject of its issuer.",
            "Make it again, with a subject of its own.",
        );
    }
    const names = tier === "server" ? serverNames(request) : undefined;
    const { permittedDnsDomains, permittedIpRanges } =
        tier === "server" ? NO_CONSTRAINTS : constraintsWanted(wish, request);
    refuseOutside(issuer, names ?? { ...NO_NAMES, dnsNames: permittedDnsDomains ?? [] });
    return {
        tier,
        subject: request.subject,
        publicKey: request.publicKey,
        issuerPem: wish.issuerPem,
        ...(names === undefined ? {} : { names }),
        ...(permittedDnsDomains === undefined ? {} : { permittedDnsDomains, permittedIpRanges }),
        notBefore: new Date(Math.max(now.getTime() - BACKDATED, issuer.notBefore.getTime())),
        notAfter: endOf(wish, issuer),
    };
}

/** Whether what was made is what its tier needs, under that issuer: the last look before it is handed out. */
export function refuseMade(madePem: string, wish: SigningWish): void {
    const { faults } = checkSigned(
        [
            { tier: wish.tier, property: "the certificate made", pem: madePem, requests: [wish.csrPem] },
            { tier: SIGNED_BY[wish.tier], property: "--ca", pem: wish.issuerPem },
        ],
        wish.now,
    );
    refuseFaults({ faults });
}

function issuerFaults({ tier, issuerPem, now }: SigningWish): readonly SignedFinding[] {
    const signer = SIGNED_BY[tier];
    const { faults } = checkSigned([{ tier: signer, property: "--ca", pem: issuerPem }], now);
    // Whoever is about to sign below it has no use for being told how to sign it again.
    const remedy = `Name the certificate and the key of the ${signer} in use, by which requests of tier ${tier} are signed.`;
    return faults.map((fault) => ({ ...fault, remedy }));
}

function refusalIn(property: string) {
    return (problem: string, remedy: string): PortcullisError => invalidInput(property, problem, remedy);
}

function serverNames(request: RequestedCertificate): GeneralNames {
    const extension = request.extensions.get(EXTENSION.subjectAltName);
    const names = reading(() => (extension === undefined ? NO_NAMES : generalNamesOf(extension.value)));
    const refuse = refusalIn("--csr");
    const remedy = "Make the request again, with DNS names and IP addresses alone.";
    if (names.dnsNames.length === 0) throw refuse("The request names no DNS name of the server.", remedy);
    if (names.others > 0) throw refuse("The request has names of other kinds than DNS and IP.", remedy);
    const wrong = names.dnsNames.find((name) => !isDnsName(name));
    if (wrong === undefined) return names;
    throw refuse(
        `The request asks for ${JSON.stringify(wrong.slice(0, 255))}, which is no DNS name.`,
        remedy,
    );
}

type Constraints = Pick<CertificateOrder, "permittedDnsDomains" | "permittedIpRanges">;
const NO_CONSTRAINTS: Constraints = {};

/** What the operator says, and the request's wishes for what the operator does not say. */
function constraintsWanted(wish: SigningWish, request: RequestedCertificate): Constraints {
    const { permittedDnsDomains, permittedIpRanges } = wish;
    if (permittedDnsDomains !== undefined && permittedIpRanges !== undefined) {
        return { permittedDnsDomains, permittedIpRanges };
    }
    const asked = permittedDnsDomains === undefined ? askedFor(request) : askedOrNothing(request);
    const domains = permittedDnsDomains ?? asked.permittedDnsDomains;
    if (domains === undefined && permittedIpRanges !== undefined) {
        throw refusalIn("--permitted-ip")(
            "IP ranges bound nothing here without DNS domains.",
            "Say which domains it is constrained to: --permitted-dns.",
        );
    }
    return { permittedDnsDomains: domains, permittedIpRanges: permittedIpRanges ?? asked.permittedIpRanges };
}

/** Where the operator says the domains, constraints of other kinds in the request are passed over. */
function askedOrNothing(request: RequestedCertificate): Constraints {
    try {
        return askedFor(request);
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        return NO_CONSTRAINTS;
    }
}

function askedFor({ extensions }: RequestedCertificate): Constraints {
    const extension = extensions.get(EXTENSION.nameConstraints);
    if (extension === undefined) return NO_CONSTRAINTS;
    const wanted = reading(() => nameConstraintsOf(extension.value));
    const { permittedDns, excludedDns, permittedIps, excludedIps, directory, others } = wanted;
    const ranges = permittedIps?.map(rangeText) ?? [];
    const known = ranges.filter((range) => range !== undefined);
    const saysIps = permittedIps !== undefined || excludedIps.length > 0;
    const simple =
        !directory &&
        !others &&
        excludedDns.length === 0 &&
        known.length === ranges.length &&
        excludedIps.every((range) => range.every((octet) => octet === 0)) &&
        (!saysIps || boundsAddresses(permittedIps, excludedIps));
    if (simple && permittedDns?.every(isDnsName) === true) {
        return { permittedDnsDomains: permittedDns, ...(saysIps ? { permittedIpRanges: known } : {}) };
    }
    throw refusalIn("--csr")(
        "The request asks for name constraints of other kinds than permitted DNS domains and IP ranges.",
        "Say which domains it is constrained to: --permitted-dns.",
    );
}

/** What a request asks for, read; a malformed extension is refused. */
function reading<T>(work: () => T): T {
    try {
        return work();
    } catch (error) {
        if (!isMalformed(error)) throw error;
        throw refusalIn("--csr")(
            "An extension that the request asks for is malformed.",
            "Make the request again, for example: openssl req -new -sha256 -key KEY -out FILE.",
        );
    }
}

function refuseOutside(issuer: ParsedCertificate, names: GeneralNames): void {
    const constraints = constraintsOf(issuer);
    const outside = constraints === undefined ? [] : namesOutside(constraints, names);
    if (outside.length === 0) return;
    throw refusalIn("--csr")(
        `The issuer is constrained, and these names are outside: ${outside.map((name) => JSON.stringify(name)).join(", ")}.`,
        "Leave them out of the request, or have it signed by another authority.",
    );
}

function endOf({ tier, validity, now }: SigningWish, { notAfter }: ParsedCertificate): Date {
    if (validity === undefined) {
        return new Date(Math.min(now.getTime() + DEFAULT_VALIDITY[tier], notAfter.getTime()));
    }
    const end = new Date(now.getTime() + validity);
    if (end <= notAfter) return end;
    const days = Math.floor((notAfter.getTime() - now.getTime()) / DAY);
    throw refusalIn("--validity")(
        `The certificate would outlive its issuer, which ends on ${notAfter.toISOString()}.`,
        `Give at most ${days}d, or renew the issuer first.`,
    );
}

function spki(key: KeyObject): Buffer {
    return key.export({ type: "spki", format: "der" });
}

/** SHA-256 of a public key as encoded (SubjectPublicKeyInfo), in hexadecimal: to compare by eye, in groups of four. */
export function keyFingerprint(key: KeyObject): string {
    return createHash("sha256")
        .update(spki(key))
        .digest("hex")
        .replace(/(.{4})(?=.)/g, "$1 ");
}
