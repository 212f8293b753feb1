/** Which bucket VaultBackup makes: what is refused of its name, its region, and how long it keeps versions. */
import { isRegion } from "../../provider/region";
import type { CheckFailure } from "../../provider/resource";
import type { VaultBackupArgs } from "./args";

/** A dot would be refused by the certificate that S3 has for buckets' names. */
const NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
/** Beginnings and ends that S3 keeps for itself. */
const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|--x-s3|--table-s3)$/;
const DAYS = { least: 1, most: 36_500 } as const;

type BucketArgs = Pick<VaultBackupArgs, "bucketName" | "region" | "noncurrentDays" | "objectLock">;

export function bucketFailures(args: BucketArgs): readonly CheckFailure[] {
    const { bucketName, region, noncurrentDays = DAYS.least, objectLock } = args;
    const failures: CheckFailure[] = [];
    const refuse = (property: string, reason: string): void => void failures.push({ property, reason });
    if (!NAME.test(bucketName) || RESERVED.test(bucketName)) {
        refuse(
            "bucketName",
            "It is no name that S3 takes for a bucket over TLS. Write 3 to 63 lower-case letters, digits and hyphens, without S3's own beginnings and ends.",
        );
    }
    if (!isRegion(region)) {
        refuse("region", 'It is no region. Write it as "eu-west-3".');
    }
    if (!isDays(noncurrentDays)) {
        refuse("noncurrentDays", `Give a whole number of days from ${DAYS.least} to ${DAYS.most}.`);
    }
    if (objectLock !== undefined) {
        const modes: readonly string[] = ["GOVERNANCE", "COMPLIANCE"];
        if (!modes.includes(objectLock.mode)) {
            refuse("objectLock.mode", 'Give "GOVERNANCE" or "COMPLIANCE".');
        }
        if (!isDays(objectLock.days)) {
            refuse("objectLock.days", `Give a whole number of days from ${DAYS.least} to ${DAYS.most}.`);
        }
    }
    return failures;
}

function isDays(days: number): boolean {
    return Number.isInteger(days) && days >= DAYS.least && days <= DAYS.most;
}
