/** The profile file on the disk: links, owners, locks, and writers that do not keep to them. */
import { describe, expect, jest, test } from "@jest/globals";
import {
    chownSync,
    lstatSync,
    mkdirSync,
    readFileSync,
    readlinkSync,
    rmSync,
    symlinkSync,
    utimesSync,
    writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { acquireLock } from "../../../../../provider/outscale/profile/lock";
import { changeFile } from "../../../../../provider/outscale/profile/store";
import {
    all,
    CONFIG,
    context,
    create,
    destroy,
    home,
    isThere,
    parsed,
    put,
    read,
    refusal,
    text,
} from "./folder";

const LOCK = ".osc/config.json.portcullis.lock";
const GONE = 2 ** 22 + 1; // Above every process number that Linux gives.

describe("a link", () => {
    test("is followed and stays, whether it is the file's or the folder's", async () => {
        put("dotfiles/osc.json", '{"default": {}}\n');
        mkdirSync(join(home, ".osc"));
        symlinkSync("../dotfiles/osc.json", join(home, CONFIG));
        symlinkSync(".osc", join(home, "alias"));
        const state = await create({ path: join(home, "alias/config.json") });
        expect(readlinkSync(join(home, CONFIG))).toBe("../dotfiles/osc.json");
        expect(Object.keys(parsed("dotfiles/osc.json"))).toEqual(["default", "secure"]);
        await destroy(state);
        expect(text("dotfiles/osc.json")).toBe('{"default": {}}\n');
        put("dotfiles/osc.json", "{}\n");
        await destroy(await create());
        expect(text("dotfiles/osc.json")).toBe("{}\n");
        expect(all()).toEqual([
            ".osc",
            CONFIG,
            "alias",
            "alias/config.json",
            "dotfiles",
            "dotfiles/osc.json",
        ]);
    });

    test("to nothing is refused", async () => {
        mkdirSync(join(home, ".osc"));
        symlinkSync("nowhere", join(home, CONFIG));
        expect((await refusal(create())).problem).toBe(
            `${join(home, CONFIG)} is a link to a file that does not exist; nothing has been written.`,
        );
        expect(lstatSync(join(home, CONFIG)).isSymbolicLink()).toBe(true);
    });
});

describe("a file that cannot be ours", () => {
    test("is no file", async () => {
        mkdirSync(join(home, CONFIG), { recursive: true });
        expect((await refusal(create())).problem).toMatch(/config\.json is not a file; nothing/);
    });

    (process.geteuid?.() === 0 ? test : test.skip)("is another user's (tried as root alone)", async () => {
        put(CONFIG, "{}");
        chownSync(join(home, CONFIG), 4711, 4711);
        expect((await refusal(create())).problem).toBe(
            `The profile file ${join(home, CONFIG)} belongs to another user (uid 4711); nothing has been written.`,
        );
        expect(text()).toBe("{}");
    });

    test("is below a file, or not UTF-8, or no JSON", async () => {
        put(".osc", "HIDDEN");
        expect((await refusal(create())).problem).toMatch(/cannot be looked up \(ENOTDIR\)/);
        rmSync(join(home, ".osc"));
        put(CONFIG, Buffer.from([0x22, 0xff, 0x22]));
        expect((await refusal(create())).problem).toMatch(
            /is not text in UTF-8; nothing has been written\.$/,
        );
        put(CONFIG, '{"a": HIDDEN}');
        expect((await refusal(create())).problem).toMatch(
            /not valid JSON \(line 1\); nothing has been written/,
        );
        expect(all()).toEqual([".osc", CONFIG]);
    });

    test("would hide osc-cli's older file", async () => {
        put(".osc_sdk/config.json", "{}");
        const error = await refusal(create());
        expect(error.problem).toBe(
            `There is no ${join(home, CONFIG)} yet, and making it would hide ${join(home, ".osc_sdk/config.json")} from osc-cli, which reads the first of them that exists; nothing has been written.`,
        );
        expect(isThere(".osc")).toBe(false);
        await create({ path: "~/.osc_sdk/config.json" });
        put(CONFIG, "{}");
        await create();
    });
});

describe("the lock", () => {
    const hold = (holder: object, ageMs = 0): void => {
        put(
            LOCK,
            JSON.stringify({ pid: process.pid, host: hostname(), since: "then", token: "x", ...holder }),
        );
        const then = new Date(Date.now() - ageMs);
        utimesSync(join(home, LOCK), then, then);
    };

    test.each([
        ["a process that is gone", { pid: GONE }, 0],
        ["any that has had it for eleven minutes", {}, 11 * 60_000],
        ["another machine's that has had it for eleven minutes", { host: "elsewhere" }, 11 * 60_000],
    ])("is taken over from %s", async (_title, holder, age) => {
        hold(holder, age);
        await create();
        expect(all()).toEqual([".osc", CONFIG]);
    });

    test.each([
        ["this process", {}, `Process ${process.pid} on ${hostname()} (since then)`],
        ["another machine", { host: "elsewhere", pid: GONE }, `Process ${GONE} on elsewhere (since then)`],
        ["nobody knows", { pid: "?" }, "An unknown process"],
    ])("is waited for, and its holder named: %s", async (_title, holder, named) => {
        hold(holder, 60_000);
        const sleep = jest.fn<(ms: number) => Promise<void>>().mockResolvedValue(undefined);
        const work = changeFile(join(home, CONFIG), { ...context, sleep }, () => {
            throw new Error("nothing is decided without the lock");
        });
        expect((await refusal(work)).problem).toBe(
            `${named} has held the lock ${join(home, LOCK)} for longer than 30 seconds; nothing has been written.`,
        );
        expect(sleep.mock.calls.reduce((sum, [ms]) => sum + ms, 0)).toBe(30_000);
        expect(all()).toEqual([".osc", LOCK]);
    });

    test("is had by one at a time, and released to the next", async () => {
        put(CONFIG, "{}");
        const lock = await acquireLock(join(home, CONFIG), context);
        let isOver = false;
        const next = acquireLock(join(home, CONFIG), context).then((other) => {
            expect(isOver).toBe(true);
            return other;
        });
        await context.sleep(120);
        isOver = true;
        await lock.release();
        const other = await next;
        expect([await lock.isHeld(), await other.isHeld()]).toEqual([false, true]);
        await lock.release();
        expect(await other.isHeld()).toBe(true);
    });
});

describe("writers", () => {
    const add = (name: string, before?: (text: string) => void) =>
        changeFile(join(home, CONFIG), context, (given = "{}") => {
            before?.(given);
            return {
                text: JSON.stringify({ ...(JSON.parse(given) as object), [name]: 1 }),
                write: [],
                remove: [],
                result: undefined,
            };
        });

    test("of one program lose nothing", async () => {
        const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
        const states = await Promise.all(names.map((profile) => create({ profile })));
        expect(Object.keys(parsed()).sort()).toEqual([...names].sort());
        await Promise.all(states.map(destroy));
        expect(all()).toEqual([".osc"]);
    });

    test("that know no lock are not overwritten", async () => {
        put(CONFIG, "{}");
        let times = 0;
        await add("mine", () => {
            times += 1;
            if (times === 1) put(CONFIG, '{"editor":1}');
        });
        expect(parsed()).toEqual({ editor: 1, mine: 1 });
        expect(times).toBe(2);
    });

    test("that never stop are given up before", async () => {
        put(CONFIG, "{}");
        let times = 0;
        const work = add("mine", () => {
            times += 1;
            put(CONFIG, JSON.stringify({ times }));
        });
        expect((await refusal(work)).problem).toMatch(/was changed by somebody else each time/);
        expect(parsed()).toEqual({ times: 10 });
    });

    test("whose lock was taken over start over, and leave the other's work", async () => {
        put(CONFIG, "{}");
        let times = 0;
        await add("mine", () => {
            times += 1;
            if (times > 1) return;
            // Another process took the lock for stale, wrote the same text as before, and is gone again.
            rmSync(join(home, LOCK));
        });
        expect(times).toBe(2);
        expect(parsed()).toEqual({ mine: 1 });
    });

    test("are not seen halfway: what is read is the old text or the new", async () => {
        put(CONFIG, "{}");
        const large = "x".repeat(2_000_000);
        const seen = new Set<number>();
        const watching = new AbortController();
        const watch = (async () => {
            while (!watching.signal.aborted) {
                seen.add(readFileSync(join(home, CONFIG)).length);
                await new Promise(setImmediate);
            }
        })();
        await create({ secretKey: large }).finally(() => {
            watching.abort();
        });
        await watch;
        seen.add(readFileSync(join(home, CONFIG)).length);
        expect([...seen]).toEqual([2, expect.any(Number)]);
    });
});

test("a killed writer's draft goes with the next change, and nobody else's", async () => {
    put(CONFIG, "{}");
    put(".osc/.config.json.portcullis-00ff.tmp", "HIDDEN");
    put(".osc/.other.json.portcullis-00ff.tmp", "HIDDEN");
    writeFileSync(join(home, ".osc/config.json.tmp"), "theirs");
    const state = await create();
    expect(await read(state)).toEqual(state);
    expect(all()).toEqual([".osc", ".osc/.other.json.portcullis-00ff.tmp", CONFIG, ".osc/config.json.tmp"]);
});
