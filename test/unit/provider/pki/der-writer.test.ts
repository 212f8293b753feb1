/** The writer of DER, against the reader and by hand. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { childrenOf, elementsOf, oidText, stringOf, TAG } from "../../../../provider/pki/der";
import * as write from "../../../../provider/pki/der-writer";

test.each<[number, string]>([
    [0, "020100"],
    [127, "02017f"],
    [128, "02020080"],
    [256, "02020100"],
    [600_000, "0203 0927c0"],
    [0x80_0000, "020400800000"],
])("writes the integer %i", (value, hex) => {
    expect(write.integer(value).toString("hex")).toBe(hex.replaceAll(" ", ""));
});

test.each<[number, string]>([
    [0x7f, "7f"],
    [0x80, "8180"],
    [0xff, "81ff"],
    [0x100, "820100"],
    [0x1_0000, "83010000"],
])("writes a length of %i octets", (length, hex) => {
    const written = write.octetString(Buffer.alloc(length));
    expect(written.subarray(1, written.length - length).toString("hex")).toBe(hex);
});

test("puts the members of a set in the order of their octets", () => {
    const set = write.setOf(
        write.octetString(Buffer.of(2)),
        write.integer(3),
        write.octetString(Buffer.of(1)),
    );
    expect(set.toString("hex")).toBe("3109020103040101040102");
});

describe("is read back", () => {
    test("object identifiers", () => {
        const arcs = fc.array(fc.integer({ min: 0, max: 0x7fff_ffff }), { minLength: 1, maxLength: 8 });
        fc.assert(
            fc.property(fc.nat(2), fc.nat(39), arcs, (first, second, rest) => {
                const dotted = [first, second, ...rest].join(".");
                const [read] = elementsOf(write.oid(dotted));
                expect(read?.tag).toBe(TAG.oid);
                expect(oidText(read?.content ?? Buffer.alloc(0))).toBe(dotted);
            }),
        );
    });

    test("sequences and texts of any length", () => {
        fc.assert(
            fc.property(fc.array(fc.string({ unit: "binary" })), (texts) => {
                const read = childrenOf(write.sequence(...texts.map(write.bmpString)));
                expect(read.map(stringOf)).toEqual(texts);
            }),
        );
    });
});
