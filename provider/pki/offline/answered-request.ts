/** Which certificate request a signed certificate answers, and how its names differ from those asked for. */
import { EXTENSION, type ParsedCertificate } from "../parsed-certificate";
import { readRequest } from "../request";
import { remedyFor, type Finding } from "./certificate-rules";
import { generalNamesOf, NO_NAMES, type GeneralNames } from "./general-names";
import type { Tier } from "./tiers";

/** What came of the comparison with the requests. */
export interface Answer {
    /** Which of the requests it answers. */
    readonly index?: number;
    readonly findings: readonly Finding[];
}

/**
 * Which request a certificate answers: one for its key, and for a server with its names as well; the present one, which
 * comes first, before others.
 *
 * @throws PortcullisError `InvalidInput` where a request is none, or a RangeError where an extension is malformed
 */
export function answeredRequest(
    certificate: ParsedCertificate,
    tier: Tier,
    requests: readonly string[] | undefined,
): Answer {
    if (requests === undefined || requests.length === 0) return { findings: [] };
    const names = tier === "server" ? namesOf(certificate.extensions) : undefined;
    const own = spki(certificate);
    const candidates = requests.map((pem, index) => ({ index, ...readRequest(pem, "request") }));
    const ofKey = candidates.filter(({ publicKey }) =>
        publicKey.export({ type: "spki", format: "der" }).equals(own),
    );
    const [nearest] = ofKey;
    if (nearest === undefined) {
        const problem = "It is for another key than the request's.";
        return { findings: [{ problem, remedy: remedyFor(tier) }] };
    }
    if (names === undefined) return { index: nearest.index, findings: [] };
    const match = ofKey.find(({ extensions }) => nameFaults(names, namesOf(extensions)).length === 0);
    if (match !== undefined) return { index: match.index, findings: [] };
    const problems = nameFaults(names, namesOf(nearest.extensions));
    return { findings: problems.map((problem) => ({ problem, remedy: remedyFor(tier) })) };
}

/** The public key as encoded, to compare keys by. */
export function spki({ publicKey }: ParsedCertificate): Buffer {
    return publicKey.export({ type: "spki", format: "der" });
}

/** The names in the extensions of a certificate or a request. Throws a RangeError where they are malformed. */
export function namesOf(extensions: ParsedCertificate["extensions"]): GeneralNames {
    const extension = extensions.get(EXTENSION.subjectAltName);
    return extension === undefined ? NO_NAMES : generalNamesOf(extension.value);
}

/** How the names of a server's certificate differ from those asked for. */
function nameFaults(given: GeneralNames, wanted: GeneralNames): string[] {
    const all = (names: GeneralNames) => [...names.dnsNames, ...names.ipAddresses];
    const missing = all(wanted).filter((name) => !all(given).includes(name));
    const extra = all(given).filter((name) => !all(wanted).includes(name));
    return [
        ...(missing.length > 0 ? [`It lacks names that were asked for: ${missing.join(", ")}.`] : []),
        ...(extra.length > 0 ? [`It has names that were not asked for: ${listed(extra)}.`] : []),
        ...(given.others > 0 ? ["It has names that are neither DNS names nor IP addresses."] : []),
    ];
}

/** Names of somebody else's choice, in a form that is safe to print. */
export function listed(names: readonly string[]): string {
    return names.map((name) => JSON.stringify(name.slice(0, 255))).join(", ");
}
