/** Administrators of a Vault cluster: who is declared, whom a certificate at hand makes one of them, and who may go. */
import { z } from "zod";
import { sameJson } from "../changes";
import { PortcullisError } from "../errors";
import { pemField } from "../pki/fields";
import { parseCertificate, type ParsedCertificate } from "../pki/parsed-certificate";
import { certificateBlocksIn, invalidInput, normalisePem } from "../pki/pem";
import { ADMINISTRATOR_POLICY } from "./policies";

/** What the names of administrators' roles begin with. */
export const ROLE_PREFIX = "administrator-";

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** Either exactly one certificate, or whoever an authority certifies under one of the names. */
export interface Administrator {
    readonly name: string;
    readonly certificatePem?: string | undefined;
    readonly authorityPem?: string | undefined;
    readonly commonNames?: readonly string[] | undefined;
}

/** The certificate of an authority. */
export const authorityPem = pemField("authority's certificate", (pem) => {
    const normalised = normalisePem(pem);
    if (parseCertificate(normalised).basicConstraints?.ca === true) return normalised;
    throw invalidInput(
        undefined,
        "The certificate is not an authority's: its basicConstraints do not say CA:TRUE.",
        "Give the certificate of the authority that issues, or name this one in `certificatePem`.",
    );
});

const clientPem = pemField("client certificate", (pem) => {
    const normalised = normalisePem(pem);
    const { basicConstraints, extendedKeyUsage } = parseCertificate(normalised);
    if (basicConstraints?.ca === true) {
        throw invalidInput(
            undefined,
            "The certificate is an authority's, and would admit everyone whom it certifies.",
            "Issue one of their own, with basicConstraints CA:FALSE and extendedKeyUsage clientAuth; or, if it is an authority that issues for administrators, give it in `authorityPem` with `commonNames`.",
        );
    }
    if (extendedKeyUsage?.includes(CLIENT_AUTH) === true) return normalised;
    throw invalidInput(
        undefined,
        "The certificate is not for TLS clients: its extendedKeyUsage lacks clientAuth.",
        "Issue one with basicConstraints CA:FALSE and extendedKeyUsage clientAuth.",
    );
});

const PLAIN_NAME = "Give the name as it stands in the certificate, in full: no asterisk, 1 to 64 characters.";
const commonName = z.string().regex(/^[^*\p{Cc}]{1,64}$/u, { error: PLAIN_NAME });

export const administratorSchema = z
    .strictObject({
        name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, {
            error: "Give the administrator a name of letters, digits, - and _, at most 63.",
        }),
        certificatePem: clientPem.optional(),
        authorityPem: authorityPem.optional(),
        commonNames: z.array(commonName).min(1, { error: "Give at least one name." }).optional(),
    })
    .superRefine(({ certificatePem, authorityPem: authority, commonNames }, context) => {
        const message =
            (certificatePem === undefined) === (authority === undefined)
                ? "Give exactly one of `certificatePem` and `authorityPem`."
                : (authority === undefined) !== (commonNames === undefined)
                  ? "Give `commonNames` together with `authorityPem`, and only then: without names everyone whom the authority certifies would be an administrator."
                  : undefined;
        if (message !== undefined) context.addIssue({ code: "custom", message });
    });

/** Of the role of the auth method `cert`. */
export function roleNameOf({ name }: Pick<Administrator, "name">): string {
    return `${ROLE_PREFIX}${name}`;
}

/** The role as it is written; the server gives back the same properties. */
export function administratorRole(administrator: Administrator): Readonly<Record<string, unknown>> {
    return {
        certificate: administrator.certificatePem ?? administrator.authorityPem ?? "",
        allowed_common_names: [...(administrator.commonNames ?? [])],
        display_name: administrator.name,
        token_policies: [ADMINISTRATOR_POLICY],
        token_ttl: 3_600,
        token_max_ttl: 8 * 3_600,
        token_type: "service",
    };
}

/** The certificates of a PEM text in their order, each by itself. */
export function certificatesIn(pem: string): readonly string[] {
    return certificateBlocksIn(pem).map((each) => normalisePem(each));
}

/**
 * The first declared administrator whom the certificate makes its holder, as the server will decide; or why it makes
 * nobody one.
 * @param chainPem the client's certificate, and the intermediates that are presented with it
 */
