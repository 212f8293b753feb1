/** Which reads share one call, and which never do. */
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { Flights } from "../../../../../provider/outscale/api/flights";
import { TransportFailure } from "../../../../../provider/outscale/api/client";
import { bench, CA, failureOf, ok, script, type Happening } from "./fake-transport";

/** Answers that are given when the test says so, by number. */
function held(): {
    answer: (request: unknown, index: number) => Promise<Happening>;
    give(index: number, it: Happening): void;
} {
    const waiting = new Map<number, (happening: Happening) => void>();
    return {
        answer: (_request, index) => new Promise((resolve) => waiting.set(index, resolve)),
        give: (index, it) => waiting.get(index)?.(it),
    };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("identical reads in flight are one call, whatever the order of their properties", async () => {
    const answers = held();
    const on = bench(answers.answer);
    const reads = [
        on.api.call("ReadAccessKeys", { UserName: "a", Tag: "b" }),
        on.api.call("ReadAccessKeys", { Tag: "b", UserName: "a" }),
    ];
    await turn();
    answers.give(0, ok({ AccessKeys: [] }));
    const [first, second] = await Promise.all(reads);
    expect(on.sent).toHaveLength(1);
    expect(second).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
});

test("different requests and different calls are not shared", async () => {
    const on = bench(({ call }) => ok(call === "ReadCas" ? { Cas: [] } : { ApiAccessRules: [] }));
    await Promise.all([
        on.api.call("ReadCas", {}),
        on.api.call("ReadCas", { Filters: { CaIds: ["a", "b"] } }),
        on.api.call("ReadCas", { Filters: { CaIds: ["b", "a"] } }),
        on.api.call("ReadApiAccessRules", {}),
    ]);
    expect(on.sent).toHaveLength(4);
});

test("200 reads at once are one call, and a failure is shared but not kept", async () => {
    const on = bench(script(new TransportFailure("refused", false), ok({ Cas: [] })));
    const failures = await Promise.all(
        Array.from({ length: 200 }, () => failureOf(on.api.call("ReadCas", {}))),
    );
    expect(new Set(failures).size).toBe(1);
    expect(on.sent).toHaveLength(1);
    await on.api.call("ReadCas", {}, { maxAgeMs: 1_000 });
    expect(on.sent).toHaveLength(2);
});

test("a read that begins after a change began joins no older one", async () => {
    const answers = held();
    const on = bench(answers.answer);
    // The first call of a process goes alone; what follows it is looked at here.
    const first = on.api.call("ReadApiAccessRules", {});
    answers.give(0, ok({ ApiAccessRules: [] }));
    await first;
    const before = on.api.call("ReadCas", {});
    const change = on.api.call("DeleteCa", { CaId: "ca-1" });
    const during = on.api.call("ReadCas", {});
    await turn();
    expect(on.calls()).toEqual(["ReadApiAccessRules", "ReadCas", "DeleteCa", "ReadCas"]);
    answers.give(2, ok({}));
    await change;
    const after = on.api.call("ReadCas", {});
    await turn();
    expect(on.calls()).toEqual(["ReadApiAccessRules", "ReadCas", "DeleteCa", "ReadCas", "ReadCas"]);
    answers.give(1, ok({ Cas: [{ ...CA, CaId: "before" }] }));
    answers.give(3, ok({ Cas: [{ ...CA, CaId: "during" }] }));
    answers.give(4, ok({ Cas: [{ ...CA, CaId: "after" }] }));
    const ids = (await Promise.all([before, during, after])).map(({ Cas }) => Cas[0]?.CaId);
    expect(ids).toEqual(["before", "during", "after"]);
    // The answers of older generations serve nobody any more; the newest one does.
    const again = await on.api.call("ReadCas", {}, { maxAgeMs: 60_000 });
    expect(again.Cas[0]?.CaId).toBe("after");
});

test("a change that fails starts a new generation too", async () => {
    const on = bench(({ call }) =>
        call === "ReadCas" ? ok({ Cas: [] }) : new TransportFailure("other", true),
    );
    await on.api.call("ReadCas", {});
    await failureOf(on.api.call("DeleteCa", { CaId: "ca-1" }));
    await on.api.call("ReadCas", {}, { maxAgeMs: 60_000 });
    expect(on.calls()).toEqual(["ReadCas", "DeleteCa", "ReadCas"]);
});

test("an answer serves as long as its age allows, to the millisecond", async () => {
    const on = bench(() => ok({ Cas: [] }));
    await on.api.call("ReadCas", {});
    on.advance(500);
    await on.api.call("ReadCas", {}, { maxAgeMs: 500 });
    expect(on.sent).toHaveLength(1);
    on.advance(1);
    await on.api.call("ReadCas", {}, { maxAgeMs: 500 });
    expect(on.sent).toHaveLength(2);
    await on.api.call("ReadCas", {});
    expect(on.sent).toHaveLength(3);
});

test("views that fall back share reads; a probe of a certificate does not", async () => {
    const certificate = { certificatePem: "c", privateKeyPem: "k" };
    const on = bench(() => ok({ Cas: [] }));
    await Promise.all([
        on.api.call("ReadCas", {}),
        on.api.fallingBackOn(certificate).call("ReadCas", {}),
        on.api.presenting(certificate).call("ReadCas", {}),
    ]);
    expect(on.sent.map((sent) => sent.certificate)).toEqual([undefined, certificate]);
});

test("no read ever sees an answer that began before the last change", async () => {
    const steps = fc.array(fc.constantFrom<"read" | "change" | "settle">("read", "change", "settle"), {
        maxLength: 30,
    });
    await fc.assert(
        fc.asyncProperty(steps, async (order) => {
            const flights = new Flights();
            let version = 0;
            const pending: (() => void)[] = [];
            const checks: Promise<void>[] = [];
            for (const step of order) {
                if (step === "change") {
                    await flights.change(() => {
                        version += 1;
                        return Promise.resolve();
                    });
                } else if (step === "settle") pending.shift()?.();
                else {
                    const least = version;
                    const read = flights.read(
                        "key",
                        1_000,
                        () => new Date(0),
                        () => {
                            const seen = version;
                            return new Promise<number>((resolve) =>
                                pending.push(() => {
                                    resolve(seen);
                                }),
                            );
                        },
                    );
                    checks.push(
                        read.then((seen) => {
                            expect(seen).toBeGreaterThanOrEqual(least);
                        }),
                    );
                }
                await Promise.resolve();
            }
            for (const settle of pending) settle();
            await Promise.all(checks);
        }),
    );
});
