import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { openness, type RangeLimits } from "../../../policy/open-ranges";

const LIMITS: RangeLimits = { openRanges: [], broadestIpv4Prefix: 8, broadestIpv6Prefix: 16 };
/** Whatever size of a range is allowed: only the whole world is not. */
const ANY_SIZE: RangeLimits = { openRanges: [], broadestIpv4Prefix: 0, broadestIpv6Prefix: 0 };
const EVERYWHERE = "admits calls from everywhere";

describe("openness", () => {
    test.each<[string, readonly string[], string | undefined]>([
        ["nothing", [], undefined],
        ["an address", ["192.0.2.7"], undefined],
        ["the broadest range that is allowed", ["11.0.0.0/8", "2a00::/16"], undefined],
        ["every IPv4 address", ["0.0.0.0/0"], EVERYWHERE],
        ["every IPv6 address", ["::/0"], EVERYWHERE],
        ["every IPv4 address written as IPv6", ["::ffff:0:0/96"], EVERYWHERE],
        ["the world beside an address", ["192.0.2.7", "0.0.0.0/0"], EVERYWHERE],
        ["halves", ["128.0.0.0/1", "0.0.0.0/1"], EVERYWHERE],
        [
            "all that is public",
            [
                "1.0.0.0/8",
                "2.0.0.0/7",
                "4.0.0.0/6",
                "8.0.0.0/5",
                "16.0.0.0/4",
                "32.0.0.0/3",
                "64.0.0.0/2",
                "128.0.0.0/2",
                "192.0.0.0/3",
            ],
            EVERYWHERE,
        ],
        ["all IPv6 that is public", ["2000::/4", "3000::/4"], EVERYWHERE],
        ["half of IPv4", ["128.0.0.0/1"], "admits calls from 128.0.0.0/1, a range broader than /8"],
        ["a broad range of IPv6", ["2a00::/12"], "admits calls from 2a00::/12, a range broader than /16"],
        ["private ranges alone", ["10.0.0.0/8", "192.168.0.0/16"], undefined],
        ["what is no range", ["everywhere", "0.0.0.0/33"], undefined],
    ])("of %s", (_what, ranges, expected) => {
        expect(openness(ranges, LIMITS)).toBe(expected);
    });

    test("leaves out what may be opened, whatever its size, and all within it", () => {
        const limits = { ...LIMITS, openRanges: ["64.0.0.0/4", "2a00::/11"] };
        expect(openness(["64.0.0.0/4", "65.0.0.0/8", "2a00::/12"], limits)).toBeUndefined();
        expect(openness(["64.0.0.0/3"], limits)).toBe(
            "admits calls from 64.0.0.0/3, a range broader than /8",
        );
        expect(openness(["0.0.0.0/0"], { ...LIMITS, openRanges: ["0.0.0.0/0"] })).toBeUndefined();
    });

    test("sees the world however it is cut in pieces, and not with one piece missing", () => {
        const cuts = fc.array(fc.nat({ max: 255 }), { minLength: 0, maxLength: 40 });
        fc.assert(
            fc.property(cuts, fc.nat({ max: 1_000 }), (deeper, gap) => {
                // Halves of IPv4, some of which are halved again.
                let pieces = [
                    { value: 0, prefix: 1 },
                    { value: 2 ** 31, prefix: 1 },
                ];
                for (const cut of deeper) {
                    const piece = pieces[cut % pieces.length];
                    if (piece === undefined || piece.prefix >= 12) continue;
                    const prefix = piece.prefix + 1;
                    pieces = pieces.filter((each) => each !== piece);
                    pieces.push(
                        { value: piece.value, prefix },
                        { value: piece.value + 2 ** (32 - prefix), prefix },
                    );
                }
                const text = ({ value, prefix }: { value: number; prefix: number }) =>
                    `${[24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".")}/${prefix}`;
                expect(openness(pieces.map(text), ANY_SIZE)).toBe(EVERYWHERE);
                const missing = pieces[gap % pieces.length];
                // What no call comes from may be missing: pieces of 224.0.0.0/3, 0.0.0.0/8, 10.0.0.0/8 and the like.
                const isPublic = missing !== undefined && missing.prefix <= 3 && missing.value < 0xe0000000;
                fc.pre(isPublic);
                const rest = pieces.filter((each) => each !== missing);
                expect(openness(rest.map(text), ANY_SIZE)).toBeUndefined();
            }),
        );
    });
});
