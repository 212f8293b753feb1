/** What VaultBackup comes to, but for what AWS answers: its arguments judged, all faults at once. */
import type * as pulumi from "@pulumi/pulumi";
import { durationOrUndefined } from "../../provider/duration";
import { PortcullisError } from "../../provider/errors";
import { imageFault } from "../../provider/kubernetes/image";
import { isLabel } from "../../provider/kubernetes/names";
import { refusal } from "../../provider/refusal";
import type { CheckFailure } from "../../provider/resource";
import { addressFault, bundleFault, isServerName } from "../../provider/vault/connection-faults";
import { isMountPath } from "../../provider/vault/mount-path";
import { CANARY_MOUNT } from "../../provider/vault/snapshot/canary-path";
import { checkPlace, folderOf } from "../../provider/vault/snapshot/names";
import { isOidcProviderArn } from "../iam-policies";
import type { VaultBackupArgs } from "./args";
import { authFailures } from "./auth";
import { bucketFailures } from "./bucket-rules";
import { drillFailures, drillInputFailures, drillSettingsOf, type DrillSettings } from "./drill-rules";
import { refuseMissing } from "./required";
import { ageFailures, alertAgeSeconds, durationFailures, scheduleFailures } from "./times";

/** The arguments once all of them are known. */
export type KnownArgs = pulumi.Unwrap<VaultBackupArgs>;

/** What the arguments that are always plain come to, with the defaults. */
export interface BackupSettings {
    readonly name: string;
    readonly namespace: string;
    readonly clusterName: string;
    readonly prefix: string;
    /** Prefix and cluster's name, ended by a slash. */
    readonly folder: string;
    readonly bucketName: string;
    readonly region: string;
    readonly image: string;
    readonly schedule: string;
    readonly timeoutSeconds: number;
    readonly keepLast: number;
    readonly pruneSchedule: string;
    readonly canaryMount: string;
    readonly noncurrentDays: number;
    /** What is too old for an alert. */
    readonly maxAgeSeconds: number;
    readonly drill: DrillSettings | undefined;
}

/** The name and tag of the newest release of the line when this was written. */
const IMAGE = "docker.io/library/node:22.22.0-bookworm-slim";
/** A CronJob has 52 characters for its name, and others than these may follow. */
const LONGEST_NAME = 40;

/** Of arguments that are not in order, nothing of use follows. */
export function settingsOf(name: string, args: VaultBackupArgs): BackupSettings {
    const { clusterName = name, prefix = "", schedule = "17 1 * * *", timeout = "1h", retention = {} } = args;
    const limit = durationOrUndefined(timeout) ?? 0;
    return {
        name,
        namespace: args.namespace,
        clusterName,
        prefix,
        folder: folderOf({ prefix, cluster: clusterName }),
        bucketName: args.bucketName,
        region: args.region,
        image: args.image ?? IMAGE,
        schedule,
        timeoutSeconds: limit / 1_000,
        keepLast: retention.keepLast ?? 30,
        pruneSchedule: retention.schedule ?? "47 4 * * *",
        canaryMount: args.vault.canaryMount ?? CANARY_MOUNT,
        noncurrentDays: args.noncurrentDays ?? 30,
        maxAgeSeconds: alertAgeSeconds(args.alerts?.maxAge, schedule, limit),
        drill: args.drill && drillSettingsOf(args.drill, args.alerts),
    };
}

/**
 * The arguments again, in order.
 *
 * @throws PortcullisError `InvalidInput` with every fault, each with its remedy
 */
export function checkBackup(name: string, args: KnownArgs, now: Date): KnownArgs {
    judge(name, args, { known: args, now });
    return args;
}

/**
 * The same while outputs among the arguments are not known: of what is missing, and of what is always plain.
 *
 * @throws PortcullisError `InvalidInput` with every fault that is seen so far
 */
export function checkPlain(name: string, args: VaultBackupArgs): void {
    judge(name, args);
}

function judge(
    name: string,
    args: VaultBackupArgs,
    whole?: { readonly known: KnownArgs; readonly now: Date },
): void {
    refuseMissing(name, args);
    const settings = settingsOf(name, args);
    const failures = [
        ...nameFailures(settings),
        ...placeFailures(settings),
        ...bucketFailures(args),
        ...(whole === undefined
            ? []
            : [...vaultFailures(whole.known, whole.now), ...authFailures(whole.known.auth)]),
        ...scheduleFailures("schedule", settings.schedule),
        ...scheduleFailures("retention.schedule", settings.pruneSchedule),
        ...limitFailures(args),
        ...(args.drill === undefined ? [] : drillFailures(args.drill, args)),
        ...(whole?.known.drill === undefined ? [] : drillInputFailures(whole.known.drill)),
        ...alertFailures(args, settings),
    ];
    if (failures.length > 0) throw refusal("VaultBackup", name, failures);
}

