/** What VaultPki's arguments come to: defaults filled in, every refusal made. */
import { durationOrUndefined, parseDuration } from "../../provider/duration";
import type { IssuerLimits } from "../../provider/kubernetes/issuer";
import { countryCode } from "../../provider/pki/country";
import type { KeyAlgorithm } from "../../provider/pki/keys";
import { isDnsName } from "../../provider/pki/offline/general-names";
import { invalidInput } from "../../provider/pki/pem";
import { isMountPath } from "../../provider/vault/mount-path";
import { CANARY_MOUNT } from "../../provider/vault/snapshot/canary-path";
import type { AppRoleArgs, SnapshotRoleArgs, VaultPkiArgs } from "./args";
import { boundCidrs } from "./cidrs";
import { refuseReserved, reservedNamesOf, type Issued } from "./reserved";

/** An AppRole; times are seconds. */
export interface AppRoleSettings {
    readonly name: string;
    readonly tokenTtl: number;
    /** 0 is without end. */
    readonly secretIdTtl: number;
    readonly wrappingTtl: number;
    readonly secretIdGeneration: number;
}

export interface SnapshotRoleSettings extends AppRoleSettings {
    readonly canaryMount: string;
}

export interface VaultPkiSettings {
    readonly mount: string;
    readonly commonName: string;
    readonly organization: string;
    readonly country: string;
    readonly keyAlgorithm: KeyAlgorithm;
    /** The present generation first, then the one before, where there is one. */
    readonly generations: readonly number[];
    /** What the role admits, as given or by default. */
    readonly limits: Required<IssuerLimits>;
    readonly role: string;
    /** That of the limits, in seconds. */
    readonly leafLifetime: number;
    readonly leafKeyType: NonNullable<VaultPkiArgs["leafKeyType"]>;
    readonly authMount: string;
    readonly certManager: AppRoleSettings;
    readonly snapshot: SnapshotRoleSettings | undefined;
    readonly drill: AppRoleSettings | undefined;
}

/**
 * @throws PortcullisError `InvalidInput` where an argument is malformed, or asks for more than this authority gives
 */
export function settingsOf(args: VaultPkiArgs): VaultPkiSettings {
    const generation = wholeNumber(args.generation ?? 1, "generation");
    const leafLifetime = args.leafLifetime ?? "90d";
    const settings = {
        mount: pathOf(args.mount ?? "pki_private_issuer", "mount"),
        commonName: subjectPart(args.commonName, "commonName"),
        organization: subjectPart(args.organization, "organization"),
        country: countryCode(args.country, "country"),
        keyAlgorithm: args.keyAlgorithm ?? "EC-P384",
        generations: generation > 1 ? [generation, generation - 1] : [generation],
        limits: {
            domains: domainsOf(args.domains),
            allowWildcards: args.allowWildcards ?? false,
            allowBareDomains: args.allowBareDomains ?? false,
            leafLifetime,
        },
        role: nameOf(args.role ?? "server", "role"),
        leafLifetime: seconds(leafLifetime, "leafLifetime", "1h", "397d"),
        leafKeyType: args.leafKeyType ?? "any",
        authMount: pathOf(args.authMount ?? "approle", "authMount"),
        certManager: appRoleOf(args.certManager, "certManager", "cert-manager"),
        snapshot: args.snapshot && snapshotRoleOf(args.snapshot),
        drill: args.drill && drillRoleOf(args),
    };
    for (const name of reservedNamesOf(args.reservedNames ?? [])) refuseReserved(name, settings.limits);
    if (typeof args.address === "string") vaultAddress(args.address, settings.limits);
    const { certManager, snapshot, drill } = settings;
    refuseSame("snapshot", snapshot, { certManager });
    refuseSame("drill", drill, { certManager, snapshot });
    refuseNested(settings.mount, settings.snapshot?.canaryMount);
    return settings;
}

function snapshotRoleOf(args: SnapshotRoleArgs): SnapshotRoleSettings {
    const canaryMount = pathOf(args.canaryMount ?? CANARY_MOUNT, "snapshot.canaryMount");
    return { ...appRoleOf(args, "snapshot", "snapshot"), canaryMount };
}

/** From the machine that a snapshot is restored on, and from no other. */
export const DRILL_CIDRS = ["127.0.0.1/32"];

function drillRoleOf({ drill = {}, snapshot }: VaultPkiArgs): AppRoleSettings {
    if (snapshot === undefined) {
        throw invalidInput(
            "drill",
            "It reads the canary, which nobody would write.",
            "Give snapshot as well, or leave drill out.",
        );
    }
    if ("boundCidrs" in drill) {
        throw invalidInput(
            "drill.boundCidrs",
            "A drill signs in at a server of its own, from 127.0.0.1 alone.",
            "Leave it out.",
        );
    }
    return appRoleOf({ ...drill, boundCidrs: DRILL_CIDRS }, "drill", "drill");
}

/** A role of the same name would be the same role, with the rights of whichever is written last. */
function refuseSame(
    property: string,
    role: AppRoleSettings | undefined,
    others: Readonly<Record<string, AppRoleSettings | undefined>>,
): void {
    if (role === undefined) return;
    const other = Object.keys(others).find((one) => others[one]?.name === role.name);
    if (other === undefined) return;
    throw invalidInput(
        `${property}.name`,
        `It is ${JSON.stringify(role.name)}, which is ${other}'s.`,
        "Give the two AppRoles different names.",
    );
}

