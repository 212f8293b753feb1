/** Resolves an account's settings from the stack's configuration, the environment and the profile files. */
import { refuse } from "../../settings/refuse";
import type { Named } from "../../settings/sources";
import { authoritiesOf, certificateOf, givesCertificate } from "./certificate";
import { endpointOf, regionOf } from "./endpoint";
import { argumentLayer, environmentLayers, type Layer } from "./layers";
import { findProfile, type ProfileSearch } from "./profiles";
import type { OutscaleSettings, SettingSources } from "./settings";

/**
 * The settings, each from the first of these places that gives it:
 *
 * 1. the stack's configuration; where it names a `profile`, that profile comes right after it;
 * 2. the environment: `OSC_*`, then the older `OUTSCALE_*`;
 * 3. the profile named by OSC_PROFILE, else `default`: in the file named by `configFile` or OSC_CONFIG_FILE; without
 *    one in `~/.osc/config.json`, else in `~/.osc_sdk/config.json`;
 * 4. the defaults: region eu-west-2 and OUTSCALE's endpoint of the region.
 *
 * What belongs together stays together: access key and secret key come from one place, and so do a certificate and
 * its private key; one half alone is an error. A profile is taken whole from one file.
 * @throws PortcullisError `InvalidConfiguration`, naming the setting and the remedy and showing no secret.
 */
export function resolveSettings(sources: SettingSources): OutscaleSettings {
    refusePlainHttp(sources);
    const search = findProfile(sources);
    const layers = inOrder(sources, search);
    const { accessKey, secretKey } = keyPair(layers, search);
    const endpoint = firstOf(layers, (layer) => layer.endpoint);
    const region = regionOf(
        firstOf(layers, (layer) => layer.region),
        endpoint,
    );
    const certified = layers.find(givesCertificate);
    const caFile = firstOf(layers, (layer) => layer.caFile);
    return {
        accessKey,
        secretKey,
        region,
        endpoint: endpointOf(endpoint, region),
        ...(caFile && { caPem: authoritiesOf(caFile, sources) }),
        ...(certified && { certificate: certificateOf(certified, sources) }),
        ...(search.found && { profile: search.found.name }),
    };
}

function inOrder(sources: SettingSources, { found }: ProfileSearch): readonly Layer[] {
    const profile = found === undefined ? [] : [found.layer];
    const namedByStack = (sources.arguments.profile?.trim() ?? "") !== "";
    const environment = environmentLayers(sources.environment);
    const rest = namedByStack ? [...profile, ...environment] : [...environment, ...profile];
    return [argumentLayer(sources.arguments), ...rest];
}

function firstOf(layers: readonly Layer[], pick: (layer: Layer) => Named | undefined): Named | undefined {
    return layers.map(pick).find((value) => value !== undefined);
}

function keyPair(
    layers: readonly Layer[],
    { wanted, existing }: ProfileSearch,
): { readonly accessKey: string; readonly secretKey: string } {
    const layer = layers.find(
        ({ accessKey, secretKey }) => accessKey !== undefined || secretKey !== undefined,
    );
    if (layer === undefined) {
        const others =
            existing.length === 0 ? "" : ` (profiles that exist: ${[...new Set(existing)].join(", ")})`;
        return refuse(
            "accessKeyId",
            "No access key and secret key were found in the stack's configuration, the environment or a profile.",
            "Set OSC_ACCESS_KEY and OSC_SECRET_KEY, or accessKeyId and secretKeyId (as a secret) in the stack's " +
                `configuration, or access_key and secret_key in profile "${wanted}" of ~/.osc/config.json${others}.`,
        );
    }
    const { accessKey, secretKey, keyNames } = layer;
    if (accessKey === undefined || secretKey === undefined) {
        const [accessKeyName, secretKeyName] = keyNames;
        const given = accessKey === undefined ? secretKeyName : accessKeyName;
        const missing = accessKey === undefined ? accessKeyName : secretKeyName;
        return refuse(
            missing,
            `${given} is set, but ${missing} is not.`,
            "Set both in the same place: an access key and its secret key are never taken from different ones.",
        );
    }
    for (const { name, value } of [accessKey, secretKey]) {
        if (!/^[\x21-\x7e]+$/.test(value)) {
            refuse(
                name,
                `${name} holds characters that no OUTSCALE key has.`,
                "Copy the key again, by itself.",
            );
        }
    }
    return { accessKey: accessKey.value, secretKey: secretKey.value };
}

function refusePlainHttp({ environment }: SettingSources): void {
    if (environment.OSC_PROTOCOL?.trim().toLowerCase() === "http") {
        refuse(
            "OSC_PROTOCOL",
            "OSC_PROTOCOL asks for calls without TLS.",
            "Unset it: calls are only made over HTTPS.",
        );
    }
}
