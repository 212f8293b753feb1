/** The bridge that the plugin process runs: unknowns, nulls, the engine's own properties, and the client. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PortcullisError } from "../../../provider/errors";
import { UNKNOWN } from "../../../provider/resource";
import { fromEngine, serve, toEngine, type ReadConfig } from "../../../provider/serve";
import { PROVIDER, rejection, served, typeWith, UNKNOWN_TEXT, type Bag } from "./serve-fixture";

/** How the engine writes values that are not known yet: for a bool, a number, a text, a list, an asset, an archive, an object. */
const SENTINELS = [
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];
describe("values", () => {
    test.each(SENTINELS)("the sentinel %s is an unknown value, wherever it stands", (sentinel) => {
        expect(fromEngine(sentinel)).toBe(UNKNOWN);
        expect(fromEngine({ a: [sentinel, { b: sentinel }] })).toEqual({ a: [UNKNOWN, { b: UNKNOWN }] });
        expect(fromEngine(`${sentinel} `)).toBe(`${sentinel} `);
        expect(fromEngine(sentinel.toUpperCase())).toBe(sentinel.toUpperCase());
    });

    test("unknown values go back as the text's sentinel", () => {
        expect(toEngine({ a: [UNKNOWN, { b: UNKNOWN }], c: UNKNOWN })).toEqual({
            a: [UNKNOWN_TEXT, { b: UNKNOWN_TEXT }],
            c: UNKNOWN_TEXT,
        });
    });

    test("nulls are left out, and so is what belongs to the engine, at every depth", () => {
        expect(
            fromEngine({
                __provider: PROVIDER,
                __defaults: [],
                a: null,
                b: undefined,
                c: { __internal: 1, d: null, e: 0 },
                f: "",
                g: false,
            }),
        ).toEqual({ c: { e: 0 }, f: "", g: false });
        expect(Object.keys(fromEngine({ a: null, __p: 1 }) as Bag)).toEqual([]);
        expect(fromEngine(null)).toBeUndefined();
        expect(Object.keys(toEngine({ a: undefined, b: { c: undefined } }) as Bag)).toEqual(["b"]);
        expect(toEngine({ a: undefined, b: { c: undefined, d: 1 }, e: false })).toEqual({
            b: { d: 1 },
            e: false,
        });
    });

    test("everything else comes back as it went", () => {
        const value = fc.jsonValue().filter((json) => !JSON.stringify(json).match(/null|"__/));
        fc.assert(
            fc.property(value, (json) => {
                expect(fromEngine(toEngine(json))).toEqual(json);
            }),
        );
    });
});

describe("check", () => {
    test("sees unknowns and no engine property, and gives unknowns back", async () => {
        const seen: unknown[] = [];
        const provider = served({
            check: (inputs, now, last) => {
                seen.push(inputs, now, last);
                return { inputs: { a: UNKNOWN, b: 1 }, failures: [] };
            },
        });
        const before = Date.now();
        expect(
            await provider.check(
                { __provider: "old", a: "before", n: null },
                { __provider: PROVIDER, a: SENTINELS[0] },
            ),
        ).toEqual({ inputs: { a: UNKNOWN_TEXT, b: 1 }, failures: [] });
        const [inputs, now, last] = seen;
        expect([inputs, last]).toEqual([{ a: UNKNOWN }, { a: "before" }]);
        expect((now as Date).getTime()).toBeGreaterThanOrEqual(before);
    });

    test("names the property in the reason alone: the engine would print its value", async () => {
        const failures = [{ property: "rules[0].cns", reason: "Give `caIds` too." }];
        const provider = served({ check: (inputs) => ({ inputs: inputs as Bag, failures }) });
        expect((await provider.check({}, { secret: "TOP-SECRET" })).failures).toEqual([
            { property: "", reason: "rules[0].cns: Give `caIds` too." },
        ]);
    });
});

describe("diff", () => {
    test.each([
        [
            { changed: [], replaces: [] },
            { changes: false, replaces: [], deleteBeforeReplace: false },
        ],
        [
            { changed: ["a"], replaces: [] },
            { changes: true, replaces: [], deleteBeforeReplace: false },
        ],
        [
            { changed: ["a", "b"], replaces: ["b"], deleteBeforeReplace: true },
            { changes: true, replaces: ["b"], deleteBeforeReplace: true },
        ],
        [
            { changed: ["a"], replaces: ["a"], deleteBeforeReplace: false },
            { changes: true, replaces: ["a"], deleteBeforeReplace: false },
        ],
    ])("%j", async (found, expected) => {
        expect(await served({ diff: () => found }).diff("id", {}, {})).toEqual(expected);
    });

    test("sees the state and the planned inputs without what is the engine's", async () => {
        const seen: unknown[] = [];
        const provider = served({
            diff: (state, inputs) => {
                seen.push(state, inputs);
                return { changed: [], replaces: [] };
            },
        });
        await provider.diff(
            "id",
            { a: 1, __provider: "old", n: null },
            { a: SENTINELS[6], __provider: PROVIDER },
        );
        expect(seen).toEqual([{ a: 1 }, { a: UNKNOWN }]);
    });
});

describe("the calls that do something", () => {
    test("create and update give outputs without undefined, read gives the live object", async () => {
        const provider = served({
            create: (inputs) => Promise.resolve({ id: "made", state: { ...inputs, x: undefined, y: 1 } }),
            update: (id, state, inputs) => Promise.resolve({ ...inputs, id, was: state.a, z: undefined }),
            read: (id, state) => Promise.resolve({ id, state: { ...state, live: true, z: undefined } }),
        });
        const { outs } = await provider.create({ __provider: PROVIDER, a: "new", n: null });
        expect(outs).toEqual({ a: "new", y: 1 });
        expect(Object.keys(outs)).toEqual(["a", "y"]);
        expect((await provider.create({})).id).toBe("made");
        expect(await provider.update("id-1", { a: "old" }, { a: "new", __provider: PROVIDER })).toEqual({
            outs: { a: "new", id: "id-1", was: "old" },
        });
        expect(await provider.read("id-1", { a: "old", __provider: PROVIDER })).toEqual({
            id: "id-1",
            props: { a: "old", live: true },
        });
    });

    test("an object that is gone has an empty id", async () => {
        expect(await served({ read: () => Promise.resolve(undefined) }).read("id", { a: 1 })).toEqual({
            id: "",
            props: {},
        });
    });

    test("delete gets id and state", async () => {
        const seen: unknown[] = [];
        const provider = served({
            delete: (id, state) => {
                seen.push(id, state);
                return Promise.resolve();
            },
        });
        await provider.delete("id", { a: 1, __provider: PROVIDER, n: null });
        expect(seen).toEqual(["id", { a: 1 }]);
    });
});

describe("the client", () => {
    test("is made from the stack's configuration at the first call that needs one, and once", async () => {
        const made: (string | undefined)[] = [];
        const used: unknown[] = [];
        const connect = (config: ReadConfig): string => {
            made.push(config("outscale:region"), config("outscale:missing"));
            return "the client";
        };
        const work = (_a: unknown, b: { client: unknown }) => {
            used.push(b.client);
            return Promise.resolve({ id: "id", state: {} });
        };
        const provider = serve(typeWith({ create: work }), connect);
        await provider.configure({
            config: { get: (key) => (key === "outscale:region" ? "eu-west-2" : undefined) },
        });
        await provider.check({}, {});
        await provider.diff("id", {}, {});
        expect(made).toEqual([]);
        await provider.create({});
        await provider.create({});
        expect(made).toEqual(["eu-west-2", undefined]);
        expect(used).toEqual(["the client", "the client"]);
    });

    test("is made without configuration where none was given", async () => {
        const made: unknown[] = [];
        const provider = serve(typeWith(), (config) => String(made.push(config("outscale:region"))));
        await provider.read("id", {});
        expect(made).toEqual([undefined]);
    });

    test("that cannot be made is an error of the call, and is tried again at the next", async () => {
        let tries = 0;
        const provider = serve(typeWith(), () => {
            tries += 1;
            if (tries === 1)
                throw new PortcullisError({
                    code: "InvalidConfiguration",
                    problem: "No key.",
                    remedy: "Set one.",
                });
            return "client";
        });
        expect((await rejection(provider.create({}))).message).toBe("No key. Set one.");
        expect((await provider.create({})).id).toBe("id");
    });

    test("comes with a clock and a sleep", async () => {
        const seen: number[] = [];
        const provider = served({
            create: async (inputs, context) => {
                const start = context.now().getTime();
                await context.sleep(20);
                seen.push(context.now().getTime() - start);
                return { id: "id", state: inputs };
            },
        });
        await provider.create({});
        expect(seen[0]).toBeGreaterThanOrEqual(15);
    });
});

test("what the program declares is seen by later calls, as far as it was known at its check", async () => {
    const seen: unknown[] = [];
    const provider = served({
        delete: (_id, _state, context) => {
            seen.push(context.declared.of(typeWith().token));
            return Promise.resolve();
        },
    });
    await provider.delete("id", {});
    expect(seen[0]).toEqual([]);
    await provider.check({}, { a: 1, __provider: PROVIDER });
    await provider.check({}, { a: SENTINELS[2] });
    await provider.check({}, { b: [{ c: SENTINELS[0] }] });
    await provider.check({ old: true }, { b: 2 });
    await provider.delete("id", {});
    expect(seen[1]).toEqual([
        { inputs: { a: 1 }, last: {} },
        { inputs: { b: 2 }, last: { old: true } },
    ]);
});
