/** Which failed calls are made again: never one that would do something else the second time. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { mayTryAgain, waitBefore, type Failed } from "../../../../provider/vault/retry";

const answer = (status: number): Failed => ({ kind: "answer", status, words: [] });
const silence = (
    reason: "reset" | "refused" | "untrustedServer" | "clientCertificateRefused",
    maySent: boolean,
): Failed => ({
    kind: "silence",
    reason,
    maySent,
});

test.each([
    [answer(400), false, false],
    [answer(403), false, false],
    [answer(404), false, false],
    [answer(307), true, true],
    [answer(412), true, true],
    [answer(429), true, true],
    [answer(472), true, true],
    [answer(473), true, true],
    [answer(500), true, false],
    [answer(502), true, false],
    [answer(503), true, false],
    [silence("reset", true), true, false],
    [silence("reset", false), true, true],
    [silence("refused", false), true, true],
    [silence("untrustedServer", false), false, false],
    [silence("clientCertificateRefused", false), false, false],
] as [Failed, boolean, boolean][])(
    "%j is tried again: %s; of what is done once: %s",
    (failed, again, onceAgain) => {
        expect(mayTryAgain(failed, { once: false, soonOver: [] })).toBe(again);
        expect(mayTryAgain(failed, { once: true, soonOver: [] })).toBe(onceAgain);
    },
);

test("what may be over soon is tried again", () => {
    expect(mayTryAgain(answer(403), { once: false, soonOver: [403] })).toBe(true);
    expect(mayTryAgain(answer(400), { once: false, soonOver: [403] })).toBe(false);
});

test("waits grow to 2 seconds and no further", () => {
    expect([1, 2, 3, 4, 5, 50].map(waitBefore)).toEqual([250, 500, 1_000, 2_000, 2_000, 2_000]);
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), (tried) => waitBefore(tried) <= 2_000));
});
