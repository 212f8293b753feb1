/** Regions of AWS, in all of its partitions. */

/** A source for regular expressions: "eu-west-3", "us-gov-east-1", "eusc-de-east-1". */
export const REGION = "[a-z]{2,4}(?:-[a-z]+)+-[1-9][0-9]?";

/** Whether a text has the form of a region's name. */
export function isRegion(text: string): boolean {
    return new RegExp(`^${REGION}$`).test(text);
}
