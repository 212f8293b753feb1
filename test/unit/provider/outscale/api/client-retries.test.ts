/** What the client sends and waits for when tries fail, and what it throws in the end. */
import { describe, expect, test } from "@jest/globals";
import {
    AnswerLost,
    EndpointUnreachable,
    OutscaleError,
    TransportFailure,
    UnusableAnswer,
} from "../../../../../provider/outscale/api/client";
import { bench, CA, failureOf, ok, refusal, script, type Bench, type Happening } from "./fake-transport";

const reset = new TransportFailure("reset", true, "ECONNRESET");
const timeout = new TransportFailure("timeout", true);
const neverSent = new TransportFailure("reset", false, "ECONNRESET");
const refused = new TransportFailure("refused", false, "ECONNREFUSED");
const noName = new TransportFailure("unknownHost", false, "EAI_AGAIN");
const throttle = refusal(429, "24");
const busy = refusal(503, "6");
const broken = refusal(500, "2000");

const read = ({ api }: Bench): Promise<unknown> => api.call("ReadCas", {});
const create = ({ api }: Bench): Promise<unknown> => api.call("CreateCa", { CaPem: "pem" });
const change = ({ api }: Bench): Promise<unknown> => api.call("DeleteCa", { CaId: "ca-1" });

describe("succeeds in the end", () => {
    test.each<[string, (on: Bench) => Promise<unknown>, Happening[], number[]]>([
        ["a read at once", read, [ok({ Cas: [] })], []],
        ["a read throttled twice", read, [throttle, busy, ok({ Cas: [] })], [2_500, 3_500]],
        ["a read after every kind", read, [broken, reset, timeout, ok({ Cas: [] })], [2_500, 3_500, 5_500]],
        ["a change after a lost answer", change, [reset, ok({})], [2_500]],
        ["a read after a silent name server", read, [noName, ok({ Cas: [] })], [2_500]],
        ["a throttled create", create, [throttle, busy, ok({ Ca: CA })], [2_500, 3_500]],
        ["a create whose first try never left", create, [neverSent, ok({ Ca: CA })], [2_500]],
    ])("%s", async (_what, make, happenings, waits) => {
        const on = bench(script(...happenings));
        await make(on);
        expect(on.slept).toEqual(waits);
        expect(on.sent).toHaveLength(happenings.length);
    });
});

describe("fails", () => {
    const four = (happening: Happening): Happening[] => Array.from({ length: 4 }, () => happening);
    test.each<[string, (on: Bench) => Promise<unknown>, Happening[], new (...parts: never[]) => Error]>([
        ["a read throttled throughout", read, four(throttle), OutscaleError],
        ["a read reset throughout", read, four(reset), EndpointUnreachable],
        ["a read that nothing listens to", read, [refused], EndpointUnreachable],
        ["a read that is no JSON", read, [{ status: 200, body: "<html>" }], UnusableAnswer],
        ["a read that lacks its list", read, [ok({})], UnusableAnswer],
        ["a call refused with 401", read, [refusal(401, "1")], OutscaleError],
        ["a call refused with 400", change, [refusal(400, "4118")], OutscaleError],
        ["a call refused with 409", change, [refusal(409, "9000")], OutscaleError],
        ["a redirected call", read, [{ status: 302, body: "" }], OutscaleError],
        ["a change broken throughout", change, four(broken), OutscaleError],
        ["a change lost throughout", change, four(timeout), AnswerLost],
        ["a change lost, then never sent", change, [reset, refused], AnswerLost],
        ["a change never sent", change, four(neverSent), EndpointUnreachable],
        ["a create reset", create, [reset], AnswerLost],
        ["a create timed out", create, [timeout], AnswerLost],
        ["a create answered 500", create, [broken], AnswerLost],
        ["a create answered 504", create, [{ status: 504, body: "" }], AnswerLost],
        ["a create answered by no JSON", create, [{ status: 200, body: "{" }], AnswerLost],
        ["a create answered without an id", create, [ok({ Ca: { ...CA, CaId: undefined } })], AnswerLost],
        ["a create throttled, then lost", create, [throttle, reset], AnswerLost],
        ["a create refused", create, [refusal(400, "4118")], OutscaleError],
        ["a create never sent", create, four(neverSent), EndpointUnreachable],
    ])("%s", async (_what, make, happenings, kind) => {
        const on = bench(script(...happenings));
        expect(await failureOf(make(on))).toBeInstanceOf(kind);
        expect(on.sent).toHaveLength(happenings.length);
    });
});

test.each(["CreateCa", "CreateApiAccessRule", "CreateAccessKey", "CreateUser"] as const)(
    "%s is sent once where its answer is lost",
    async (call) => {
        const on = bench(script(reset));
        expect(await failureOf(on.api.call(call, { CaPem: "", UserName: "" }))).toMatchObject({
            name: "AnswerLost",
            call,
            code: "Unreachable",
        });
        expect(on.sent).toHaveLength(1);
    },
);

test("each try is signed at its own moment", async () => {
    const on = bench(script(throttle, ok({ Cas: [] })));
    await read(on);
    expect(on.sent.map(({ headers }) => headers["X-Osc-Date"])).toEqual([
        "20260131T235900Z",
        "20260131T235902Z",
    ]);
    expect(new Set(on.sent.map(({ headers }) => headers.Authorization)).size).toBe(2);
});

test("Retry-After is waited for", async () => {
    const on = bench(script({ ...throttle, headers: { "retry-after": "7" } }, ok({ Cas: [] })));
    await read(on);
    expect(on.slept).toEqual([7_000]);
});

test("a refusal after a lost answer says so", async () => {
    const on = bench(script(reset, refusal(400, "5000")));
    expect(await failureOf(change(on))).toMatchObject({ name: "OutscaleError", afterLostAnswer: true });
    const plain = bench(script(refusal(400, "5000")));
    expect(await failureOf(change(plain))).toMatchObject({ afterLostAnswer: false });
});

test("an error that is not the transport's own passes untouched", async () => {
    const crash = new Error("stopped here");
    expect(await failureOf(create(bench(script(crash))))).toBe(crash);
});

test("the number of tries and the waits are parameters", async () => {
    const on = bench(script(busy, busy), { retry: { retries: 1, baseMs: 10, jitterMs: 4 } });
    expect(await failureOf(read(on))).toBeInstanceOf(OutscaleError);
    expect(on.slept).toEqual([12]);
});

test("requests go to the call's URL with the time allowed", async () => {
    const on = bench(script(ok({ Cas: [] })), { timeoutMs: 1_234 });
    await read(on);
    expect(on.sent[0]).toMatchObject({
        url: "https://api.eu-west-2.outscale.com/api/v1/ReadCas",
        body: "{}",
        timeoutMs: 1_234,
    });
});

test("an empty criterion of a rule is left out", async () => {
    const on = bench(script(ok({ ApiAccessRule: { ApiAccessRuleId: "aar-1" } })));
    const response = await on.api.call("UpdateApiAccessRule", {
        ApiAccessRuleId: "aar-1",
        CaIds: [],
        Cns: [],
        IpRanges: ["192.0.2.0/24"],
        Description: "",
    });
    expect(on.sent[0]?.body).toBe('{"ApiAccessRuleId":"aar-1","IpRanges":["192.0.2.0/24"]}');
    expect(response.ApiAccessRule).toEqual({
        ApiAccessRuleId: "aar-1",
        CaIds: [],
        Cns: [],
        IpRanges: [],
        Description: "",
    });
});