export function administratorBy(
    administrators: readonly Administrator[],
    chainPem: string,
    now: Date,
): Administrator | { readonly refusal: string } {
    const [leaf, ...intermediates] = certificatesIn(chainPem).map((pem) => parseCertificate(pem));
    if (leaf === undefined) return { refusal: "it holds no certificate" };
    const ended = outsideValidity(leaf, now);
    if (ended !== undefined) return { refusal: ended };
    if (leaf.extendedKeyUsage?.includes(CLIENT_AUTH) === false)
        return { refusal: "its extendedKeyUsage lacks clientAuth" };
    const valid = intermediates.filter((each) => outsideValidity(each, now) === undefined);
    const meant = administrators.filter((each) => isMeant(each, leaf, valid));
    const found = meant.find((each) => shutByTime(each, now) === undefined);
    if (found !== undefined) return found;
    const [first] = meant;
    return first === undefined
        ? { refusal: "no administrator of the program is meant by it" }
        : {
              refusal: `of the authority of the administrator "${first.name}", ${shutByTime(first, now) ?? ""}`,
          };
}

/** Why nobody can sign in as this administrator at that time; nothing where the certificate declared is valid then. */
export function shutByTime(
    { certificatePem, authorityPem: authority }: Administrator,
    now: Date,
): string | undefined {
    return outsideValidity(parseCertificate(certificatePem ?? authority ?? ""), now);
}

function outsideValidity({ notBefore, notAfter }: ParsedCertificate, now: Date): string | undefined {
    if (now < notBefore) return `it is not valid before ${notBefore.toISOString()}`;
    if (now >= notAfter) return `it expired on ${notAfter.toISOString()}`;
    return undefined;
}

function isMeant(
    { certificatePem, authorityPem: authority, commonNames }: Administrator,
    leaf: ParsedCertificate,
    intermediates: readonly ParsedCertificate[],
): boolean {
    if (certificatePem !== undefined) return parseCertificate(certificatePem).x509.raw.equals(leaf.x509.raw);
    const [name, another] = leaf.commonNames;
    if (authority === undefined || name === undefined || another !== undefined) return false;
    return commonNames?.includes(name) === true && leadsTo(leaf, intermediates, parseCertificate(authority));
}

/** Whether the authority issued the certificate, directly or by the intermediates. */
function leadsTo(
    certificate: ParsedCertificate,
    intermediates: readonly ParsedCertificate[],
    authority: ParsedCertificate,
): boolean {
    if (isIssuedBy(certificate, authority)) return true;
    return intermediates.some(
        (each) =>
            isIssuedBy(certificate, each) &&
            leadsTo(
                each,
                intermediates.filter((other) => other !== each),
                authority,
            ),
    );
}

function isIssuedBy({ x509 }: ParsedCertificate, by: ParsedCertificate): boolean {
    return by.basicConstraints?.ca === true && x509.checkIssued(by.x509) && x509.verify(by.publicKey);
}

/**
 * The administrators whose roles go with this change. Where any of the last deployment goes or is changed, one that
 * works must stay: whoever makes the call as one of those declared now, or one whom the last deployment left exactly so,
 * with a certificate (of their own, or of the authority) that is valid now.
 * @param present as whom of those declared now the call is made; nobody where the certificate at hand is no one's of them
 * @throws PortcullisError `Lockout`
 */
export function administratorsToRemove(
    last: readonly Administrator[],
    wanted: readonly Administrator[],
    present: Administrator | undefined,
    now: Date,
): readonly Administrator[] {
    const touched = touchedBy(last, wanted);
    const staying = last.filter((each) => !touched.includes(each));
    const works = staying.some((each) => shutByTime(each, now) === undefined);
    if (touched.length > 0 && present === undefined && !works) throw lastOneGoes(touched, staying, now);
    return last.filter(({ name }) => !wanted.some((each) => each.name === name));
}

/** Those of the last deployment who go or are changed. */
export function touchedBy(
    last: readonly Administrator[],
    wanted: readonly Administrator[],
): readonly Administrator[] {
    return last.filter((one) => !wanted.some((each) => sameJson(one, each)));
}

/**
 * Refuses to take the last way in.
 * @param staying those who stay as they were, none of whom can sign in at that time
 */
export function lastOneGoes(
    touched: readonly Administrator[],
    staying: readonly Administrator[],
    now: Date,
): PortcullisError {
    const names = touched.map(({ name }) => `"${name}"`).join(", ");
    const shut = staying.map((each) => `; of "${each.name}", who stays, ${shutByTime(each, now) ?? ""}`);
    return new PortcullisError({
        code: "Lockout",
        property: "administrators",
        problem: `Refused to remove or to change the administrators ${names}: none of those declared now has been seen to sign in${shut.join("")}.`,
        remedy: "Set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY to the certificate and key of one that is declared before and after, or declare the old one beside the new until the new one has signed in. All of them are as they were.",
    });
}
