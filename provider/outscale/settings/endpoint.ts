/** The endpoint's base URL in one form, whichever of its customary forms was given. */
import { refuse } from "../../settings/refuse";
import type { Named } from "../../settings/sources";

const API_PATH = "/api/v1";
const REGION_FORM = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const DEFAULT_REGION = "eu-west-2";

/** The region given; else the one that an endpoint of OUTSCALE's own names; else eu-west-2. */
export function regionOf(region: Named | undefined, endpoint: Named | undefined): string {
    if (region !== undefined) {
        if (!REGION_FORM.test(region.value)) {
            refuse(region.name, `${region.name} is not a region's name.`, "Write it like eu-west-2.");
        }
        return region.value;
    }
    return (
        /^(?:https:\/\/)?api\.([a-z0-9-]+)\.outscale\.com(?=[:/]|$)/i.exec(endpoint?.value ?? "")?.[1] ??
        DEFAULT_REGION
    );
}

/**
 * `https://<host>[:port][/path]/api/v1`: with or without a scheme, and with or without the API's path (`/api/latest`
 * is the same API). Anything but HTTPS is refused.
 */
export function endpointOf(given: Named | undefined, region: string): string {
    if (given === undefined) return `https://api.${region}.outscale.com${API_PATH}`;
    const text = given.value.replaceAll("{region}", region);
    const url = parseUrl(withScheme(text));
    if (url?.protocol === "http:") {
        refuse(
            given.name,
            `${given.name} asks for calls without TLS.`,
            "Write it with https://; a private authority of the endpoint goes in caFile (or OSC_CA_FILE).",
        );
    }
    return (
        apiEndpoint(text) ??
        refuse(
            given.name,
            `${given.name} is not the URL of an API endpoint.`,
            "Write it like https://api.eu-west-2.outscale.com/api/v1, without a user, query or fragment.",
        )
    );
}

/** An endpoint in that form; nothing where the text is no https URL, or one with a user, query or fragment. */
export function apiEndpoint(text: string): string | undefined {
    const url = parseUrl(withScheme(text));
    const extras = [url?.username, url?.password, url?.search, url?.hash].join("");
    if (url?.protocol !== "https:" || extras !== "") return undefined;
    const path = url.pathname.replace(/\/+$/, "").replace(/\/api\/(v1|latest)$/, "");
    return `https://${url.host}${path}${API_PATH}`;
}

function withScheme(text: string): string {
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
}

function parseUrl(text: string): URL | undefined {
    try {
        return new URL(text);
    } catch {
        return undefined;
    }
}
