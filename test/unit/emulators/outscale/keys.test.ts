import { beforeEach, describe, expect, test } from "@jest/globals";
import { Bench, DAY, list, object, outcome, text, WORLD } from "./account-helper";

let bench: Bench;
beforeEach(() => {
    bench = new Bench();
});

const FAR = "2063-04-05T00:00:00.000+0000";

function keys(request: object = {}, accessKey?: string): Record<string, unknown>[] {
    const caller = accessKey === undefined ? WORLD : { ...WORLD, accessKey };
    return list(object(bench.call("ReadAccessKeys", request, caller).body)["AccessKeys"]);
}

describe("access keys", () => {
    test("are created active, and show their secret once", () => {
        const created = bench.part(
            "CreateAccessKey",
            { ExpirationDate: "2063-04-05", Tag: "ci" },
            "AccessKey",
        );
        expect(created).toEqual({
            AccessKeyId: expect.stringMatching(/^[A-Z0-9]{20}$/),
            SecretKey: expect.stringMatching(/^[A-Z0-9]{40}$/),
            CreationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
            LastModificationDate: created["CreationDate"],
            ExpirationDate: FAR,
            State: "ACTIVE",
            Tag: "ci",
        });
        const { SecretKey, ...shown } = created;
        expect(keys({ Tag: "ci" })).toEqual([shown]);
        expect(JSON.stringify(keys())).not.toContain(text(SecretKey));
    });

    test("are filtered", () => {
        const created = bench.part("CreateAccessKey", {}, "AccessKey");
        bench.part(
            "UpdateAccessKey",
            { AccessKeyId: created["AccessKeyId"], State: "INACTIVE" },
            "AccessKey",
        );
        expect(keys()).toHaveLength(2);
        expect(keys({ Filters: { States: ["INACTIVE"] } }).map((key) => key["AccessKeyId"])).toEqual([
            created["AccessKeyId"],
        ]);
        expect(keys({ Filters: { AccessKeyIds: [bench.account.accessKey] } })).toHaveLength(1);
        expect(keys({ Tag: "none" })).toEqual([]);
    });

    test.each([
        ["", "The parameter type of ExpirationDate is unknown."],
        ["soon", "The parameter type of ExpirationDate is unknown."],
    ])("refuse the expiration date %j", (ExpirationDate, details) => {
        const answer = bench.call("CreateAccessKey", { ExpirationDate });
        expect(answer.status).toBe(400);
        expect(list(object(answer.body)["Errors"])[0]).toMatchObject({
            Type: "InvalidParameterType",
            Details: details,
        });
    });

    test("refuse an expiration date that has passed, and states there are none of", () => {
        expect(outcome(bench.call("CreateAccessKey", { ExpirationDate: "2001-01-01" }))).toBe("400/4047");
        const request = { AccessKeyId: bench.account.accessKey, State: "ASLEEP" };
        expect(outcome(bench.call("UpdateAccessKey", request))).toBe("400/4047");
    });

    test("are updated: what becomes of date and tag", () => {
        const id = bench.part("CreateAccessKey", { ExpirationDate: FAR, Tag: "a" }, "AccessKey")[
            "AccessKeyId"
        ];
        const update = (request: object) => {
            const key = bench.part("UpdateAccessKey", { AccessKeyId: id, ...request }, "AccessKey");
            return [key["State"], key["ExpirationDate"], key["Tag"]];
        };
        expect(update({ State: "INACTIVE", ExpirationDate: FAR })).toEqual(["INACTIVE", FAR, "a"]);
        expect(update({ State: "ACTIVE" })).toEqual(["ACTIVE", undefined, "a"]);
        expect(update({ ExpirationDate: FAR, Tag: "b" })).toEqual(["ACTIVE", FAR, "b"]);
        expect(update({ ClearExpirationDate: true, ExpirationDate: FAR })).toEqual([
            "ACTIVE",
            undefined,
            "b",
        ]);
        expect(update({ ExpirationDate: FAR, ClearTag: true, Tag: "c" })).toEqual(["ACTIVE", FAR, undefined]);
        expect(update({ Tag: "d" })).toEqual(["ACTIVE", undefined, "d"]);
    });

    test("of the root user are deleted while active", () => {
        const created = bench.part("CreateAccessKey", {}, "AccessKey");
        const request = { AccessKeyId: created["AccessKeyId"] };
        expect(outcome(bench.call("DeleteAccessKey", request))).toBe("200");
        expect(outcome(bench.call("DeleteAccessKey", request))).toBe("400/4000");
    });

    test("stop working when inactive, expired or deleted", () => {
        const created = bench.part("CreateAccessKey", {}, "AccessKey");
        const AccessKeyId = text(created["AccessKeyId"]);
        const caller = { ...WORLD, accessKey: AccessKeyId };
        expect(outcome(bench.call("ReadVms", {}, caller))).toBe("200");
        const expiry = new Date(bench.time + DAY).toISOString();
        bench.part(
            "UpdateAccessKey",
            { AccessKeyId, State: "INACTIVE", ExpirationDate: expiry },
            "AccessKey",
        );
        expect(outcome(bench.call("ReadVms", {}, caller))).toBe("401/1");
        bench.part("UpdateAccessKey", { AccessKeyId, State: "ACTIVE", ExpirationDate: expiry }, "AccessKey");
        bench.time += DAY - 1;
        expect(outcome(bench.call("ReadVms", {}, caller))).toBe("200");
        bench.time += 1;
        expect(outcome(bench.call("ReadVms", {}, caller))).toBe("401/1");
        bench.call("DeleteAccessKey", { AccessKeyId });
        expect(outcome(bench.call("ReadVms", {}, caller))).toBe("401/1");
    });
});

