/** The certificates of the Gateway that are declared by themselves: what follows from their arguments, and what is refused. */
import type * as pulumi from "@pulumi/pulumi";
import { DURATION_FORM, durationOrUndefined } from "../../provider/duration";
import { hostNameRefusal, issuerWords, longestLifetime, type Issuer } from "../../provider/kubernetes/issuer";
import { covers, isHostName, isSubdomain } from "../../provider/kubernetes/names";
import { KEY_ALGORITHMS, type KeyAlgorithm } from "../../provider/pki/keys";
import type { CheckFailure } from "../../provider/resource";
import type { CertificateArgs } from "./args";
import { notHostName, repeated, type Listener } from "./listeners";

export type KnownCertificate = pulumi.Unwrap<CertificateArgs>;

/** A certificate whose arguments are in order; times are milliseconds. */
export interface Certificate {
    readonly secretName: string;
    readonly issuer: Issuer;
    readonly dnsNames: readonly string[];
    readonly commonName: string | undefined;
    readonly duration: number;
    readonly renewBefore: number;
    readonly keyAlgorithm: KeyAlgorithm;
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DEFAULT_DURATION = 2_160 * HOUR;
const DEFAULT_RENEW_BEFORE = 360 * HOUR;
/** What cert-manager's webhook takes at least. Source: pkg/apis/certmanager/v1/const.go. */
const LEAST_DURATION = HOUR;
const LEAST_RENEW_BEFORE = 5 * MINUTE;
/** The upper bound of a common name. Source: RFC 5280, appendix A.1, ub-common-name. */
const LONGEST_COMMON_NAME = 64;

/** The certificate with its defaults; faults in it are found by `certificateFailures`. */
export function certificateOf(
    secretName: string,
    given: KnownCertificate,
    issuer: Issuer,
    listeners: readonly Listener[],
): Certificate {
    const used = listeners
        .filter((listener) => listener.secretName === secretName)
        .map(({ hostname }) => hostname);
    const by = given.issuer ?? issuer;
    const standard = Math.min(DEFAULT_DURATION, longestLifetime(by) ?? DEFAULT_DURATION);
    const duration =
        given.duration === undefined ? standard : (durationOrUndefined(given.duration) ?? standard);
    const third = Math.floor(duration / 3 / MINUTE) * MINUTE;
    const before = given.renewBefore === undefined ? undefined : durationOrUndefined(given.renewBefore);
    return {
        secretName,
        issuer: by,
        dnsNames: given.dnsNames ?? [...new Set(used)],
        commonName: given.commonName,
        duration,
        renewBefore: before ?? Math.min(DEFAULT_RENEW_BEFORE, third),
        keyAlgorithm: given.keyAlgorithm ?? "EC-P256",
    };
}

/** What is wrong with a certificate, with regard to the listeners that use it. */
export function certificateFailures(
    certificate: Certificate,
    given: KnownCertificate,
    listeners: readonly Listener[],
): readonly CheckFailure[] {
    const { secretName, issuer, keyAlgorithm } = certificate;
    const property = `certificates["${secretName}"]`;
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}${part}`, reason });
    if (!isSubdomain(secretName)) {
        refuse(
            "",
            'That is no name of a secret. Write lower-case letters, digits, hyphens and dots, as "shop-tls".',
        );
    }
    if (!listeners.some((listener) => listener.secretName === secretName)) {
        refuse("", "No listener uses it. Name it in a listener's tls.certificateRefs, or leave it out.");
    }
    failures.push(...nameFailures(certificate, given, listeners, property));
    failures.push(...timeFailures(given, issuer, property, certificate));
    if (!KEY_ALGORITHMS.includes(keyAlgorithm)) {
        refuse(
            ".keyAlgorithm",
            `${JSON.stringify(keyAlgorithm)} is no algorithm here. Write one of ${KEY_ALGORITHMS.join(", ")}.`,
        );
    }
    return failures;
}

function nameFailures(
    { secretName, issuer, dnsNames, commonName }: Certificate,
    given: KnownCertificate,
    listeners: readonly Listener[],
    property: string,
): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}.${part}`, reason });
    // Those of the listeners are judged there.
    for (const [index, name] of (given.dnsNames ?? []).entries()) {
        const reason = isHostName(name) ? hostNameRefusal(issuer, name) : notHostName(name);
        if (reason !== undefined) refuse(`dnsNames[${index}]`, reason);
    }
    const [twice] = repeated(given.dnsNames ?? []);
    if (twice !== undefined) refuse("dnsNames", `"${twice}" stands there twice. Give it once.`);
    for (const { name, hostname, secretName: secret } of listeners) {
        if (secret !== secretName || dnsNames.some((one) => covers(one, hostname))) continue;
        refuse(
            "dnsNames",
            `None of them is good for "${hostname}", which the listener "${name}" serves with this certificate ("*" stands for exactly one label). Add it, or leave dnsNames out.`,
        );
    }
    if (commonName === undefined) return failures;
    if (Buffer.byteLength(commonName) > LONGEST_COMMON_NAME) {
        refuse(
            "commonName",
            `It has more than ${LONGEST_COMMON_NAME} bytes. Leave it out: clients read dnsNames alone.`,
        );
    } else if (!dnsNames.includes(commonName)) {
        refuse(
            "commonName",
            `"${commonName}" is not among dnsNames, and issuers refuse that. Add it there, or leave it out.`,
        );
    }
    return failures;
}

/** Of a duration and what is left of it at renewal, whatever they are written in. */
export function timeFailures(
    given: Pick<KnownCertificate, "duration" | "renewBefore">,
    issuer: Issuer,
    property: string,
    { duration, renewBefore }: { readonly duration: number; readonly renewBefore: number },
): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}.${part}`, reason });
    for (const part of ["duration", "renewBefore"] as const) {
        const text = given[part];
        if (text !== undefined && durationOrUndefined(text) === undefined) {
            refuse(part, `${JSON.stringify(text.slice(0, 40))} is no duration. Write ${DURATION_FORM}.`);
        }
    }
    if (failures.length > 0) return failures;
    const longest = longestLifetime(issuer);
    if (duration < LEAST_DURATION) {
        refuse("duration", "cert-manager refuses less than 1h. Give more.");
    } else if (given.duration !== undefined && longest !== undefined && duration > longest) {
        refuse(
            "duration",
            `It is longer than ${String(issuer.limits?.leafLifetime)}, which the ${issuerWords(issuer)} issues at most. Give less, or leave it out.`,
        );
    }
    if (renewBefore < LEAST_RENEW_BEFORE) {
        refuse("renewBefore", "cert-manager refuses less than 5m. Give more.");
    } else if (renewBefore >= duration) {
        refuse(
            "renewBefore",
            "It is not shorter than the duration, so that renewing would never end. Give less.",
        );
    }
    return failures;
}
