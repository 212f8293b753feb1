/** What stands beside a profile file: a profile's certificate, and the profile that was found before it. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Place } from "./place";
import type { Companion } from "./store";

/** A certificate and its key in one file, as every client takes them. */
export function certificateFile(
    place: Place,
    profile: string,
    pair: { readonly certificatePem: string; readonly privateKeyPem: string },
): Companion {
    const content = `${pair.certificatePem.trim()}\n${pair.privateKeyPem.trim()}\n`;
    return { ...certificateFileOf(place, profile), content };
}

export function certificateFileOf(place: Place, profile: string): Omit<Companion, "content"> {
    return { path: beside(place, profile, "pem"), heading: headingOf(place, profile) };
}

/** What an adopted profile was: here until it is given back, since a run may end before its state is kept. */
export function foundFile(place: Place, profile: string, raw: string): Companion {
    return { ...foundFileOf(place, profile), content: raw };
}

export function foundFileOf(place: Place, profile: string): Omit<Companion, "content"> {
    return { path: beside(place, profile, "found"), heading: headingOf(place, profile) };
}

/** `<file>.<profile>.<kind>`, beside the path that was given: where that is a link, its target may be in a repository. */
function beside({ path }: Place, profile: string, kind: string): string {
    const isPlain = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(profile);
    const name = isPlain ? profile : createHash("sha256").update(profile).digest("hex").slice(0, 16);
    return `${path}.${name}.${kind}`;
}

/** Readers of PEM pass over text in front of a block. */
function headingOf({ path }: Place, profile: string): string {
    return `# Written by pulumi-portcullis for the profile ${JSON.stringify(profile)} of ${basename(path)}: do not edit.`;
}
