/** Validation of inputs: unknown parts pass, known parts are normalised or refused by their path. */
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { checkInputs, hasUnknown, isKnown } from "../../../provider/inputs";
import { UNKNOWN } from "../../../provider/resource";

const schema = z.object({
    name: z.string().min(2, "Longer."),
    tags: z
        .array(z.string().min(1, "Not empty."))
        .default([])
        .transform((tags) => [...tags].sort()),
    place: z.strictObject({ street: z.string("A street."), number: z.number("A number.") }).optional(),
});

describe("unknown is", () => {
    test.each<[unknown, boolean]>([
        [UNKNOWN, true],
        [[1, [UNKNOWN]], true],
        [{ a: { b: UNKNOWN } }, true],
        [{ a: [{ b: "x" }] }, false],
        [null, false],
        [undefined, false],
        ["", false],
        [Symbol("unknown until deployed"), false],
    ])("%p: %p", (value, expected) => {
        expect(hasUnknown(value)).toBe(expected);
        expect(isKnown(value)).toBe(!expected);
    });
});

describe("a check", () => {
    test("fills defaults, normalises, and leaves out what is not given", () => {
        expect(checkInputs(schema, { name: "ab" })).toEqual({
            inputs: { name: "ab", tags: [] },
            failures: [],
        });
        expect(checkInputs(schema, { name: "ab", tags: ["c", "b"] }).inputs.tags).toEqual(["b", "c"]);
        expect(Object.keys(checkInputs(schema, { name: "ab" }).inputs)).toEqual(["name", "tags"]);
    });

    test.each<[string, object]>([
        ["a property", { name: UNKNOWN, tags: ["b", "a"] }],
        ["an item", { name: "ab", tags: ["b", UNKNOWN, "a"] }],
        ["a whole list", { name: "ab", tags: UNKNOWN }],
        ["an optional object", { name: "ab", place: UNKNOWN }],
        ["a part of an object", { name: "ab", place: { street: UNKNOWN, number: 1 } }],
        ["every part", { name: UNKNOWN, tags: UNKNOWN, place: { street: UNKNOWN, number: UNKNOWN } }],
    ])("lets %s pass that is unknown, in its form", (_title, given) => {
        const { inputs, failures } = checkInputs(schema, given);
        expect(failures).toEqual([]);
        for (const [key, value] of Object.entries(given)) {
            const planned: unknown = inputs[key as keyof typeof inputs];
            if (hasUnknown(value)) expect(planned).toEqual(value);
        }
        expect(inputs.tags).toEqual(
            "tags" in given && hasUnknown(given.tags) ? given.tags : "tags" in given ? ["a", "b"] : [],
        );
    });

    test("still refuses the known parts beside the unknown ones", () => {
        expect(checkInputs(schema, { name: UNKNOWN, tags: [UNKNOWN, ""] }).failures).toEqual([
            { property: "tags[1]", reason: "Not empty." },
        ]);
        expect(checkInputs(schema, { name: "ab", place: { street: UNKNOWN, number: "1" } }).failures).toEqual(
            [{ property: "place.number", reason: "A number." }],
        );
    });

    test("names every failure by its path, and keeps what was given", () => {
        const given = { name: "a", tags: ["", "x", ""], place: { street: 1, number: "x" } };
        expect(checkInputs(schema, given)).toEqual({
            inputs: given,
            failures: [
                { property: "name", reason: "Longer." },
                { property: "tags[0]", reason: "Not empty." },
                { property: "tags[2]", reason: "Not empty." },
                { property: "place.street", reason: "A street." },
                { property: "place.number", reason: "A number." },
            ],
        });
    });

    test("refuses what there is no such input of, but for the engine's own", () => {
        expect(checkInputs(schema, { name: "ab", nmae: "x", __provider: "text", __defaults: [] })).toEqual({
            inputs: { name: "ab", tags: [] },
            failures: [
                {
                    property: "nmae",
                    reason: "There is no such input. Remove it, or use one of: name, tags, place.",
                },
            ],
        });
        expect(checkInputs(schema, { name: "ab", nmae: UNKNOWN }).failures).toHaveLength(1);
    });

    test("names a required property that is missing", () => {
        expect(checkInputs(schema, {}).failures.map(({ property }) => property)).toEqual(["name"]);
    });

    test("looks across properties only once each is valid by itself", () => {
        const across = () => [{ property: "name", reason: "Across." }];
        expect(checkInputs(schema, { name: "ab" }, across).failures).toEqual([
            { property: "name", reason: "Across." },
        ]);
        expect(checkInputs(schema, { name: "a" }, across).failures).toEqual([
            { property: "name", reason: "Longer." },
        ]);
        const seen: unknown[] = [];
        checkInputs(schema, { name: "ab", tags: UNKNOWN }, (inputs) => {
            seen.push(inputs);
            return [];
        });
        expect(seen).toEqual([{ name: "ab", tags: UNKNOWN }]);
    });

    test("does not touch what it was given", () => {
        const given = Object.freeze({ name: "ab", tags: Object.freeze(["b", "a"]) });
        expect(checkInputs(schema, given).inputs.tags).toEqual(["a", "b"]);
        expect(given.tags).toEqual(["b", "a"]);
    });
});