function nameFailures({ name, namespace }: BackupSettings): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    if (!isLabel(name) || name.length > LONGEST_NAME) {
        failures.push({
            property: "name",
            reason: `Objects of Kubernetes are named after the component. Give it at most ${LONGEST_NAME} lower-case letters, digits and hyphens.`,
        });
    }
    if (!isLabel(namespace)) {
        failures.push({
            property: "namespace",
            reason: "It is no name of a namespace. Write lower-case letters, digits and hyphens.",
        });
    }
    return failures;
}

/** By the program's own rules, each for itself, so that both faults are said. */
function placeFailures({ clusterName, prefix }: BackupSettings): readonly CheckFailure[] {
    const fault = (property: string, place: Parameters<typeof checkPlace>[0]): readonly CheckFailure[] => {
        try {
            checkPlace(place);
            return [];
        } catch (error) {
            if (!(error instanceof PortcullisError)) throw error;
            return [{ property, reason: `${error.problem} ${error.remedy}` }];
        }
    };
    return [
        ...fault("clusterName", { cluster: clusterName, prefix: "" }),
        ...fault("prefix", { cluster: "any", prefix }),
    ];
}

function vaultFailures({ vault, oidcProviderArn }: KnownArgs, now: Date): readonly CheckFailure[] {
    const faults: readonly (readonly [string, string | undefined])[] = [
        ["vault.address", addressFault(vault.address)],
        ["vault.caBundle", bundleFault(vault.caBundle, now)],
        [
            "vault.serverName",
            vault.serverName === undefined || isServerName(vault.serverName)
                ? undefined
                : 'It is no name of a server. Write it as "vault.example.org".',
        ],
        [
            "vault.canaryMount",
            vault.canaryMount === undefined || isMountPath(vault.canaryMount)
                ? undefined
                : 'It is no path of a mount. Write it without slashes around, as "portcullis-canary".',
        ],
        [
            "oidcProviderArn",
            isOidcProviderArn(oidcProviderArn)
                ? undefined
                : 'It is no ARN of an OpenID Connect provider. Write it as "arn:aws:iam::123456789012:oidc-provider/…".',
        ],
    ];
    return faults.flatMap(([property, reason]) => (reason === undefined ? [] : [{ property, reason }]));
}

function limitFailures({ timeout, image, retention }: VaultBackupArgs): readonly CheckFailure[] {
    const failures: CheckFailure[] = [...durationFailures("timeout", timeout, "1h")];
    const keepLast = retention?.keepLast ?? 1;
    if (!Number.isInteger(keepLast) || keepLast < 1 || keepLast > 999_999) {
        failures.push({
            property: "retention.keepLast",
            reason: "The last good snapshot always stays. Give a whole number from 1 to 999999.",
        });
    }
    const fault = image === undefined ? undefined : imageFault(image);
    if (fault !== undefined) failures.push({ property: "image", reason: fault });
    return failures;
}

const LABEL_KEY =
    /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

function alertFailures(
    { alerts, drill }: VaultBackupArgs,
    { schedule, timeoutSeconds }: BackupSettings,
): readonly CheckFailure[] {
    if (alerts === undefined) return [];
    const failures: CheckFailure[] = [
        ...ageFailures("alerts.maxAge", alerts.maxAge, schedule, timeoutSeconds * 1_000),
    ];
    if (alerts.maxDrillAge !== undefined && drill === undefined) {
        failures.push({ property: "alerts.maxDrillAge", reason: "There are no drills. Give drill as well." });
    }
    for (const [key, value] of Object.entries(alerts.ruleLabels ?? {})) {
        if (LABEL_KEY.test(key) && LABEL_VALUE.test(value)) continue;
        failures.push({
            property: `alerts.ruleLabels["${key}"]`,
            reason: "Kubernetes takes no such label. Write letters, digits, hyphens, dots and underscores, 63 at most.",
        });
    }
    if (alerts.severity === "") {
        failures.push({ property: "alerts.severity", reason: 'It is empty. Write it as "critical".' });
    }
    return failures;
}
