/** What the inputs of an access key must be, by themselves and together. */
import { z } from "zod";
import { durationField, parseDuration } from "../duration";
import { isKnown } from "../inputs";
import type { CheckFailure, PlannedInputs } from "../resource";
import { instantOf, sameInstant } from "./dates";
import { shared } from "./schemas";
import { PENDING } from "./access-key-making";

/** A date as the API takes it: a date-time with its offset, or a bare date, which is its midnight in UTC. */
export const dateField = z
    .string()
    .refine(
        (text) => instantOf(text) !== undefined,
        'Not a date. Write it as "2027-01-31T12:00:00Z", or as "2027-01-31", which is its midnight in UTC.',
    );

export const accessKeySchema = z.object({
    userName: z.string().min(1).optional(),
    expirationDate: dateField.optional(),
    lifetime: durationField().optional(),
    rotateBefore: durationField().optional(),
    overlap: durationField().optional(),
    state: z.enum(["ACTIVE", "INACTIVE"], "Write ACTIVE or INACTIVE.").default("ACTIVE"),
    tag: z
        .string()
        .refine(
            (tag) => !tag.startsWith(PENDING),
            `A tag that begins with "${PENDING}" marks a key that is not finished. Choose another.`,
        )
        .default(""),
    adoptId: z.string().optional(),
    clientCertificates: shared.clientCertificates,
});

type Planned = PlannedInputs<z.output<typeof accessKeySchema>>;

const schemaOfLast = accessKeySchema.pick({ expirationDate: true }).partial();

/** The contradictions between the inputs, and a date that has passed; one that stood before may have. */
export function accessKeyFailures(inputs: Planned, now: Date, last: unknown): readonly CheckFailure[] {
    const { expirationDate, lifetime, rotateBefore, overlap, adoptId } = inputs;
    const refuse = (property: string, reason: string): readonly CheckFailure[] => [{ property, reason }];
    if (expirationDate !== undefined && lifetime !== undefined) {
        return refuse("lifetime", "`expirationDate` is given as well. Remove one of the two.");
    }
    if (typeof expirationDate === "string") {
        const before = schemaOfLast.safeParse(last);
        const isNew = !before.success || !sameInstant(before.data.expirationDate, expirationDate);
        if (isNew && (instantOf(expirationDate) ?? now) <= now) {
            return refuse("expirationDate", "It has passed: the key would be of no use. Give a later date.");
        }
    }
    if (rotateBefore === undefined) {
        if (lifetime !== undefined && adoptId === undefined) {
            return tooShort(withDefaults(inputs), overlap === undefined ? "lifetime" : "overlap");
        }
        if (overlap === undefined) return [];
        if (adoptId !== undefined) {
            return refuse(
                "overlap",
                "An adopted key is never rotated, so nothing overlaps. Remove `overlap`.",
            );
        }
        return refuse(
            "overlap",
            "Only a key that is rotated overlaps: give `lifetime`, or remove `overlap`.",
        );
    }
    if (adoptId !== undefined) {
        return refuse(
            "rotateBefore",
            "An adopted key is never rotated, for its holder is not known here. Make a new key, hand it out, and remove this one then.",
        );
    }
    if (lifetime === undefined) {
        return refuse(
            "rotateBefore",
            "A key is rotated only where its successor's end is known: give `lifetime` instead of a date.",
        );
    }
    return tooShort(inputs, "rotateBefore");
}

/** Else a rotation would be due before the key before it may go, and have to wait. */
function tooShort(
    { lifetime, rotateBefore, overlap }: Planned,
    property: "lifetime" | "overlap" | "rotateBefore",
): readonly CheckFailure[] {
    if (!isKnown<string | undefined>(lifetime) || !isKnown<string | undefined>(rotateBefore)) return [];
    if (lifetime === undefined || rotateBefore === undefined) return [];
    if (!isKnown<string | undefined>(overlap)) return [];
    const [life, before] = [parseDuration(lifetime), parseDuration(rotateBefore)];
    const lasting = overlap === undefined ? before : parseDuration(overlap);
    if (before + lasting < life) return [];
    const reason = `rotateBefore (${rotateBefore}) and overlap (${overlap ?? rotateBefore}) together must be shorter than lifetime (${lifetime}). Shorten one of them, or lengthen lifetime.`;
    return [{ property, reason }];
}

/** A key with a lifetime is rotated in its last third unless said, and the one before works as long as that again. */
export function withDefaults(inputs: Planned): Planned {
    const { lifetime, adoptId } = inputs;
    if (typeof lifetime !== "string" || adoptId !== undefined) return inputs;
    const third = `${Math.max(1, Math.floor(parseDuration(lifetime) / 3_000))}s`;
    const rotateBefore = inputs.rotateBefore ?? third;
    return { ...inputs, rotateBefore, overlap: inputs.overlap ?? rotateBefore };
}
