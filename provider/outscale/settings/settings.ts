/** What the client needs to know of an account, and where a user can say it. */
import type { FileSources } from "../../settings/sources";
import type { ClientCertificate } from "../api/identity";

/** An account, and how to reach and to enter it. */
export interface OutscaleSettings {
    readonly accessKey: string;
    readonly secretKey: string;
    /** For example `eu-west-2`. */
    readonly region: string;
    /** Base URL, ending in `/api/v1`. */
    readonly endpoint: string;
    /** The authorities trusted for the endpoint, in place of the system's. */
    readonly caPem?: string;
    /** Presented with every call. */
    readonly certificate?: ClientCertificate;
    /** The profile that was read, if any. */
    readonly profile?: string;
}

/** The names of the settings in the stack's configuration. */
export const argumentNames = [
    "accessKeyId",
    "secretKeyId",
    "region",
    "profile",
    "configFile",
    "endpoint",
    "caFile",
    "x509CertPath",
    "x509KeyPath",
] as const;

/** Settings given by the stack's configuration; an empty text is one that is not set. */
export type ArgumentSettings = { readonly [Name in (typeof argumentNames)[number]]?: string | undefined };

/** Everything that settings are resolved from. */
export interface SettingSources extends FileSources {
    readonly arguments: ArgumentSettings;
    readonly environment: Readonly<Record<string, string | undefined>>;
}
