/** The bridge that the plugin process runs: what is kept of a half-made object, and errors without stacks. */
import { describe, expect, test } from "@jest/globals";
import { PortcullisError } from "../../../provider/errors";
import { PartialFailure, UNKNOWN } from "../../../provider/resource";
import { PROVIDER, rejection, served, UNKNOWN_TEXT, type Type } from "./serve-fixture";

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
            expect((await rejection(call())).stack).toContain("serve-errors.test");
        },
    );

    test.each([new RangeError("a bug"), new ReferenceError("a bug"), new Error("unexpected")])(
        "%p keeps its stack",
        async (bug) => {
            expect((await rejection(served(failing(() => bug)).create({}))).stack).toContain(
                "serve-errors.test",
            );
        },
    );
});
