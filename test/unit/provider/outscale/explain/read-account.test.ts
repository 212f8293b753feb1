/** What is read of a live account: all keys of all users, whoever calls, and what the caller may not read. */
import { describe, expect, test } from "@jest/globals";
import type { ApiAnswer, Caller } from "../../../../../emulators/outscale";
import type { AccountPicture } from "../../../../../provider/outscale/explain/explain";
import { readAccount } from "../../../../../provider/outscale/explain/read-account";
import { NOW, putRule, rejection, startProcess } from "../../../../support/outscale";
import { refusal, StagedAccount } from "../../../../support/staged-account";

const SETTINGS = { endpoint: "https://account.invalid/api/v1", region: "eu-west-2", accessKey: "AK" };

const newAccount = <T extends StagedAccount>(
    Kind: new (options: ConstructorParameters<typeof StagedAccount>[0]) => T,
): T => new Kind({ clock: () => NOW, defaultRules: "world-only" });

/** Puts as many EIM users on the account, the first `keyed` of them with a key each. */
function putUsers(account: StagedAccount, count: number, keyed: number): void {
    const state = account.snapshot();
    const dates = { CreationDate: NOW.getTime(), LastModificationDate: NOW.getTime() };
    const users = Array.from({ length: count }, (_, index) => ({
        UserId: `ID${index}`,
        UserName: `user-${index}`,
        Path: "/",
        UserEmail: null,
        ...dates,
    }));
    const keys = users.slice(0, keyed).map(({ UserName }, index) => ({
        AccessKeyId: `KEY${String(index).padStart(17, "0")}`,
        SecretKey: "S".repeat(40),
        UserName,
        State: "ACTIVE" as const,
        Tag: null,
        ExpirationDate: null,
        ...dates,
    }));
    account.restore({ ...state, users, keys: [...state.keys, ...keys] });
}

const read = (account: StagedAccount): Promise<AccountPicture> =>
    readAccount(startProcess(account).context.client, SETTINGS);

const owners = ({ keys }: AccountPicture): unknown => keys?.map(({ userName }) => userName);

test("rules, authorities, policy and the keys of root and users, and the key that was called with", async () => {
    const account = newAccount(StagedAccount);
    const id = putRule(account, { ipRanges: ["192.0.2.0/24"], description: "office" });
    putUsers(account, 2, 1);
    const picture = await read(account);
    expect(picture.rules.map(({ ApiAccessRuleId }) => ApiAccessRuleId)).toContain(id);
    expect(picture).toMatchObject({
        source: { kind: "account", endpoint: SETTINGS.endpoint, region: SETTINGS.region },
        cas: [],
        policy: { MaxAccessKeyExpirationSeconds: 0, RequireTrustedEnv: false },
        callingKey: "AK",
        notes: [],
    });
    expect(picture.keys?.map(({ accessKeyId, userName }) => [accessKeyId, userName])).toEqual([
        [account.accessKey, undefined],
        ["KEY00000000000000000", "user-0"],
    ]);
});

test("only reads", async () => {
    const account = newAccount(StagedAccount);
    const process = startProcess(account);
    await readAccount(process.context.client, SETTINGS);
    expect(process.calls.filter(({ call }) => !call.startsWith("Read"))).toEqual([]);
});

/** Counts the first item from 1: the documentation does not say which it is. */
class CountsFromOne extends StagedAccount {
    public override execute(call: string, request: unknown, caller: Caller): ApiAnswer {
        // What a process sends is always an object.
        const { FirstItem = 1, ...rest } = request as { readonly FirstItem?: number };
        return super.execute(
            call,
            call === "ReadUsers" ? { ...rest, FirstItem: FirstItem - 1 } : request,
            caller,
        );
    }
}

test.each([
    ["0", StagedAccount],
    ["1", CountsFromOne],
])("every page of users, where items count from %s", async (_base, Kind) => {
    const account = newAccount(Kind);
    putUsers(account, 230, 230);
    const expected = Array.from({ length: 230 }, (_, index) => `user-${index}`);
    expect(owners(await read(account))).toEqual([undefined, ...expected]);
});

test("pages without end are refused, not read for ever", async () => {
    const account = newAccount(StagedAccount);
    account.alter = (call, answer) =>
        call === "ReadUsers" ? { status: 200, body: { Users: [], HasMoreItems: true } } : answer;
    expect((await rejection(read(account))).message).toBe(
        "ReadUsers says that there are more users than 0, and gives none of them. Run again; if it lasts, report it to OUTSCALE Support.",
    );
});

/** Called with the key of the first EIM user. */
class CalledByUser extends StagedAccount {
    public override execute(call: string, request: unknown, caller: Caller): ApiAnswer {
        return super.execute(call, request, { ...caller, accessKey: "KEY00000000000000000" });
    }
}

test("an EIM user's own keys are not taken for the root user's", async () => {
    const account = newAccount(CalledByUser);
    putUsers(account, 2, 2);
    const picture = await read(account);
    expect(owners(picture)).toEqual(["user-0", "user-1"]);
    expect(picture.notes).toEqual([
        "The root user's access keys are not shown: the caller is the EIM user user-0. Call with a key of the root user to see them.",
    ]);
});

describe("what the caller may not read", () => {
    const refusing = (refused: string, code: string): StagedAccount => {
        const account = newAccount(StagedAccount);
        account.alter = (call, answer) => (call === refused ? refusal(401, code, "No.") : answer);
        return account;
    };

    test.each([
        ["ReadUsers", "5"],
        ["ReadAccessKeys", "7"],
    ])("leaves the keys out: %s, code %s", async (call, code) => {
        const picture = await read(refusing(call, code));
        expect(picture.keys).toBeUndefined();
        expect(picture.policy).toBeDefined();
        expect(picture.notes).toHaveLength(1);
        expect(picture.notes[0]).toContain(
            `The access keys could not be read: OUTSCALE refused ${call} (HTTP 401`,
        );
    });

    test("leaves the policy out", async () => {
        const picture = await read(refusing("ReadApiAccessPolicy", "5"));
        expect(picture.policy).toBeUndefined();
        expect(picture.keys).toHaveLength(1);
        expect(picture.notes[0]).toContain("The API access policy could not be read:");
    });

    test.each(["ReadApiAccessRules", "ReadCas"])("ends the report where it is %s", async (call) => {
        await expect(read(refusing(call, "5"))).rejects.toThrow(`OUTSCALE refused ${call}`);
    });

    test.each(["ReadUsers", "ReadAccessKeys", "ReadApiAccessPolicy"])(
        "is not what other errors of %s mean",
        async (call) => {
            await expect(read(refusing(call, "14"))).rejects.toThrow(`OUTSCALE refused ${call}`);
        },
    );
});
