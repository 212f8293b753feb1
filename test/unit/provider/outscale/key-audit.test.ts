/** The KeyAudit resource against the in-process account: what it finds, and what it mends by name. */
import { describe, expect, test } from "@jest/globals";
import { keyAudit, type KeyAuditState } from "../../../../provider/outscale/key-audit";
import { PartialFailure } from "../../../../provider/resource";
import { NOW, OUTSIDE, putCa, rejection, setRules, startProcess } from "../../../support/outscale";
import { makeHolders } from "../../../support/holders";
import { accountWithClock, after, dateAfter, putKey } from "./access-key-fixture";
import { create, endOf, inputs } from "./key-audit-fixture";

describe("what it finds", () => {
    test("is every key of root and of every user, over all pages of users", async () => {
        const { account } = accountWithClock();
        const names = Array.from({ length: 250 }, (_, index) => `user-${String(index).padStart(3, "0")}`);
        for (const UserName of names) account.execute("CreateUser", { UserName }, { sourceAddress: OUTSIDE });
        const ids = [0, 99, 100, 101, 199, 200, 249].map((index) =>
            putKey(account, { UserName: names[index] }),
        );
        const process = startProcess(account);
        const { state } = await keyAudit.create(inputs(), process.context);
        expect(state.found.keys.map(({ accessKeyId }) => accessKeyId)).toEqual([account.accessKey, ...ids]);
        expect(state.blocking).toHaveLength(8);
        expect(process.changes()).toEqual([]);
    });

    test.each([
        ["without a maximum, only those that never expire", {}, ["never"]],
        [
            "with one, those that end at it or later too",
            { maxAccessKeyExpiration: "90d" },
            ["never", "at", "later"],
        ],
    ])("%s", async (_what, given, blocking) => {
        const { account } = accountWithClock();
        const ids = {
            never: account.accessKey,
            sooner: putKey(account, { ExpirationDate: dateAfter(89) }),
            at: putKey(account, { ExpirationDate: dateAfter(90) }),
            later: putKey(account, { ExpirationDate: dateAfter(91), UserName: "ci" }),
        };
        const { state } = await create(account, given);
        const named = Object.entries(ids).filter(([, id]) =>
            state.blocking.some(({ accessKeyId }) => accessKeyId === id),
        );
        expect(named.map(([name]) => name)).toEqual(blocking);
    });

    test("says whose each key is and why it blocks, never its secret; and which rules name no CA", async () => {
        const { account } = accountWithClock();
        const holders = await makeHolders();
        const [world] = setRules(account, [{ ipRanges: ["0.0.0.0/0"], description: "Default Rule" }]);
        const caId = putCa(account, holders.authorities.a.certificatePem);
        setRules(account, [{ ipRanges: ["0.0.0.0/0"], description: "Default Rule" }, { caIds: [caId] }]);
        const id = putKey(account, { UserName: "ci", ExpirationDate: dateAfter(100) });
        const { state } = await create(account, { maxAccessKeyExpiration: "90d" });
        expect(state.blocking).toEqual([
            { accessKeyId: account.accessKey, reason: "never expires" },
            {
                accessKeyId: id,
                userName: "ci",
                reason: `ends only on ${dateAfter(100)}, not within the maximum of 7776000 seconds`,
            },
        ]);
        expect(state.blockingRules).toEqual([`${world ?? ""} "Default Rule" [IP 0.0.0.0/0]`]);
        for (const { SecretKey } of account.snapshot().keys)
            expect(JSON.stringify(state)).not.toContain(SecretKey);
    });

    test("is read once where nothing is changed, and once more where something is", async () => {
        const { account } = accountWithClock();
        const readsOf = async (given: object): Promise<number> => {
            const process = startProcess(account);
            await keyAudit.create(inputs(given), process.context);
            return process.calls.filter(({ call }) => call === "ReadUsers").length;
        };
        const key = putKey(account);
        expect(await readsOf({})).toBe(1);
        expect(await readsOf({ expire: { [key]: dateAfter(30) } })).toBe(2);
        expect(await readsOf({ expire: { [key]: dateAfter(30) } })).toBe(1);
    });

    test("is seen afresh by a refresh, while what was found first stays", async () => {
        const { account } = accountWithClock();
        const { id, state } = await create(account);
        const added = putKey(account, { UserName: "ci" });
        const live = await keyAudit.read(id, state, startProcess(account).context);
        expect(live?.state.blocking.map(({ accessKeyId }) => accessKeyId)).toEqual([
            account.accessKey,
            added,
        ]);
        expect(live?.state.found).toEqual(state.found);
    });

    test("cannot be all with the key of an EIM user: that is refused", async () => {
        const { account } = accountWithClock();
        const id = putKey(account, { UserName: "ci" });
        const { context } = startProcess(account);
        const client = context.client.signingWith({
            accessKey: id,
            secretKey: account.secretKeyOf(id) ?? "",
        });
        const error = await rejection(keyAudit.create(inputs(), { ...context, client }));
        expect(error).toMatchObject({ code: "InvalidConfiguration" });
        expect(error.message).toBe(
            "The calls are made with a key of the EIM user ci: the keys of the root user cannot be read with it. Configure an access key of the root user for this. Nothing has been changed.",
        );
    });
});

