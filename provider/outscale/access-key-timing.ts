/** When an access key ends, is rotated, and gives way for good: pure decisions over its inputs and its state. */
import { parseDuration } from "../duration";
import { apiDate, dated, instantOf } from "./dates";

/** How long a key lasts, by a date or by a lifetime; by neither, for ever. */
export interface KeyLife {
    readonly expirationDate?: string | undefined;
    readonly lifetime?: string | undefined;
}

/** When it makes way for another. */
export interface KeyRotation {
    readonly rotateBefore?: string | undefined;
    readonly overlap?: string | undefined;
}

/** A key that was rotated and still works. */
export interface PreviousKey {
    readonly accessKeyId: string;
    /** When it may be deactivated and deleted, ISO 8601. */
    readonly retiresAt: string;
    readonly expirationDate?: string | undefined;
}

/** The date that a key is to have whose life began at `since` (ISO 8601); undefined: it never expires. */
export function wantedExpiration({ expirationDate, lifetime }: KeyLife, since: string): string | undefined {
    if (lifetime !== undefined) {
        return apiDate(new Date(Date.parse(since) + parseDuration(lifetime, "lifetime")));
    }
    const instant = expirationDate === undefined ? undefined : instantOf(expirationDate);
    return instant === undefined ? undefined : apiDate(instant);
}

/** Whether the key is to be rotated: its end is nearer than `rotateBefore`. */
export function isRotationDue(life: KeyLife & KeyRotation, since: string, now: Date): boolean {
    const { rotateBefore } = life;
    const end = wantedExpiration(life, since);
    if (rotateBefore === undefined || end === undefined) return false;
    return now.getTime() >= Date.parse(end) - parseDuration(rotateBefore, "rotateBefore");
}

/** The key as the one before, from the moment of its rotation on. */
export function supersededKey(
    key: { readonly accessKeyId: string; readonly expirationDate?: string | undefined },
    overlap: string | undefined,
    now: Date,
): PreviousKey {
    const { accessKeyId, expirationDate } = key;
    const lasting = overlap === undefined ? 0 : parseDuration(overlap, "overlap");
    return {
        accessKeyId,
        retiresAt: apiDate(new Date(now.getTime() + lasting)),
        ...dated(expirationDate),
    };
}

/** Whether the previous key may go: its overlap is over, or it has expired by itself. */
export function isRetirable({ retiresAt, expirationDate }: PreviousKey, now: Date): boolean {
    const has = (date: string | undefined): boolean =>
        date !== undefined && now.getTime() >= Date.parse(date);
    return has(retiresAt) || has(expirationDate);
}
