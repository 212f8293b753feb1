/** Profiles of `~/.osc/config.json` and of the older `~/.osc_sdk/config.json`. */
import { join } from "node:path";
import { z } from "zod";
import { pathOf, readCustomaryFile, readNamedFile } from "../../settings/files";
import { refuse } from "../../settings/refuse";
import type { Named } from "../../settings/sources";
import { meaningful, profileLayer, type Layer } from "./layers";
import type { SettingSources } from "./settings";

/** The profile that was found, and whether it was asked for by name. */
export interface FoundProfile {
    readonly name: string;
    readonly layer: Layer;
}

/** What looking for a profile came to. */
export interface ProfileSearch {
    readonly wanted: string;
    readonly found: FoundProfile | undefined;
    /** The profiles that exist in the files looked at. */
    readonly existing: readonly string[];
}

interface ProfileFile {
    readonly path: string;
    readonly profiles: ReadonlyMap<string, unknown>;
}

/**
 * The profile named by `profile`, else by OSC_PROFILE, else `default`. It is taken whole from the first file that has
 * it: the one named by `configFile` or OSC_CONFIG_FILE, else the two customary ones.
 */
export function findProfile(sources: SettingSources): ProfileSearch {
    const asked =
        meaningful("profile", sources.arguments.profile) ??
        meaningful("OSC_PROFILE", sources.environment.OSC_PROFILE);
    const wanted = asked?.value ?? "default";
    const looked: string[] = [];
    const existing: string[] = [];
    for (const open of profileFiles(sources)) {
        const file = open();
        looked.push(file.path);
        existing.push(...file.profiles.keys());
        const profile = file.profiles.get(wanted);
        if (profile === undefined) continue;
        const label = `profile "${wanted}" in ${file.path}`;
        return {
            wanted,
            found: { name: wanted, layer: profileLayer(valuesOf(profile, label), label) },
            existing,
        };
    }
    if (asked !== undefined) {
        const names = [...new Set(existing)].map((name) => `"${name}"`).join(", ");
        refuse(
            asked.name,
            `There is no profile "${wanted}", named by ${asked.name}, in ${looked.join(" or ")}.`,
            names === ""
                ? `Add it there, or leave ${asked.name} out; no profile exists yet.`
                : `Use one that exists (${names}), or add it there.`,
        );
    }
    return { wanted, found: undefined, existing };
}

/** The files to look in, each opened only when its turn comes. */
function profileFiles(sources: SettingSources): readonly (() => ProfileFile)[] {
    const named =
        meaningful("configFile", sources.arguments.configFile) ??
        meaningful("OSC_CONFIG_FILE", sources.environment.OSC_CONFIG_FILE);
    if (named !== undefined) return [() => namedFile(named, sources)];
    return [".osc", ".osc_sdk"].map((folder) => () => {
        const path = join(sources.home, folder, "config.json");
        const text = readCustomaryFile(path, sources);
        return text === undefined
            ? { path, profiles: new Map<string, unknown>() }
            : parseFile(path, text, path);
    });
}

function namedFile(named: Named, sources: SettingSources): ProfileFile {
    const text = readNamedFile(named, sources);
    return parseFile(pathOf(named, sources.home), text, named.name);
}

function parseFile(path: string, text: string, property: string): ProfileFile {
    const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(path, text, property));
    if (!parsed.success) {
        return refuse(
            property,
            `The profile file ${path} does not hold a JSON object of profiles.`,
            'Write it as {"default": {"access_key": "…", "secret_key": "…", "region": "eu-west-2"}}.',
        );
    }
    return { path, profiles: new Map(Object.entries(parsed.data)) };
}

function parseJson(path: string, text: string, property: string): unknown {
    try {
        return JSON.parse(text.replace(/^\uFEFF/, ""));
    } catch (error) {
        // The platform's message quotes the text around the fault, and a secret key may stand there.
        return refuse(
            property,
            `The profile file ${path} is not valid JSON${placeOf(error, text)}.`,
            "Correct its syntax: a missing or extra comma or quotation mark is the usual reason.",
        );
    }
}

function placeOf(error: unknown, text: string): string {
    const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    if (position === undefined) return "";
    return ` (line ${text.slice(0, Number(position)).split("\n").length})`;
}

const optionalText = z.string().nullish();
/** The keys that count here, of the specification and of osc-cli; what else a profile holds is for other tools. */
const profileSchema = z.object({
    access_key: optionalText,
    secret_key: optionalText,
    region: optionalText,
    region_name: optionalText,
    endpoint: optionalText,
    host: optionalText,
    ca_file: optionalText,
    x509_client_cert: optionalText,
    x509_client_cert_b64: optionalText,
    x509_client_key: optionalText,
    x509_client_key_b64: optionalText,
    endpoints: z.object({ api: optionalText }).nullish(),
    client_certificate: z.union([z.string(), z.tuple([z.string(), z.string()])]).nullish(),
    https: z.boolean().nullish(),
    protocol: optionalText,
});
type ProfileValues = z.output<typeof profileSchema>;

function valuesOf(profile: unknown, label: string): Readonly<Record<string, string | undefined>> {
    const parsed = profileSchema.safeParse(profile);
    if (!parsed.success) {
        const path = parsed.error.issues[0]?.path.join(".") ?? "";
        const name = path === "" ? label : `${path} of ${label}`;
        return refuse(
            name,
            `The value of ${name} has the wrong type.`,
            "Write it as OUTSCALE's documentation shows it.",
        );
    }
    const { endpoints, client_certificate: clientCertificate, https, protocol, host, ...texts } = parsed.data;
    if (https === false || protocol?.toLowerCase() === "http") {
        const name = `${https === false ? "https" : "protocol"} of ${label}`;
        refuse(name, `${name} asks for calls without TLS.`, "Remove it: calls are only made over HTTPS.");
    }
    const values = {
        ...texts,
        "endpoints.api": endpoints?.api,
        // osc-cli's `host` is the domain; the service and the region come before it.
        host: typeof host === "string" && host.trim() !== "" ? `api.{region}.${host.trim()}` : undefined,
        ...cliCertificate(parsed.data, clientCertificate),
    };
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value ?? undefined]));
}

/** osc-cli's way to name a certificate: one file of both, or a pair. The specification's own keys come first. */
function cliCertificate(
    values: ProfileValues,
    given: ProfileValues["client_certificate"],
): Readonly<Record<string, string>> {
    const { x509_client_cert, x509_client_cert_b64, x509_client_key, x509_client_key_b64 } = values;
    const specified = [x509_client_cert, x509_client_cert_b64, x509_client_key, x509_client_key_b64];
    if (given === undefined || given === null || specified.some((value) => typeof value === "string"))
        return {};
    const [certificate, key] = typeof given === "string" ? [given, given] : given;
    return { x509_client_cert: certificate, x509_client_key: key };
}