describe("EIM users", () => {
    test("own keys apart from the root user's, inactive before they are deleted", () => {
        bench.part("CreateUser", { UserName: "eve" }, "User");
        const created = bench.part("CreateAccessKey", { UserName: "eve" }, "AccessKey");
        const request = { AccessKeyId: created["AccessKeyId"], UserName: "eve" };
        expect(keys()).toHaveLength(1);
        expect(keys({ UserName: "eve" })).toHaveLength(1);
        expect(keys({}, text(created["AccessKeyId"])).map((key) => key["AccessKeyId"])).toEqual([
            created["AccessKeyId"],
        ]);
        expect(outcome(bench.call("DeleteAccessKey", { AccessKeyId: created["AccessKeyId"] }))).toBe(
            "400/4000",
        );
        expect(outcome(bench.call("DeleteAccessKey", request))).toBe("409/9902");
        expect(outcome(bench.call("DeleteUser", { UserName: "eve" }))).toBe("409/9903");
        bench.part("UpdateAccessKey", { ...request, State: "INACTIVE" }, "AccessKey");
        expect(outcome(bench.call("DeleteUser", { UserName: "eve" }))).toBe("409/9903");
        expect(outcome(bench.call("DeleteAccessKey", request))).toBe("200");
        expect(outcome(bench.call("DeleteUser", { UserName: "eve" }))).toBe("200");
        expect(outcome(bench.call("ReadAccessKeys", { UserName: "eve" }))).toBe("400/5075");
    });

    test("are created, renamed with their keys, and unique", () => {
        const user = bench.part("CreateUser", { UserName: "eve", UserEmail: "eve@example.com" }, "User");
        expect(user).toMatchObject({
            UserId: expect.stringMatching(/^[A-Z0-9]{32}$/),
            UserName: "eve",
            Path: "/",
            UserEmail: "eve@example.com",
        });
        bench.part("CreateAccessKey", { UserName: "eve" }, "AccessKey");
        expect(outcome(bench.call("CreateUser", { UserName: "eve" }))).toBe("409/9022");
        bench.part("CreateUser", { UserName: "mallory" }, "User");
        expect(outcome(bench.call("UpdateUser", { UserName: "eve", NewUserName: "mallory" }))).toBe(
            "409/9022",
        );
        const renamed = bench.part(
            "UpdateUser",
            { UserName: "eve", NewUserName: "adam", NewPath: "/x/" },
            "User",
        );
        expect(renamed).toMatchObject({ UserId: user["UserId"], UserName: "adam", Path: "/x/" });
        expect(keys({ UserName: "adam" })).toHaveLength(1);
        expect(outcome(bench.call("UpdateUser", { UserName: "eve" }))).toBe("400/5075");
    });

    test.each([
        { UserName: "" },
        { UserName: "a b" },
        { UserName: "x".repeat(65) },
        { UserName: "x", Path: "x" },
        { UserName: "x", Path: "/x" },
        { UserName: "x", UserEmail: "nobody" },
    ])("refuse %j", (request) => {
        expect(outcome(bench.call("CreateUser", request))).toBe("400/4047");
    });

    test("are listed in pages", () => {
        for (let index = 0; index < 105; index++) {
            bench.part("CreateUser", { UserName: `user-${index}` }, "User");
        }
        const page = (request: object) => {
            const body = object(bench.call("ReadUsers", request).body);
            const users = list(body["Users"]);
            return [users.length, users[0]?.["UserName"], body["HasMoreItems"]];
        };
        expect(page({})).toEqual([100, "user-0", true]);
        expect(page({ FirstItem: 100 })).toEqual([5, "user-100", false]);
        expect(page({ FirstItem: 2, ResultsPerPage: 3 })).toEqual([3, "user-2", true]);
        expect(page({ FirstItem: 105 })).toEqual([0, undefined, false]);
        expect(page({ Filters: { UserIds: ["NOBODY"] } })).toEqual([0, undefined, false]);
        expect(outcome(bench.call("ReadUsers", { FirstItem: -1 }))).toBe("400/4047");
        expect(outcome(bench.call("ReadUsers", { ResultsPerPage: 0 }))).toBe("400/4047");
    });
});

test("machines are listed by id", () => {
    bench = new Bench({ vms: ["i-00000001", "i-00000002"] });
    const vms = (request: object) => list(object(bench.call("ReadVms", request).body)["Vms"]);
    expect(vms({})).toHaveLength(2);
    expect(vms({ Filters: { VmIds: ["i-00000002", "i-00000003"] } })).toEqual([
        { VmId: "i-00000002", State: "running" },
    ]);
    expect(outcome(bench.call("ReadVms", { Filters: { VmIds: ["vm"] } }))).toBe("400/4047");
    expect(outcome(bench.call("ReadVms", { Filters: { TagKeys: ["x"] } }))).toBe("400/4047");
    expect(outcome(new Bench().call("ReadVms", { Filters: { TagKeys: ["x"] } }))).toBe("200");
    expect(outcome(bench.call("ReadVms", { Filters: { Colour: ["x"] } }))).toBe("400/4045");
});
