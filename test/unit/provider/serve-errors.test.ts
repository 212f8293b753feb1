/** The bridge that the plugin process runs: what is kept of a half-made object, and errors without stacks. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PortcullisError } from "../../../provider/errors";
import { PartialFailure, UNKNOWN, type ResourceType } from "../../../provider/resource";
import { fromEngine, serve, toEngine, type ReadConfig } from "../../../provider/serve";

type Bag = Record<string, unknown>;
type Type = ResourceType<Bag, Bag, string>;

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
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const PROVIDER = "exports.handler = …";

/** A type that does nothing, with some of its functions replaced. */
function typeWith(over: Partial<Type> = {}): Type {
    return {
        token: "test:Type",
        check: (inputs) => ({ inputs: inputs as Bag, failures: [] }),
        diff: () => ({ changed: [], replaces: [] }),
        create: (inputs) => Promise.resolve({ id: "id", state: inputs }),
        read: (id, state) => Promise.resolve({ id, state }),
        update: (_id, _state, inputs) => Promise.resolve(inputs),
        delete: () => Promise.resolve(),
        ...over,
    };
}
const served = (over: Partial<Type> = {}) => serve(typeWith(over), () => "client");

async function rejection(promise: Promise<unknown>): Promise<Error & Bag> {
    const outcome = await promise.then(
        () => "not rejected",
        (error: unknown) => error,
    );
    if (!(outcome instanceof Error)) throw new Error(String(outcome));
    return outcome as Error & Bag;
}

describe("a step that failed after the object was made", () => {
    const reason = new PortcullisError({
        code: "ProofFailed",
        problem: "It was refused.",
        remedy: "See why.",
    });
    const partial = () =>
        Promise.reject(new PartialFailure("made", { a: 1, b: UNKNOWN, c: undefined }, reason));

    test.each([
        ["create", () => served({ create: partial }).create({ __provider: PROVIDER, a: 1 })],
        [
            "update",
            () => served({ update: partial }).update("made", { __provider: "old" }, { __provider: PROVIDER }),
        ],
    ])("of %s keeps its id, its state and the provider's text", async (_title, run) => {
        const error = await rejection(run());
        expect(error.id).toBe("made");
        expect(error.properties).toEqual({ a: 1, b: UNKNOWN_TEXT, __provider: PROVIDER });
        expect(error.reasons).toEqual(["It was refused. See why."]);
        expect(error.message).toBe("It was refused. See why.");
    });

    test("any other error keeps none", async () => {
        const error = await rejection(served({ create: () => Promise.reject(reason) }).create({}));
        expect(error).toBe(reason);
        expect("id" in error || "properties" in error).toBe(false);
    });
});

describe("errors", () => {
    const refusal = () => new PortcullisError({ code: "Lockout", problem: "Refused.", remedy: "Do that." });
    const failing = (error: () => Error): Partial<Type> => {
        const fail = () => Promise.reject(error());
        return {
            check: () => {
                throw error();
            },
            diff: () => {
                throw error();
            },
            create: fail,
            read: fail,
            update: fail,
            delete: fail,
        };
    };
    const calls = (over: Partial<Type>): [string, () => Promise<unknown>][] => {
        const provider = served(over);
        return [
            ["check", () => provider.check({}, {})],
            ["diff", () => provider.diff("id", {}, {})],
            ["create", () => provider.create({})],
            ["read", () => provider.read("id", {})],
            ["update", () => provider.update("id", {}, {})],
            ["delete", () => provider.delete("id", {})],
        ];
    };

    test.each(calls(failing(refusal)))(
        "of %s say what to do, and not where they were thrown",
        async (_name, call) => {
            const error = await rejection(call());
            expect(error.message).toBe("Refused. Do that.");
            // The process prints the stack, or the message where there is none.
            expect(error.stack).toBe("");
        },
    );

    test.each(calls(failing(() => new TypeError("a bug"))))(
        "of %s that are bugs keep their stack",
        async (_name, call) => {
            expect((await rejection(call())).stack).toContain("serve.test");
        },
    );

    test.each([new RangeError("a bug"), new ReferenceError("a bug"), new Error("unexpected")])(
        "%p keeps its stack",
        async (bug) => {
            expect((await rejection(served(failing(() => bug)).create({}))).stack).toContain("serve.test");
        },
    );
});
