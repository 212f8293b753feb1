/** The text of a profile file: one profile changes, every other byte stays. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PortcullisError } from "../../../../../provider/errors";
import {
    EMPTY,
    findInText,
    standing,
    withoutProfile,
    withProfile,
    withRaw,
} from "../../../../../provider/outscale/profile/text";

const PATH = "/home/someone/.osc/config.json";
const at = (text: string, name = "secure") => findInText(text, name, PATH);

/** White space as JSON has it. */
const space = fc.string({ unit: fc.constantFrom(" ", "\n", "\r\n", "\t", "\r"), maxLength: 4 });

/** A value written in any way that JSON allows. */
const written: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("null", "true", "-0", "1e5", "1.50", '""', "{}", "[]", '"\\u0041\\/\\""', "{ }"),
        fc.string().map((text) => JSON.stringify(text)),
        fc
            .array(fc.tuple(space, tie("value"), space), { maxLength: 3 })
            .map((items) => `[${items.map((parts) => parts.join("")).join(",")}]`),
        fc
            .array(fc.tuple(space, fc.string(), space, space, tie("value"), space), { maxLength: 3 })
            .map((items) => `{${items.map(property).join(",")}}`),
    ),
})).value;

function property([a, name, b, c, value, d]: [string, string, string, string, string, string]): string {
    return `${a}${JSON.stringify(name)}${b}:${c}${value}${d}`;
}

interface Part {
    readonly name: string;
    readonly before: string;
    readonly value: string;
    readonly after: string;
}
/** A file of profiles in any formatting, taken apart; the names differ. */
const parts = fc.record({
    mark: fc.constantFrom("", "\uFEFF"),
    lead: space,
    tail: space,
    empty: space,
    profiles: fc.uniqueArray(
        fc.tuple(space, fc.string(), space, space, written, space).map(([a, name, b, c, value, d]): Part => ({
            name,
            before: `${a}${JSON.stringify(name)}${b}:${c}`,
            value,
            after: d,
        })),
        { maxLength: 4, selector: ({ name }) => name },
    ),
});
type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

function textOf({ mark, lead, tail, empty, profiles }: Parts, swap?: (value: string) => string): string {
    const inside = profiles.map(
        ({ before, value, after }, index) =>
            `${before}${swap !== undefined && index === 0 ? swap(value) : value}${after}`,
    );
    return `${mark}${lead}{${inside.length === 0 ? empty : inside.join(",")}}${tail}`;
}

const value = fc.record({ access_key: fc.string(), list: fc.array(fc.string(), { maxLength: 2 }) });
const parsed = (text: string): unknown => JSON.parse(text.replace(/^\uFEFF/, ""));

describe("in any file", () => {
    test("a profile that is put in and removed leaves the very bytes", () => {
        fc.assert(
            fc.property(parts, fc.string(), value, (given, name, profile) => {
                fc.pre(given.profiles.every((each) => each.name !== name));
                const before = textOf(given);
                const after = withProfile(at(before, name), profile);
                expect(parsed(after)).toEqual(
                    Object.fromEntries([
                        ...Object.entries(parsed(before) as object),
                        [name, profile] as const,
                    ]),
                );
                expect(withoutProfile(at(after, name))).toBe(before);
            }),
            { numRuns: 2_000 },
        );
    });

    test("putting in only adds, in one place", () => {
        fc.assert(
            fc.property(parts, fc.string(), value, (given, name, profile) => {
                fc.pre(given.profiles.every((each) => each.name !== name));
                const before = textOf(given);
                const after = withProfile(at(before, name), profile);
                const added = after.length - before.length;
                const places = Array.from({ length: before.length + 1 }, (_, index) => index);
                expect(
                    places.some((index) => after.slice(0, index) + after.slice(index + added) === before),
                ).toBe(true);
            }),
            { numRuns: 500 },
        );
    });

    test("a profile that is there changes in its value alone, and is given back to the byte", () => {
        fc.assert(
            fc.property(parts, value, fc.nat(3), (given, profile, which) => {
                fc.pre(given.profiles.length > 0);
                const index = which % given.profiles.length;
                const name = given.profiles[index]?.name ?? "";
                const before = textOf(given);
                const after = withProfile(at(before, name), profile);
                const stands = standing(at(after, name));
                expect(stands?.value).toEqual(profile);
                const profiles = given.profiles.map((each, place) =>
                    place === index ? { ...each, value: stands?.raw ?? "" } : each,
                );
                expect(after).toBe(textOf({ ...given, profiles }));
                expect(withRaw(at(after, name), standing(at(before, name))?.raw ?? "")).toBe(before);
            }),
            { numRuns: 1_000 },
        );
    });

    test("whichever is removed, the others keep their bytes and their order", () => {
        fc.assert(
            fc.property(parts, fc.nat(3), (given, which) => {
                fc.pre(given.profiles.length > 0);
                const gone = given.profiles[which % given.profiles.length]?.name ?? "";
                const after = withoutProfile(at(textOf(given), gone));
                const rest = given.profiles.filter(({ name }) => name !== gone);
                expect(parsed(after)).toEqual(parsed(textOf({ ...given, profiles: rest })));
                for (const { name, value: raw } of rest) expect(standing(at(after, name))?.raw).toBe(raw);
                expect(standing(at(after, gone))).toBeUndefined();
            }),
            { numRuns: 1_000 },
        );
    });

    test("others that come and go between change nothing of that", () => {
        fc.assert(
            fc.property(parts, value, value, (given, one, two) => {
                fc.pre(given.profiles.every(({ name }) => name !== "one" && name !== "two"));
                const before = textOf(given);
                const first = withProfile(at(before, "one"), one);
                const both = withProfile(at(first, "two"), two);
                const rest = withoutProfile(at(both, "one"));
                expect(parsed(withoutProfile(at(rest, "two")))).toEqual(parsed(before));
                if (given.profiles.length > 0) expect(withoutProfile(at(rest, "two"))).toBe(before);
            }),
            { numRuns: 500 },
        );
    });
});

