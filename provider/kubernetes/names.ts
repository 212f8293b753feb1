/** Names in Kubernetes and host names at a Gateway: which are well formed, which contain which, which certificate covers which. */

const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const HOST_NAME = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})+$`);

/** Whether a text is a DNS label of RFC 1123, as namespaces and services have it: 63 characters at most. */
export function isLabel(text: string): boolean {
    return text.length <= 63 && new RegExp(`^${LABEL}$`).test(text);
}

/** Whether a text is a DNS subdomain of RFC 1123, as most objects' names are: 253 characters at most. */
export function isSubdomain(text: string): boolean {
    return text.length <= 253 && SUBDOMAIN.test(text);
}

/**
 * Whether a text is a host name that Gateway API takes and a certificate can be for: two labels or more in lower case,
 * each of at most 63 characters, the last no number, and at most one `*`, as the whole first label above two others.
 */
export function isHostName(text: string): boolean {
    const labels = text.split(".");
    return (
        text.length <= 253 &&
        HOST_NAME.test(text) &&
        labels.length >= (text.startsWith("*") ? 3 : 2) &&
        labels.every((label) => label.length <= 63) &&
        !/^[0-9]+$/.test(labels.at(-1) ?? "")
    );
}

/** Whether a host name stands for every name one label below another. */
export function isWildcard(hostName: string): boolean {
    return hostName.startsWith("*.");
}

/** Whether a name in a certificate is good for a host name: `*` stands for exactly one label (RFC 6125, 6.4.3). */
export function covers(certificateName: string, hostName: string): boolean {
    if (certificateName === hostName) return true;
    return isWildcard(certificateName) && hostName.replace(/^[^.]+/, "*") === certificateName;
}

/** Whether a Gateway's listener takes a route's host name: `*` stands for one label or more there (Gateway API). */
export function listenerTakes(listener: string, hostName: string): boolean {
    return listener === hostName || (isWildcard(listener) && hostName.endsWith(listener.slice(1)));
}

/** Whether a host name is a domain itself, with or without `*` above it, or lies below it. */
export function isWithin(domain: string, hostName: string): boolean {
    const name = isWildcard(hostName) ? hostName.slice(2) : hostName;
    return name === domain || name.endsWith(`.${domain}`);
}
