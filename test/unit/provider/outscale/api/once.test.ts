/** An object is created once, and deleted once, whichever answers get lost. */
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { AnswerLost, createOnce, TransportFailure } from "../../../../../provider/outscale/api/client";
import { deleteOnce } from "../../../../../provider/outscale/api/once";
import { bench, CA, failureOf, ok, refusal, type Happening } from "./fake-transport";

/** What becomes of one create: carried out or not, answered or not. */
type Fate = "answered" | "carried out, answer lost" | "never arrived" | "refused";

/** A service that keeps authorities, and what the test lets happen to each create. */
function service(fates: readonly Fate[]): {
    readonly made: string[];
    readonly answer: (request: { call: string }) => Happening;
} {
    const made: string[] = [];
    let creates = 0;
    return {
        made,
        answer: ({ call }) => {
            if (call === "ReadCas") return ok({ Cas: made.map((CaId) => ({ ...CA, CaId })) });
            const fate = fates[creates] ?? "answered";
            creates += 1;
            if (fate === "refused") return refusal(400, "4118");
            if (fate !== "never arrived") made.push(`ca-${creates}`);
            if (fate !== "answered") return new TransportFailure("reset", true);
            return ok({ Ca: { ...CA, CaId: `ca-${creates}` } });
        },
    };
}

function run(fates: readonly Fate[]): { made: string[]; slept: number[]; result: Promise<string> } {
    const { made, answer } = service(fates);
    const on = bench(answer);
    const result = createOnce({
        create: async () => (await on.api.call("CreateCa", { CaPem: "pem" })).Ca.CaId,
        find: async () => (await on.api.call("ReadCas", {})).Cas[0]?.CaId,
    });
    return { made, slept: on.slept, result };
}

test.each<[Fate[], string, number[]]>([
    [["answered"], "ca-1", []],
    [["carried out, answer lost"], "ca-1", []],
    [["never arrived", "answered"], "ca-2", [1_000, 2_000, 4_000]],
    [["never arrived", "carried out, answer lost"], "ca-2", [1_000, 2_000, 4_000]],
])("%j makes %s", async (fates, id, waits) => {
    const { made, slept, result } = run(fates);
    expect(await result).toBe(id);
    expect(made).toEqual([id]);
    expect(slept).toEqual(waits);
});

test("it is bounded: three creates that never arrive are the end", async () => {
    const { made, slept, result } = run(["never arrived", "never arrived", "never arrived"]);
    expect(await failureOf(result)).toBeInstanceOf(AnswerLost);
    expect(made).toEqual([]);
    expect(slept).toEqual([1_000, 2_000, 4_000, 1_000, 2_000, 4_000, 1_000, 2_000, 4_000]);
});

test("never two objects, whatever happens to each create", async () => {
    const fate = fc.constantFrom<Fate>("answered", "carried out, answer lost", "never arrived", "refused");
    await fc.assert(
        fc.asyncProperty(fc.array(fate, { maxLength: 6 }), async (fates) => {
            const { made, result } = run(fates);
            const id = await result.catch(() => undefined);
            expect(made).toEqual(id === undefined ? [] : [id]);
        }),
    );
});

test("an object that is seen late is not made again", async () => {
    let looks = 0;
    let creates = 0;
    const on = bench(() => new TransportFailure("timeout", true));
    const id = await createOnce({
        create: async () => {
            creates += 1;
            await on.api.call("CreateCa", { CaPem: "pem" });
            return "answered";
        },
        find: () => {
            looks += 1;
            return Promise.resolve(looks === 4 ? "seen" : undefined);
        },
    });
    expect([id, creates, on.slept]).toEqual(["seen", 1, [1_000, 2_000, 4_000]]);
});

test("where looking fails, nothing is sent again", async () => {
    let creates = 0;
    const on = bench(() => new TransportFailure("reset", true));
    const blind = new Error("cannot look");
    const result = createOnce({
        create: async () => {
            creates += 1;
            await on.api.call("CreateCa", { CaPem: "pem" });
        },
        find: () => Promise.reject(blind),
    });
    expect(await failureOf(result)).toBe(blind);
    expect(creates).toBe(1);
});

test("any other error passes at once", async () => {
    const wrong = new Error("refused");
    const find = (): Promise<string | undefined> => Promise.reject(new Error("not asked for"));
    expect(await failureOf(createOnce({ create: () => Promise.reject(wrong), find }))).toBe(wrong);
});

test.each([
    ["answers", undefined, true, undefined],
    ["fails, and the object is gone", new Error("lost"), false, undefined],
    ["fails, and the object is there", new Error("refused"), true, "refused"],
])("a deletion that %s", async (_title, error, isThere, expected) => {
    const remove = (): Promise<void> => (error === undefined ? Promise.resolve() : Promise.reject(error));
    const done = deleteOnce({ remove, isThere: () => Promise.resolve(isThere) });
    if (expected === undefined) await done;
    else expect(await failureOf(done)).toMatchObject({ message: expected });
});