describe("what it mends", () => {
    test("are the keys that are named, with nothing else of them changed; destroy gives their dates back", async () => {
        const { account } = accountWithClock();
        const [first, second, other] = [
            putKey(account, { UserName: "ci", Tag: "by hand", ExpirationDate: dateAfter(400) }),
            putKey(account),
            putKey(account),
        ];
        account.execute(
            "UpdateAccessKey",
            { AccessKeyId: second, State: "INACTIVE" },
            { sourceAddress: OUTSIDE },
        );
        const before = account.snapshot().keys.map(({ LastModificationDate: _date, ...key }) => key);
        const wanted = { expire: { [first]: "30d", [second]: "2026-12-31", [account.accessKey]: "60d" } };
        const { id, state } = await create(account, wanted);
        expect(account.snapshot().keys).toMatchObject([
            { AccessKeyId: account.accessKey, State: "ACTIVE", ExpirationDate: after(60).getTime() },
            { AccessKeyId: first, Tag: "by hand", UserName: "ci", ExpirationDate: after(30).getTime() },
            { AccessKeyId: second, State: "INACTIVE", ExpirationDate: Date.parse("2026-12-31") },
            { AccessKeyId: other, ExpirationDate: null },
        ]);
        expect(state.blocking.map(({ accessKeyId }) => accessKeyId)).toEqual([other]);
        await keyAudit.delete(id, state, startProcess(account).context);
        expect(account.snapshot().keys.map(({ LastModificationDate: _date, ...key }) => key)).toEqual(before);
    });

    test("a duration is moved on in its last third, a date is not", async () => {
        const { account, at, now } = accountWithClock();
        const [rolling, fixed] = [putKey(account), putKey(account)];
        const wanted = inputs({ expire: { [rolling]: "30d", [fixed]: dateAfter(30) } });
        const { id, state } = await create(account, { expire: wanted.expire });
        at(19.9);
        expect(keyAudit.diff(state, wanted, now()).changed).toEqual([]);
        at(20);
        expect(keyAudit.diff(state, wanted, now()).changed).toEqual(["dates"]);
        const next = await keyAudit.update(id, state, wanted, startProcess(account, { now }).context);
        expect([endOf(account, rolling), endOf(account, fixed)]).toEqual([
            after(50).getTime(),
            after(30).getTime(),
        ]);
        expect(keyAudit.diff(next, wanted, now()).changed).toEqual([]);
        const other = inputs({ expire: { [rolling]: "31d" } });
        await keyAudit.update(id, next, other, startProcess(account, { now }).context);
        expect(endOf(account, rolling)).toBe(after(51).getTime());
    });

    test("the provider's own key is moved on before its last 7 days, however short its duration", async () => {
        const { account, at, now } = accountWithClock();
        const wanted = inputs({ expire: { [account.accessKey]: "15d" } });
        const { id, state } = await create(account, { expire: wanted.expire });
        at(9);
        expect(keyAudit.diff(state, wanted, now()).changed).toEqual(["dates"]);
        await keyAudit.update(id, state, wanted, startProcess(account, { now }).context);
        expect(endOf(account, account.accessKey)).toBe(after(24).getTime());
    });

    test.each(["refused", "lost"] as const)(
        "a date whose change is %s is set by the next run",
        async (fate) => {
            const { account } = accountWithClock();
            const key = putKey(account);
            const { id, state } = await create(account, { expire: { [key]: dateAfter(30) } });
            const wanted = inputs({ expire: { [key]: dateAfter(60) } });
            const mishap = (call: string) => (call === "UpdateAccessKey" ? fate : undefined);
            const failure: unknown = await rejection(
                keyAudit.update(id, state, wanted, startProcess(account, { mishap }).context),
            );
            if (!(failure instanceof PartialFailure)) throw failure;
            // What the update itself threw holds its own state.
            const partial = failure.state as KeyAuditState;
            expect(keyAudit.diff(partial, wanted, NOW).changed).toEqual(["expire"]);
            const next = await keyAudit.update(id, partial, wanted, startProcess(account).context);
            expect(endOf(account, key)).toBe(after(60).getTime());
            expect(keyAudit.diff(next, wanted, NOW).changed).toEqual([]);
            await keyAudit.delete(id, next, startProcess(account).context);
            expect(endOf(account, key)).toBeNull();
        },
    );

    test("a first date whose answer is lost is given back all the same", async () => {
        const { account } = accountWithClock();
        const key = putKey(account);
        const mishap = (call: string) => (call === "UpdateAccessKey" ? "lost" : undefined);
        const wanted = inputs({ expire: { [key]: "30d" } });
        const failure: unknown = await rejection(
            keyAudit.create(wanted, startProcess(account, { mishap }).context),
        );
        if (!(failure instanceof PartialFailure)) throw failure;
        expect(endOf(account, key)).toBe(after(30).getTime());
        // What the creation itself threw holds its own state.
        await keyAudit.delete(failure.id, failure.state as KeyAuditState, startProcess(account).context);
        expect(endOf(account, key)).toBeNull();
    });

    test("what was reached before a refusal is in state, and given back", async () => {
        const { account } = accountWithClock();
        const [first, second] = [putKey(account), putKey(account)];
        const process = startProcess(account, {
            mishap: (call, nth) => (call === "UpdateAccessKey" && nth === 2 ? "refused" : undefined),
        });
        const wanted = inputs({ expire: { [first]: "30d", [second]: "30d" } });
        const failure: unknown = await rejection(keyAudit.create(wanted, process.context));
        if (!(failure instanceof PartialFailure)) throw failure;
        // What the creation itself threw holds its own state.
        const state = failure.state as KeyAuditState;
        expect([endOf(account, first), endOf(account, second)]).toEqual([after(30).getTime(), null]);
        await keyAudit.delete(failure.id, state, startProcess(account).context);
        expect(endOf(account, first)).toBeNull();
    });

    test("a key that was deleted by hand since is no obstacle", async () => {
        const { account } = accountWithClock();
        const key = putKey(account);
        const wanted = inputs({ expire: { [key]: "30d" } });
        const { id, state } = await create(account, { expire: wanted.expire });
        account.execute("DeleteAccessKey", { AccessKeyId: key }, { sourceAddress: OUTSIDE });
        const next = { ...wanted, maxAccessKeyExpiration: "90d" };
        await keyAudit.update(id, state, next, startProcess(account).context);
    });

    test("its state is not touched, even where somebody changes it meanwhile", async () => {
        const { account } = accountWithClock();
        const key = putKey(account);
        const process = startProcess(account, {
            after: (call, nth) => {
                if (call !== "ReadAccessKeys" || nth !== 2) return;
                const request = { AccessKeyId: key, State: "INACTIVE" };
                account.execute("UpdateAccessKey", request, { sourceAddress: OUTSIDE });
            },
        });
        await keyAudit.create(inputs({ expire: { [key]: "30d" } }), process.context);
        expect(account.snapshot().keys.at(-1)).toMatchObject({ AccessKeyId: key, State: "INACTIVE" });
    });

    test("removes the keys that are named, once; not the one that makes the calls", async () => {
        const { account } = accountWithClock();
        const [key, kept] = [putKey(account, { UserName: "ci" }), putKey(account, { UserName: "ci" })];
        const { id, state } = await create(account, { remove: [key] });
        await keyAudit.update(id, state, inputs({ remove: [key] }), startProcess(account).context);
        const left = [account.accessKey, kept];
        expect(account.snapshot().keys.map(({ AccessKeyId }) => AccessKeyId)).toEqual(left);
        const error = await rejection(create(account, { remove: [account.accessKey] }));
        expect(error).toMatchObject({ code: "Lockout" });
        expect(account.snapshot().keys.map(({ AccessKeyId }) => AccessKeyId)).toEqual(left);
    });

    test("changes nothing where the key that makes the calls is to be removed", async () => {
        const { account } = accountWithClock();
        const [other, named] = [putKey(account), putKey(account)];
        const given = inputs({ expire: { [other]: "30d" }, remove: [named, account.accessKey] });
        const process = startProcess(account);
        expect(await rejection(keyAudit.create(given, process.context))).toMatchObject({ code: "Lockout" });
        expect(process.changes()).toEqual([]);
    });

    test("a name that nobody's key has is refused, before anything is changed", async () => {
        const { account } = accountWithClock();
        const key = putKey(account);
        const error = await rejection(create(account, { expire: { [key]: "30d", NOBODYS: "30d" } }));
        expect(error).toMatchObject({ code: "AmbiguousMatch", property: "expire" });
        expect(endOf(account, key)).toBeNull();
    });
});

