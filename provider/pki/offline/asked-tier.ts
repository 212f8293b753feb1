/** Whether a request asks to be something else than the authority that it is about to become: two files taken for one another. */
import { EXTENSION, readBasicConstraints, readExtendedKeyUsage } from "../parsed-certificate";
import type { RequestedCertificate } from "../request";
import { PURPOSE } from "./certificate-rules";
import type { Tier } from "./tiers";

/**
 * What the request asks for that its tier never is; undefined where nothing is. What it does not speak of is no
 * contradiction: a plain request may become anything.
 *
 * Throws as `isMalformed` tells where such an extension is malformed.
 */
export function contradictionOf({ extensions }: RequestedCertificate, tier: Tier): string | undefined {
    const constraints = readBasicConstraints(extensions.get(EXTENSION.basicConstraints));
    const purposes = readExtendedKeyUsage(extensions.get(EXTENSION.extendedKeyUsage)) ?? [];
    // A server's certificate is none of an authority, whatever was asked for.
    if (tier === "server") return undefined;
    if (constraints?.ca === false) return "no authority's (CA:FALSE)";
    const ofTls = purposes.some(
        (purpose) => purpose === PURPOSE.serverAuth || purpose === PURPOSE.clientAuth,
    );
    return ofTls ? "a TLS server's or client's (extendedKeyUsage)" : undefined;
}
