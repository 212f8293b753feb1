/** Which drills VaultBackup makes: what their arguments come to, and what is refused of them. */
import type * as pulumi from "@pulumi/pulumi";
import { durationOrUndefined } from "../../provider/duration";
import { PortcullisError } from "../../provider/errors";
import { imageFault } from "../../provider/kubernetes/image";
import { parseRange } from "../../provider/outscale/ranges";
import type { CheckFailure } from "../../provider/resource";
import type { BackupAlertsArgs, DrillArgs } from "./args";
import { authFailures } from "./auth";
import { LONGEST_DRILLED_BUCKET } from "./identity";
import { ageFailures, alertAgeSeconds, durationFailures, scheduleFailures } from "./times";

export type KnownDrill = pulumi.Unwrap<DrillArgs>;

/** What the drill's arguments that are always plain come to, with the defaults. */
export interface DrillSettings {
    readonly server: string;
    readonly schedule: string;
    readonly timeoutSeconds: number;
    readonly memory: string;
    readonly storage: string;
    /** Every address where it is undefined. */
    readonly egressCidrs: readonly string[] | undefined;
    readonly isolated: boolean;
    /** What is too old for an alert. */
    readonly maxAgeSeconds: number;
}

/** In mebibytes. */
const LEAST = { memory: 512, storage: 1_024 } as const;

/** Of arguments that are not in order, nothing of use follows. */
export function drillSettingsOf(args: DrillArgs, alerts: BackupAlertsArgs = {}): DrillSettings {
    const { schedule = "37 2 * * sun", timeout = "2h", memory = "1Gi", storage = "8Gi" } = args;
    const limit = durationOrUndefined(timeout) ?? 0;
    return {
        server: args.server,
        schedule,
        timeoutSeconds: limit / 1_000,
        memory,
        storage,
        egressCidrs: args.egressCidrs,
        isolated: args.isolated ?? false,
        maxAgeSeconds: alertAgeSeconds(alerts.maxDrillAge, schedule, limit),
    };
}

/** What is wrong with the arguments that are always plain. */
export function drillFailures(
    args: DrillArgs,
    {
        bucketName,
        alerts = {},
    }: { readonly bucketName: string; readonly alerts?: BackupAlertsArgs | undefined },
): readonly CheckFailure[] {
    const settings = drillSettingsOf(args, alerts);
    const failures: CheckFailure[] = [
        ...scheduleFailures("drill.schedule", settings.schedule),
        ...durationFailures("drill.timeout", args.timeout, "2h"),
        ...ageFailures(
            "alerts.maxDrillAge",
            alerts.maxDrillAge,
            settings.schedule,
            settings.timeoutSeconds * 1_000,
        ),
        ...(["memory", "storage"] as const).flatMap((of) => sizeFailures(of, settings[of])),
        ...networkFailures(settings),
    ];
    const refuse = (property: string, reason: string): void => void failures.push({ property, reason });
    const fault = imageFault(args.server);
    if (fault !== undefined) refuse("drill.server", fault);
    if (bucketName.length > LONGEST_DRILLED_BUCKET) {
        refuse(
            "bucketName",
            `The drill's role is named after it, and IAM takes no name so long. Give the bucket at most ${LONGEST_DRILLED_BUCKET} characters.`,
        );
    }
    return failures;
}

/** What is wrong with those that may be outputs. */
export function drillInputFailures({ seal, auth }: KnownDrill): readonly CheckFailure[] {
    const ways = Object.keys(auth);
    const failures: CheckFailure[] = ways.some((way) => way !== "appRole")
        ? [
              {
                  property: "drill.auth",
                  reason: "A restored server reaches no cluster that could say whose a token is. Give appRole alone.",
              },
          ]
        : [...authFailures(auth, "drill.auth")];
    if (sealRegionOf(seal.kmsKeyArn) === "") {
        failures.push({
            property: "drill.seal.kmsKeyArn",
            reason: 'It is no ARN of a key. Write it as "arn:aws:kms:eu-west-3:123456789012:key/…", in full: the key that unseals the cluster, and not that of the snapshots.',
        });
    }
    return failures;
}

/** The region of a key by its ARN; "" where that is none. */
export function sealRegionOf(kmsKeyArn: string): string {
    const [, region = ""] =
        /^arn:aws[a-z-]*:kms:([a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}):[0-9]{12}:key\/[A-Za-z0-9-]+$/.exec(
            kmsKeyArn,
        ) ?? [];
    return region;
}

/** NaN where the text is no whole number of Mi or Gi. */
export function mebibytesOf(size: string): number {
    const [, count = "", unit] = /^([1-9][0-9]{0,5})(Mi|Gi)$/.exec(size) ?? [];
    return count === "" ? Number.NaN : Number(count) * (unit === "Gi" ? 1_024 : 1);
}

function sizeFailures(of: keyof typeof LEAST, size: string): readonly CheckFailure[] {
    if (mebibytesOf(size) >= LEAST[of]) return [];
    const example = of === "memory" ? '"1Gi"' : '"8Gi"';
    return [
        {
            property: `drill.${of}`,
            reason: `Give a whole number of Mi or Gi, ${LEAST[of]}Mi at least, as ${example}.`,
        },
    ];
}

function networkFailures({ egressCidrs, isolated }: DrillSettings): readonly CheckFailure[] {
    if (egressCidrs === undefined) {
        if (!isolated) return [];
        return [
            {
                property: "drill.isolated",
                reason: 'The drill\'s own NetworkPolicy lets it send HTTPS everywhere, and clouds revoke over HTTPS. Give egressCidrs: the networks of the endpoints of S3, STS and KMS, or ["0.0.0.0/0"] where something else holds it to those.',
            },
        ];
    }
    const property = "drill.egressCidrs";
    if (egressCidrs.length === 0) {
        return [
            {
                property,
                reason: "It is empty, and the job would reach no snapshot. Leave it out, or give networks.",
            },
        ];
    }
    return egressCidrs.flatMap((cidr, index) =>
        isNetwork(cidr)
            ? []
            : [
                  {
                      property: `${property}[${index}]`,
                      reason: `${JSON.stringify(cidr)} is no network. Write it as "10.0.0.0/16", its first address before the slash.`,
                  },
              ],
    );
}

/** Whether the API server takes it: in full, without bits beyond its length, and IPv4 in IPv4's own form. */
function isNetwork(given: unknown): boolean {
    if (typeof given !== "string" || !given.includes("/")) return false;
    try {
        const { family, first } = parseRange(given);
        const address = given.slice(0, given.indexOf("/"));
        return (family === 6) === address.includes(":") && parseRange(address).first === first;
    } catch (error) {
        if (error instanceof PortcullisError) return false;
        throw error;
    }
}
