import { expect, test } from "@jest/globals";
import { Faults, type CallSelector } from "../../../../emulators/outscale";
import { Refusal } from "../../../../emulators/outscale/refusals";

const SEQUENCE = ["ReadCas", "CreateCa", "ReadCas", "CreateCa", "ReadVms"];

function strikes(selector: CallSelector): boolean[] {
    const faults = new Faults({ enforcementLagMs: 0 });
    faults.loseAnswer(selector);
    return SEQUENCE.map((call, index) => faults.losesAnswer({ index, call }));
}

test.each<[string, CallSelector, number[]]>([
    ["a name: the next such call", "CreateCa", [1]],
    ["a number: the nth from now", 3, [2]],
    ["both", { call: "CreateCa", nth: 2 }, [3]],
    ["an empty choice: the next call", {}, [0]],
    ["a predicate: every call it accepts", ({ index }) => index % 2 === 0, [0, 2, 4]],
])("a fault strikes by %s", (_, selector, expected) => {
    expect(strikes(selector).flatMap((struck, index) => (struck ? [index] : []))).toEqual(expected);
});

test("several faults of a kind each count the calls", () => {
    const faults = new Faults({ enforcementLagMs: 0 });
    faults.refuseConnection(1);
    const cancel = faults.refuseConnection(2);
    faults.refuseConnection(3);
    cancel();
    expect(SEQUENCE.map((call, index) => faults.intervene({ index, call }))).toEqual([
        "refuse",
        undefined,
        "refuse",
        undefined,
        undefined,
    ]);
});

function statuses(faults: Faults, count: number): (number | undefined)[] {
    return Array.from({ length: count }, (_, index) => {
        const intervention = faults.intervene({ index, call: "ReadCas" });
        return intervention instanceof Refusal ? intervention.status : undefined;
    });
}

test("the next calls fail as asked, then no more", () => {
    const faults = new Faults({ enforcementLagMs: 0 });
    faults.throttleNext(2);
    faults.throttleNext(1, 503);
    faults.failNext(1);
    expect(statuses(faults, 5)).toEqual([429, 429, 503, 500, undefined]);
});

test("throttling repeats by its seed, at about its probability", () => {
    const run = (seed: number) => {
        const faults = new Faults({ enforcementLagMs: 0 });
        faults.throttle({ probability: 0.3, seed, status: 503 });
        return statuses(faults, 2000);
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    const share = run(7).filter((status) => status === 503).length / 2000;
    expect(share).toBeGreaterThan(0.26);
    expect(share).toBeLessThan(0.34);
});

test("a reset takes every fault back, and the lag is the account's", () => {
    const account = { enforcementLagMs: 0 };
    const faults = new Faults(account);
    faults.latencyMs = 5;
    faults.enforcementLagMs = 100;
    expect(account.enforcementLagMs).toBe(100);
    faults.throttle({ probability: 1 });
    faults.throttleNext(3);
    faults.hang(() => true);
    faults.loseAnswer(() => true);
    faults.reset();
    expect([faults.latencyMs, account.enforcementLagMs]).toEqual([0, 0]);
    expect(faults.intervene({ index: 0, call: "ReadCas" })).toBeUndefined();
    expect(faults.losesAnswer({ index: 0, call: "ReadCas" })).toBe(false);
});
