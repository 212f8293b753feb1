/** The places where settings are given, each read into the same form, in their order of precedence. */
import type { Named } from "../../settings/sources";
import type { ArgumentSettings } from "./settings";

/** A PEM text given as a file or in base64. */
export interface PemSetting {
    readonly file: Named | undefined;
    readonly base64: Named | undefined;
    /** What the user would set to give the file. */
    readonly name: string;
}

/** The settings that one place gives. */
export interface Layer {
    readonly accessKey: Named | undefined;
    readonly secretKey: Named | undefined;
    readonly region: Named | undefined;
    /** May hold `{region}`. */
    readonly endpoint: Named | undefined;
    readonly caFile: Named | undefined;
    readonly certificate: PemSetting;
    readonly privateKey: PemSetting;
    /** What the user would set to give each half of the access key. */
    readonly keyNames: readonly [accessKey: string, secretKey: string];
}

/** What each setting is called in one place; the first name that is set counts. */
interface Names {
    readonly accessKey: string;
    readonly secretKey: string;
    readonly region: readonly string[];
    readonly endpoint: readonly string[];
    readonly caFile: readonly string[];
    readonly certificate: readonly [file: string, base64?: string];
    readonly privateKey: readonly [file: string, base64?: string];
}

const ARGUMENTS: Names = {
    accessKey: "accessKeyId",
    secretKey: "secretKeyId",
    region: ["region"],
    endpoint: ["endpoint"],
    caFile: ["caFile"],
    certificate: ["x509CertPath"],
    privateKey: ["x509KeyPath"],
};

const ENVIRONMENT: Names = {
    accessKey: "OSC_ACCESS_KEY",
    secretKey: "OSC_SECRET_KEY",
    region: ["OSC_REGION"],
    endpoint: ["OSC_ENDPOINT_API"],
    caFile: ["OSC_CA_FILE"],
    certificate: ["OSC_X509_CLIENT_CERT", "OSC_X509_CLIENT_CERT_B64"],
    privateKey: ["OSC_X509_CLIENT_KEY", "OSC_X509_CLIENT_KEY_B64"],
};

/** The variables of older releases of OUTSCALE's Terraform provider. */
const LEGACY_ENVIRONMENT: Names = {
    accessKey: "OUTSCALE_ACCESSKEYID",
    secretKey: "OUTSCALE_SECRETKEYID",
    region: ["OUTSCALE_REGION"],
    endpoint: ["OUTSCALE_OAPI_URL"],
    caFile: [],
    certificate: ["OUTSCALE_X509CERT"],
    privateKey: ["OUTSCALE_X509KEY"],
};

const PROFILE: Names = {
    accessKey: "access_key",
    secretKey: "secret_key",
    region: ["region", "region_name"],
    endpoint: ["endpoints.api", "endpoint", "host"],
    caFile: ["ca_file"],
    certificate: ["x509_client_cert", "x509_client_cert_b64"],
    privateKey: ["x509_client_key", "x509_client_key_b64"],
};

export function argumentLayer(given: ArgumentSettings): Layer {
    return layerOf(ARGUMENTS, { ...given }, (name) => name);
}

export function environmentLayers(
    environment: Readonly<Record<string, string | undefined>>,
): readonly Layer[] {
    return [ENVIRONMENT, LEGACY_ENVIRONMENT].map((names) => layerOf(names, environment, (name) => name));
}

/** `label` names the profile and its file, for messages. */
export function profileLayer(values: Readonly<Record<string, string | undefined>>, label: string): Layer {
    return layerOf(PROFILE, values, (name) => `${name} of ${label}`);
}

/** A value as it counts: surrounding white space never does, and nothing is left of an empty one. */
export function meaningful(name: string, value: string | undefined): Named | undefined {
    const trimmed = value?.trim();
    return trimmed === undefined || trimmed === "" ? undefined : { name, value: trimmed };
}

function layerOf(
    names: Names,
    values: Readonly<Record<string, string | undefined>>,
    describe: (name: string) => string,
): Layer {
    const first = (candidates: readonly string[]): Named | undefined =>
        candidates
            .map((name) => meaningful(describe(name), values[name]))
            .find((found) => found !== undefined);
    const pem = ([file, base64]: readonly [string, string?]): PemSetting => ({
        file: first([file]),
        base64: base64 === undefined ? undefined : first([base64]),
        name: describe(file),
    });
    return {
        accessKey: first([names.accessKey]),
        secretKey: first([names.secretKey]),
        region: first(names.region),
        endpoint: first(names.endpoint),
        caFile: first(names.caFile),
        certificate: pem(names.certificate),
        privateKey: pem(names.privateKey),
        keyNames: [describe(names.accessKey), describe(names.secretKey)],
    };
}