describe("in the manner of the file", () => {
    const profile = { access_key: "AK", client_certificate: ["c", "k"] };
    test.each([
        [
            "a new file",
            EMPTY,
            '{\n    "secure": {\n        "access_key": "AK",\n        "client_certificate": [\n            "c",\n            "k"\n        ]\n    }\n}\n',
        ],
        [
            "two spaces and CRLF, without a line end at the end",
            '{\r\n  "default": {}\r\n}',
            '{\r\n  "default": {},\r\n  "secure": {\r\n    "access_key": "AK",\r\n    "client_certificate": [\r\n      "c",\r\n      "k"\r\n    ]\r\n  }\r\n}',
        ],
        [
            "tabs",
            '{\n\t"default": {}\n}\n',
            '{\n\t"default": {},\n\t"secure": {\n\t\t"access_key": "AK",\n\t\t"client_certificate": [\n\t\t\t"c",\n\t\t\t"k"\n\t\t]\n\t}\n}\n',
        ],
        [
            "one line",
            '{"default": {}, "b": 1}',
            '{"default": {}, "b": 1, "secure": {"access_key":"AK","client_certificate":["c","k"]}}',
        ],
        [
            "commas that come first",
            '{ "a": 1\n, "b": 2\n}',
            '{ "a": 1\n, "b": 2, "secure": {"access_key":"AK","client_certificate":["c","k"]}\n}',
        ],
    ])("%s", (_title, before, after) => {
        expect(withProfile(at(before), profile)).toBe(after);
    });

    test("a name with quotation marks, an escaped one, and one of Object's own", () => {
        const text = withProfile(at(EMPTY, 'a"b\n'), {});
        expect(parsed(text)).toEqual({ 'a"b\n': {} });
        expect(standing(at('{"sec\\u0075re": {"a": 1}}'))).toEqual({ raw: '{"a": 1}', value: { a: 1 } });
        expect(standing(at("{}", "__proto__"))).toBeUndefined();
        expect(standing(at(withProfile(at(EMPTY, "__proto__"), { a: 1 }), "__proto__"))?.value).toEqual({
            a: 1,
        });
        expect(standing(at("{}", "constructor"))).toBeUndefined();
    });
});

describe("is refused, without a word of its content", () => {
    const SYNTAX =
        "Correct its syntax: a missing or extra comma or quotation mark, or a comment, is the usual reason.";
    const NO_OBJECT = `The profile file ${PATH} does not hold a JSON object of profiles; nothing has been written.`;
    test.each([
        ["cut short", '{"default": {"secret_key": "TOPSECRET', 1],
        ["a comment", '{\n// TOPSECRET\n"default": {}}', 2],
        ["a trailing comma", '{\n"default": "TOPSECRET",\n}', 3],
        ["two objects", '{}\n{"a": "TOPSECRET"}', 2],
        ["a line end in a text", '{"a": "TOP\nSECRET"}', 1],
        ["nothing", "", 1],
    ])("%s", (_title, text, line) => {
        expect(refusal(text)).toEqual({
            code: "InvalidConfiguration",
            problem: `The profile file ${PATH} is not valid JSON (line ${line}); nothing has been written.`,
            remedy: SYNTAX,
        });
    });

    test.each(["[]", '"TOPSECRET"', "null", "5", "[{}]"])("%s", (text) => {
        expect(refusal(text)).toMatchObject({ code: "InvalidConfiguration", problem: NO_OBJECT });
    });

    test("the profile twice, however it is written; another twice is nothing to us", () => {
        expect(refusal('{"secure": {"k": "TOPSECRET"}, "sec\\u0075re": 1}').problem).toBe(
            `The profile file ${PATH} holds 2 profiles of the name "secure"; nothing has been written.`,
        );
        expect(withoutProfile(at(withProfile(at('{"a":1,"a":2}'), {})))).toBe('{"a":1,"a":2}');
    });

    test("nesting that no parser follows", () => {
        const deep = "[".repeat(200_000) + "]".repeat(200_000);
        expect(refusal(`{"a": ${deep}}`).problem).toMatch(/is not valid JSON.*nothing has been written\.$/);
    });
});

function refusal(text: string): Pick<PortcullisError, "code" | "problem" | "remedy"> {
    try {
        at(text);
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        expect(`${error.message}${String(error.stack)}${String(error.cause)}`).not.toMatch(/TOP|SECRET/);
        const { code, problem, remedy } = error;
        return { code, problem, remedy };
    }
    throw new Error("It was not refused.");
}
