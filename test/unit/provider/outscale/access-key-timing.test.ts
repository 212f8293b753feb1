/** When a key is rotated and the one before it goes: properties over lifetimes, and days on which somebody deploys. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    isRetirable,
    isRotationDue,
    supersededKey,
    wantedExpiration,
    type PreviousKey,
} from "../../../../provider/outscale/access-key-timing";

const HOUR_MS = 3_600_000;
const START = Date.parse("2026-01-01T00:00:00Z");

/** Hours of lifetime, rotation and overlap that `check` lets through. */
const rotations = fc
    .tuple(
        fc.integer({ min: 3, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([lifetime, share, part]) => {
        const rotateBefore = 1 + Math.floor(share * (lifetime - 3));
        const overlap = 1 + Math.floor(part * (lifetime - rotateBefore - 2));
        return { lifetime, rotateBefore, overlap };
    });
/** Hours between one deployment and the next. */
const pauses = fc.array(fc.integer({ min: 1, max: 800 }), { minLength: 1, maxLength: 60 });

test("whoever deploys whenever: two keys at most, each with its overlap or to its own end, and none kept past both", () => {
    fc.assert(
        fc.property(rotations, pauses, ({ lifetime, rotateBefore, overlap }, hours) => {
            const life = { lifetime: `${lifetime}h`, rotateBefore: `${rotateBefore}h` };
            let now = START;
            let since = new Date(now).toISOString();
            let previous: (PreviousKey & { readonly rotatedAt: number }) | undefined;
            for (const pause of hours) {
                now += pause * HOUR_MS;
                const at = new Date(now);
                if (previous !== undefined && isRetirable(previous, at)) {
                    const hadOverlap = now - previous.rotatedAt >= overlap * HOUR_MS;
                    const hadEnded = Date.parse(previous.expirationDate ?? "") <= now;
                    expect(hadOverlap || hadEnded).toBe(true);
                    previous = undefined;
                }
                const end = wantedExpiration(life, since);
                const isDue = isRotationDue(life, since, at);
                expect(isDue).toBe(now >= startOf(since) + (lifetime - rotateBefore) * HOUR_MS);
                if (!isDue) continue;
                // The one before has always gone by then: `check` leaves time for it.
                expect(previous).toBeUndefined();
                previous = {
                    ...supersededKey({ accessKeyId: "K", expirationDate: end }, `${overlap}h`, at),
                    rotatedAt: now,
                };
                since = at.toISOString();
            }
        }),
        { numRuns: 500 },
    );
});

function startOf(since: string): number {
    return Date.parse(since);
}

test.each([
    [{}, undefined],
    [{ expirationDate: "2027-01-02" }, "2027-01-02T00:00:00.000Z"],
    [{ lifetime: "36h" }, "2026-01-02T12:00:00.000Z"],
])("a key of %j ends at %s", (life, end) => {
    expect(wantedExpiration(life, "2026-01-01T00:00:00.000Z")).toBe(end);
});

test("a key that is not rotated is never due", () => {
    expect(isRotationDue({ lifetime: "1h" }, "2026-01-01T00:00:00.000Z", new Date("2027-01-01"))).toBe(false);
    expect(isRotationDue({ rotateBefore: "1h" }, "2026-01-01T00:00:00.000Z", new Date("2027-01-01"))).toBe(
        false,
    );
});