/** Vault mounts nothing at, above or below a path that is taken. */
function refuseNested(mount: string, canaryMount: string | undefined): void {
    if (canaryMount === undefined) return;
    if (!`${mount}/`.startsWith(`${canaryMount}/`) && !`${canaryMount}/`.startsWith(`${mount}/`)) return;
    throw invalidInput(
        "snapshot.canaryMount",
        `It is ${JSON.stringify(canaryMount)}, where it would meet the secrets engine at ${JSON.stringify(mount)}.`,
        "Give the two different paths, neither below the other.",
    );
}

function appRoleOf(args: AppRoleArgs, property: string, name: string): AppRoleSettings {
    const { tokenTtl = "10m", secretIdTtl, wrappingTtl = "24h", secretIdGeneration = 1 } = args;
    const known = knownTexts(args.boundCidrs);
    if (known !== undefined) boundCidrs(known, `${property}.boundCidrs`);
    return {
        name: nameOf(args.name ?? name, `${property}.name`),
        tokenTtl: seconds(tokenTtl, `${property}.tokenTtl`, "1m", "1h"),
        secretIdTtl:
            secretIdTtl === undefined ? 0 : seconds(secretIdTtl, `${property}.secretIdTtl`, "1h", "397d"),
        wrappingTtl: seconds(wrappingTtl, `${property}.wrappingTtl`, "1m", "7d"),
        secretIdGeneration: wholeNumber(secretIdGeneration, `${property}.secretIdGeneration`),
    };
}

/** The texts, where the program knows them while it runs. */
function knownTexts(given: unknown): readonly string[] | undefined {
    return Array.isArray(given) && given.every((one) => typeof one === "string") ? given : undefined;
}

/** Whole seconds of a duration between two others. */
function seconds(text: string, property: string, least: string, most: string): number {
    const value = parseDuration(text, property);
    if (value < (durationOrUndefined(least) ?? 0) || value > (durationOrUndefined(most) ?? Infinity)) {
        throw invalidInput(
            property,
            `It is ${JSON.stringify(text)}, which is not within ${least} and ${most}.`,
            `Give a duration from "${least}" to "${most}".`,
        );
    }
    return value / 1_000;
}

function wholeNumber(value: number, property: string): number {
    if (Number.isInteger(value) && value >= 1) return value;
    throw invalidInput(
        property,
        `It is ${value}, which is not a positive whole number.`,
        "Start with 1 and raise it by one each time.",
    );
}

/** Paths that are Vault's own. */
const RESERVED = ["sys", "auth", "cubbyhole", "identity"];

function pathOf(text: string, property: string): string {
    const [first = ""] = text.split("/");
    if (isMountPath(text) && !RESERVED.includes(first)) return text;
    throw invalidInput(
        property,
        `It is ${JSON.stringify(text.slice(0, 80))}, at which nothing can be mounted here.`,
        `Write letters, digits, "_" and "-", with "/" between parts; not below ${RESERVED.join(", ")}.`,
    );
}

/** A name that stands in a path and in a policy: nothing in it is a wildcard or leads elsewhere. */
function nameOf(text: string, property: string): string {
    if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text)) return text;
    throw invalidInput(
        property,
        `It is ${JSON.stringify(text.slice(0, 80))}, which is no name here.`,
        'Write 1 to 63 letters, digits, "_" and "-", with a letter or digit first.',
    );
}

function subjectPart(text: string, property: string): string {
    if (text.trim() === text && /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,64}$/u.test(text)) return text;
    throw invalidInput(
        property,
        "It is no text that a certificate's subject may have.",
        "Write 1 to 64 characters, no control characters, no space at either end.",
    );
}

function domainsOf(domains: readonly string[]): readonly string[] {
    if (domains.length === 0) {
        throw invalidInput(
            "domains",
            "It is empty, so that nothing could be issued.",
            'Give at least one domain, as "priv.example.org".',
        );
    }
    const wrong = domains.find((domain) => !isDnsName(domain) || !/^[^*.]+\./.test(domain));
    if (wrong !== undefined) {
        throw invalidInput(
            "domains",
            `${JSON.stringify(wrong.slice(0, 255))} is no domain to issue below.`,
            'Write a DNS name of two labels or more and without "*", as "priv.example.org"; `allowWildcards` is for "*".',
        );
    }
    return domains.map((domain) => domain.toLowerCase());
}

/**
 * The address without a slash at its end.
 *
 * @throws PortcullisError `InvalidInput` where it is none, or has a path, a query, or credentials
 */
export function addressOf(text: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const plain = url && ["http:", "https:"].includes(url.protocol) && url.href === `${url.origin}/`;
    if (plain === true) return url.origin;
    throw invalidInput(
        "address",
        "It is no address of a server.",
        'Write scheme, name and port alone, as "https://vault.example.org:8200".',
    );
}

/**
 * The address without a slash at its end, where no leaf may be for its host.
 *
 * @throws PortcullisError `InvalidInput` where it is none, or its host is a name that leaves may be for
 */
export function vaultAddress(text: string, issued: Issued): string {
    const address = addressOf(text);
    refuseReserved(new URL(address).hostname, issued);
    return address;
}
