/** Work taken in turns. */
import { expect, test } from "@jest/globals";
import { Turns } from "../../../../../provider/outscale/api/turns";
import { failureOf } from "./fake-transport";

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("one at a time, in order, also after a failure", async () => {
    const turns = new Turns();
    const order: string[] = [];
    const work = (name: string, fails = false) =>
        turns.take(async () => {
            order.push(`+${name}`);
            await pause();
            order.push(`-${name}`);
            if (fails) throw new Error(name);
            return name;
        });
    const results = await Promise.allSettled([work("a"), work("b", true), work("c")]);
    expect(order).toEqual(["+a", "-a", "+b", "-b", "+c", "-c"]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("a turn within a turn does not wait for itself, and two of them keep their order", async () => {
    const turns = new Turns();
    const order: string[] = [];
    const step = (name: string) => async (): Promise<void> => {
        order.push(`+${name}`);
        await pause();
        order.push(`-${name}`);
    };
    await Promise.all([
        turns.take(async () => {
            await Promise.all([turns.take(step("a1")), turns.take(() => turns.take(step("a2")))]);
        }),
        turns.take(step("b")),
    ]);
    expect(order).toEqual(["+a1", "-a1", "+a2", "-a2", "+b", "-b"]);
});

test("what outlives its turn queues like anybody else", async () => {
    const turns = new Turns();
    const order: string[] = [];
    let late: Promise<void> | undefined;
    await turns.take(() => {
        late = (async () => {
            await pause();
            await turns.take(() => {
                order.push("late");
                return Promise.resolve();
            });
        })();
        return Promise.resolve();
    });
    await turns.take(async () => {
        await pause();
        await pause();
        order.push("next");
    });
    await late;
    expect(order).toEqual(["next", "late"]);
});

test("two accounts do not wait for each other, even one within the other", async () => {
    const [one, other] = [new Turns(), new Turns()];
    expect(await one.take(() => other.take(() => one.take(() => Promise.resolve("done"))))).toBe("done");
});

test("the failure of work is the failure of its turn", async () => {
    const wrong = new Error("wrong");
    expect(await failureOf(new Turns().take(() => Promise.reject(wrong)))).toBe(wrong);
});
