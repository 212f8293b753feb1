/** What may not happen unseen to an access key that was adopted: that it lasts longer, or works again. */
import { PortcullisError } from "../errors";
import type { KeySettings } from "./access-keys";
import { apiDate, instantOf } from "./dates";

/** What a key would be able to do that it cannot as it is. */
export type Revival = "expirationDate" | "state";

/** By what a key would get more than it has: a later end or none, or its being switched on. */
export function revivals(before: KeySettings, after: KeySettings): readonly Revival[] {
    const wanted = endOf(after);
    return [
        ...(wanted > endOf(before) ? (["expirationDate"] as const) : []),
        ...(before.state === "INACTIVE" && after.state === "ACTIVE" ? (["state"] as const) : []),
    ];
}

/** Milliseconds since the epoch, to the second; for ever where there is no date. */
function endOf({ expirationDate }: KeySettings): number {
    if (expirationDate === undefined) return Infinity;
    const instant = instantOf(expirationDate);
    // An end that cannot be read is held to be over, so that any other one is seen to be later.
    return instant === undefined ? -Infinity : Date.parse(apiDate(instant));
}

/**
 * Refuses an adoption that would let a key that ends last for ever, or switch one on: neither is said in the program, for
 * `ACTIVE` and no date are what it has where nothing is said. A later date, and a lifetime, are said.
 * @throws PortcullisError `AmbiguousMatch`, for the key named is not the one that the program describes.
 */
export function refuseToRevive(
    accessKeyId: string,
    found: KeySettings,
    wanted: KeySettings,
    now: Date,
): void {
    const problem = (why: string): string => `Refused to adopt the access key ${accessKeyId}: ${why}`;
    const revived = revivals(found, wanted);
    if (revived.includes("state")) {
        throw new PortcullisError({
            code: "AmbiguousMatch",
            property: "state",
            problem: problem("it is INACTIVE, and would be ACTIVE."),
            remedy:
                'Adopt it with `state: "INACTIVE"`. If it is to work again, switch it on in a later deployment, whose ' +
                "preview shows that. Nothing has been changed.",
        });
    }
    const { expirationDate: end } = found;
    if (end === undefined || wanted.expirationDate !== undefined) return;
    const isOver = (instantOf(end) ?? now) <= now;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property: "expirationDate",
        problem: problem(
            `${isOver ? "it ended" : "it ends"} on ${end}, and without a date it would never end.`,
        ),
        remedy: isOver
            ? "Leave it out of the program; or, if it is to work again, say until when in `expirationDate`. Nothing has been changed."
            : `Write the date into the program (\`expirationDate: "${end}"\`), or another one. If it is never to end, take the ` +
              "date out in a later deployment, whose preview shows that. Nothing has been changed.",
    });
}

/**
 * Refuses an update by which an adopted key would get more than it has now, where the preview did not show that: somebody
 * has shortened its life or switched it off since the state was last read.
 * @throws PortcullisError `AmbiguousMatch`
 */
export function refuseToReviveUnseen(
    accessKeyId: string,
    live: KeySettings,
    known: KeySettings,
    wanted: KeySettings,
): void {
    const seen = revivals(known, wanted);
    const [property] = revivals(live, wanted).filter((revival) => !seen.includes(revival));
    if (property === undefined) return;
    const inWords = ({ state, expirationDate }: KeySettings): string =>
        `${state}, ${expirationDate === undefined ? "without an end" : `until ${expirationDate}`}`;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property,
        problem:
            `Refused to change the adopted access key ${accessKeyId}: somebody has changed it, and it would get more than ` +
            `it has now. Now: ${inWords(live)}; as wanted: ${inWords(wanted)}.`,
        remedy: "Run `pulumi refresh`: the next preview then shows the difference. This call was not made.",
    });
}