describe("the key that makes the calls", () => {
    test("is not ended within 7 days, nor removed, and nothing else is begun then", async () => {
        const { account } = accountWithClock();
        const key = putKey(account);
        const soon = { expire: { [account.accessKey]: "6d" } };
        expect(await rejection(create(account, soon))).toMatchObject({
            message: expect.stringMatching(
                /^Refused to let the access key \w+ end on .*: the provider itself is calling with it/,
            ),
        });
        const gone = { expire: { [key]: "30d" }, remove: [account.accessKey] };
        expect(await rejection(create(account, gone))).toMatchObject({ code: "Lockout" });
        expect([endOf(account, account.accessKey), endOf(account, key)]).toEqual([null, null]);
    });

    test("is spoken of by every deployment once it ends in less than 7 days", async () => {
        const { account, at, now } = accountWithClock();
        const wanted = inputs({ expire: { [account.accessKey]: dateAfter(30) } });
        const { id, state } = await create(account, { expire: wanted.expire });
        at(22.9);
        expect(keyAudit.diff(state, wanted, now()).changed).toEqual([]);
        at(23.1);
        expect(keyAudit.diff(state, wanted, now()).changed).toEqual(["dates"]);
        const error = await rejection(
            keyAudit.update(id, state, wanted, startProcess(account, { now }).context),
        );
        expect(error.message).toMatch(
            /ends on .*, in less than 7 days\. Move its date on \(`expire` with a duration\), or configure another key/,
        );
    });
});

test("a date that has passed is refused, unless it stood before", () => {
    const over = { expire: { KEY: "2026-01-01" } };
    expect(keyAudit.check(over, NOW, {}).failures).toEqual([
        { property: "expire.KEY", reason: "It has passed. Give a later date, or remove the key." },
    ]);
    expect(keyAudit.check(over, NOW, over).failures).toEqual([]);
});

test("a key is not both mended and removed", () => {
    const { failures } = keyAudit.check({ expire: { KEY: "30d" }, remove: ["KEY"] }, NOW, {});
    expect(failures).toEqual([
        { property: "remove", reason: "KEY is named in `expire` too. Take it out of one of them." },
    ]);
});
