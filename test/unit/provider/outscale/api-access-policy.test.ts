/** The ApiAccessPolicy resource against the in-process account: both fields, no obstacle, a call that works, given back. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { apiAccessPolicy, type ApiAccessPolicyInputs } from "../../../../provider/outscale/api-access-policy";
import { derOf } from "../../../../provider/pki/pem";
import { makeHolders, type Holders } from "../../../support/holders";
import {
    NOW,
    OUTSIDE,
    putCa,
    rejection,
    setRules,
    startProcess,
    type ProcessOptions,
} from "../../../support/outscale";
import { accountWithClock, dateAfter, putKey } from "./access-key-fixture";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

function inputs(given: object = {}): ApiAccessPolicyInputs {
    const { inputs: checked, failures } = apiAccessPolicy.check(given, NOW, {});
    expect(failures).toEqual([]);
    return checked as ApiAccessPolicyInputs;
}

const TRUSTED = { maxAccessKeyExpiration: "90d", requireTrustedEnv: true };

function trusted(): ApiAccessPolicyInputs {
    return inputs({ ...TRUSTED, probe: holders.alice, clientCertificates: [holders.alice] });
}

/** An account that a trusted session can be required of: one rule that names a CA, one key that ends in 30 days. */
function readyAccount(): OutscaleAccount {
    const { account } = accountWithClock();
    const caId = putCa(account, holders.authorities.a.certificatePem);
    const request = { AccessKeyId: account.accessKey, ExpirationDate: dateAfter(30) };
    account.execute("UpdateAccessKey", request, { sourceAddress: OUTSIDE });
    setRules(account, [{ caIds: [caId], description: "mfa" }]);
    return account;
}

const policyOf = (account: OutscaleAccount) => account.snapshot().policy;
const OPEN = { MaxAccessKeyExpirationSeconds: 0, RequireTrustedEnv: false };
const CLOSED = { MaxAccessKeyExpirationSeconds: 7_776_000, RequireTrustedEnv: true };

const OPEN_POLICY = { maxAccessKeyExpirationSeconds: 0, requireTrustedEnv: false };

const create = (account: OutscaleAccount, wanted: ApiAccessPolicyInputs, options: ProcessOptions = {}) =>
    apiAccessPolicy.create(wanted, startProcess(account, options).context);

describe("requiring a trusted session", () => {
    test("calls with the certificate before and after, and sends both fields", async () => {
        const account = readyAccount();
        const process = startProcess(account);
        const { id, state } = await apiAccessPolicy.create(trusted(), process.context);
        expect(policyOf(account)).toEqual(CLOSED);
        expect(state.found).toEqual({ maxAccessKeyExpirationSeconds: 0, requireTrustedEnv: false });
        const update = process.calls.findIndex(({ call }) => call === "UpdateApiAccessPolicy");
        expect(process.calls[update]?.request).toEqual(CLOSED);
        expect(process.calls[update - 1]).toMatchObject({
            call: "ReadApiAccessRules",
            certificate: true,
            status: 200,
        });
        expect(process.calls.slice(update + 1)).toEqual([
            { call: "ReadApiAccessRules", request: {}, certificate: true, status: 200 },
        ]);
        expect(apiAccessPolicy.diff(state, trusted(), NOW)).toEqual({ changed: [], replaces: [] });
        await apiAccessPolicy.delete(id, state, startProcess(account).context);
        expect(policyOf(account)).toEqual(OPEN);
    });

    test("is refused with every key and rule in the way, and nothing changed", async () => {
        const { account } = accountWithClock();
        const users = putKey(account, { UserName: "ci", ExpirationDate: dateAfter(365) });
        const [world, office] = setRules(account, [
            { ipRanges: ["0.0.0.0/0"], description: "Default Rule" },
            { ipRanges: ["192.0.2.0/24"] },
        ]);
        const error = await rejection(create(account, inputs(TRUSTED)));
        expect(error).toMatchObject({ code: "Lockout" });
        expect(error.message).toBe(
            [
                "Refused to require a trusted session:",
                `The access key ${account.accessKey} of the root user never expires.`,
                `The access key ${users} of the EIM user ci ends only on ${dateAfter(365)}, not within the maximum of 7776000 seconds.`,
                `The access rule ${world ?? ""} "Default Rule" [IP 0.0.0.0/0] names no authority.`,
                `The access rule ${office ?? ""} [IP 192.0.2.0/24] names no authority.`,
                "No client certificate is there to call with.",
                "For a key: Give the key an expiration date below the maximum, or remove it: `KeyAudit` does either, by the key's id.",
                "For a rule: Retire the rule, or name a CA in it, in a deployment before this one.",
                "For the certificate: give one that a rule admits as `probe`, or configure one for the provider. The policy was not changed.",
            ].join(" "),
        );
        expect(policyOf(account)).toEqual(OPEN);
    });

    test("is refused where the certificate does not get in", async () => {
        const account = readyAccount();
        const wanted = inputs({ ...TRUSTED, probe: holders.aliceOfB, clientCertificates: [holders.alice] });
        const error = await rejection(create(account, wanted));
        expect(error.message).toMatch(
            /^Refused to require a trusted session: A call with the client certificate \(`probe`\) was refused by the access rules\./,
        );
        expect(policyOf(account)).toEqual(OPEN);
    });

    test("is taken back where the certificate does not get in afterwards", async () => {
        const account = readyAccount();
        let isSet = false;
        const options: ProcessOptions = {
            after: (call) => void (isSet ||= call === "UpdateApiAccessPolicy"),
            mishap: (call) => (isSet && call === "ReadApiAccessRules" ? "refused" : undefined),
        };
        expect(await rejection(create(account, trusted(), options))).toMatchObject({ code: "ProofFailed" });
        expect(policyOf(account)).toEqual(OPEN);
    });
});

describe("changing the policy", () => {
    test("the maximum alone keeps the session required; the session alone keeps the maximum", async () => {
        const account = readyAccount();
        const { id, state } = await create(account, trusted());
        const shorter = { ...trusted(), maxAccessKeyExpiration: "60d" };
        const next = await apiAccessPolicy.update(id, state, shorter, startProcess(account).context);
        expect(policyOf(account)).toEqual({
            MaxAccessKeyExpirationSeconds: 5_184_000,
            RequireTrustedEnv: true,
        });
        expect(next.found).toEqual(state.found);
        const untrusted = { ...shorter, requireTrustedEnv: false };
        await apiAccessPolicy.update(id, next, untrusted, startProcess(account).context);
        expect(policyOf(account)).toEqual({
            MaxAccessKeyExpirationSeconds: 5_184_000,
            RequireTrustedEnv: false,
        });
    });

    test("a shorter maximum is refused while a key lasts longer; a longer one never is", async () => {
        const account = readyAccount();
        const { id, state } = await create(account, trusted());
        const tooShort = { ...trusted(), maxAccessKeyExpiration: "30d" };
        const refused = apiAccessPolicy.update(id, state, tooShort, startProcess(account).context);
        expect((await rejection(refused)).message).toMatch(
            /of the root user ends only on .* not within the maximum of 2592000 seconds/,
        );
        expect(policyOf(account)).toEqual(CLOSED);
        const process = startProcess(account);
        await apiAccessPolicy.update(
            id,
            state,
            { ...trusted(), maxAccessKeyExpiration: "365d" },
            process.context,
        );
        expect(policyOf(account).MaxAccessKeyExpirationSeconds).toBe(31_536_000);
        expect(process.calls.filter(({ call }) => call === "ReadUsers")).toEqual([]);
    });

    test("a refresh sees what somebody changed, by meaning", async () => {
        const account = readyAccount();
        const { id, state } = await create(account, trusted());
        const same = await apiAccessPolicy.read(id, state, startProcess(account).context);
        if (same === undefined) throw new Error("gone");
        expect(apiAccessPolicy.diff(same.state, trusted(), NOW).changed).toEqual([]);
        account.restore({ ...account.snapshot(), policy: OPEN });
        const live = await apiAccessPolicy.read(id, state, startProcess(account).context);
        if (live === undefined) throw new Error("gone");
        expect(apiAccessPolicy.diff(live.state, trusted(), NOW).changed).toEqual([
            "maxAccessKeyExpiration",
            "requireTrustedEnv",
        ]);
    });
});

describe("a policy that only relaxes", () => {
    test.each([
        ["nothing where the account asks for less", OPEN, "90d", OPEN],
        [
            "the maximum where that is too short",
            { MaxAccessKeyExpirationSeconds: 5_184_000, RequireTrustedEnv: true },
            "90d",
            CLOSED,
        ],
        ["nothing where the maximum is longer", CLOSED, "60d", CLOSED],
        ["the session too, where none is asked for", CLOSED, undefined, OPEN],
    ])("changes %s", async (_what, before, maxAccessKeyExpiration, after) => {
        const account = readyAccount();
        account.restore({ ...account.snapshot(), policy: before });
        const wanted = inputs({
            ...(maxAccessKeyExpiration === undefined ? {} : { maxAccessKeyExpiration }),
            requireTrustedEnv: maxAccessKeyExpiration !== undefined,
            onlyRelax: true,
            clientCertificates: [holders.alice],
        });
        const { id, state } = await create(account, wanted);
        expect(policyOf(account)).toEqual(after);
        const live = await apiAccessPolicy.read(id, state, startProcess(account).context);
        expect(apiAccessPolicy.diff(live?.state ?? state, wanted, NOW).changed).toEqual([]);
    });
});

describe("what else keeps a policy from being set", () => {
    test("a second one in the program", async () => {
        const account = readyAccount();
        const { context } = startProcess(account);
        for (const last of [{}, {}]) context.declared.add(apiAccessPolicy.token, { inputs: trusted(), last });
        const error = await rejection(apiAccessPolicy.create(trusted(), context));
        expect(error.message).toMatch(/^The program declares the API access policy more than once/);
        expect(policyOf(account)).toEqual(OPEN);
    });

    test("the provider's own key, where it ends in less than 7 days", async () => {
        const account = readyAccount();
        const request = { AccessKeyId: account.accessKey, ExpirationDate: dateAfter(6.9) };
        account.execute("UpdateAccessKey", request, {
            sourceAddress: OUTSIDE,
            certificate: derOf(holders.alice.certificatePem),
        });
        const error = await rejection(create(account, trusted()));
        expect(error.message).toMatch(
            /with which the provider itself is calling, ends on .*, in less than 7 days\./,
        );
        expect(policyOf(account)).toEqual(OPEN);
    });

    test("a network that fails once it is set: it is given back", async () => {
        const account = readyAccount();
        let isSet = false;
        const options: ProcessOptions = {
            after: (call) => void (isSet ||= call === "UpdateApiAccessPolicy"),
            mishap: (call) => (isSet && call === "ReadApiAccessRules" ? "unsent" : undefined),
        };
        expect(await rejection(create(account, trusted(), options))).toMatchObject({ code: "ProofFailed" });
        expect(policyOf(account)).toEqual(OPEN);
    });
});

describe("giving the policy back", () => {
    test("is what the record says, where a deployment was interrupted after it had set the policy", async () => {
        const account = readyAccount();
        const record = { keys: [], policy: { maxAccessKeyExpirationSeconds: 0, requireTrustedEnv: false } };
        const wanted = { ...trusted(), record };
        await create(account, wanted);
        const { id, state } = await create(account, wanted);
        await apiAccessPolicy.delete(id, state, startProcess(account).context);
        expect(policyOf(account)).toEqual(OPEN);
    });

    test("is left to the resource that declares it now and knows what it was", async () => {
        const account = readyAccount();
        const { id, state } = await create(account, trusted());
        const { context } = startProcess(account);
        const record = { keys: [], policy: state.found };
        context.declared.add(apiAccessPolicy.token, { inputs: { ...trusted(), record }, last: {} });
        await apiAccessPolicy.delete(id, state, context);
        expect(policyOf(account)).toEqual(CLOSED);
    });

    test("is refused where the one that declares it now does not know, lest it be forgotten", async () => {
        const account = readyAccount();
        const { id, state } = await create(account, trusted());
        const { context } = startProcess(account);
        context.declared.add(apiAccessPolicy.token, { inputs: trusted(), last: {} });
        const error = await rejection(apiAccessPolicy.delete(id, state, context));
        expect(error).toMatchObject({ code: "AmbiguousMatch" });
        expect(error.message).toMatch(/under another name.*`aliases`/);
        // The other way round, as when the new name is taken back: it found the policy as it is and has nothing to give.
        const found = { maxAccessKeyExpirationSeconds: 7_776_000, requireTrustedEnv: true };
        await apiAccessPolicy.delete(id, { ...state, found }, context);
        expect(policyOf(account)).toEqual(CLOSED);
    });

    test("is not asked of one that only relaxes", async () => {
        const account = readyAccount();
        await create(account, trusted());
        const relaxing = { ...inputs({ ...TRUSTED, onlyRelax: true }), found: OPEN_POLICY };
        await apiAccessPolicy.delete("policy", relaxing, startProcess(account).context);
        expect(policyOf(account)).toEqual(CLOSED);
    });

    test("is refused where that asks for more and something stands in its way", async () => {
        const { account } = accountWithClock();
        const found = { maxAccessKeyExpirationSeconds: 60, requireTrustedEnv: false };
        const state = { ...inputs(), found };
        const error = await rejection(apiAccessPolicy.delete("policy", state, startProcess(account).context));
        expect(error.message).toMatch(
            /^Refused to limit the lifetime of access keys to 60 seconds: The access key/,
        );
        expect(policyOf(account)).toEqual(OPEN);
    });
});

describe("at preview", () => {
    const key = { accessKeyId: "KEY", userName: "ci", reason: "never expires" };
    const end = "If that was done elsewhere, run `pulumi refresh`. The policy was not changed.";

    test("what the audit has found is listed, key by key and rule by rule", () => {
        const given = { ...TRUSTED, blocking: [key], blockingRules: ["aar-1 [IP 0.0.0.0/0]"] };
        expect(apiAccessPolicy.check(given, NOW, {}).failures).toEqual([
            {
                property: "blocking",
                reason: `The access key KEY of the EIM user ci never expires. Give the key an expiration date below the maximum, or remove it: \`KeyAudit\` does either, by the key's id. ${end}`,
            },
            {
                property: "blockingRules",
                reason: `The access rule aar-1 [IP 0.0.0.0/0] names no authority. Retire the rule, or name a CA in it, in a deployment before this one. ${end}`,
            },
        ]);
    });

    test.each([
        ["rules do not matter to a maximum", { maxAccessKeyExpiration: "90d", blockingRules: ["aar-1"] }],
        ["keys do not matter without one", { blocking: [key] }],
    ])("%s", (_what, given) => {
        expect(apiAccessPolicy.check(given, NOW, {}).failures).toEqual([]);
    });

    test("a policy that stands is not refused for what an audit says; a stricter one is", () => {
        const given = { ...TRUSTED, blocking: [key], blockingRules: ["aar-1"] };
        expect(apiAccessPolicy.check(given, NOW, TRUSTED).failures).toEqual([]);
        const looser = { ...TRUSTED, maxAccessKeyExpiration: "91d" };
        expect(apiAccessPolicy.check(given, NOW, looser).failures).toHaveLength(2);
        expect(apiAccessPolicy.check({ ...given, onlyRelax: true }, NOW, {}).failures).toEqual([]);
    });

    test("a trusted session without a maximum is refused", () => {
        expect(apiAccessPolicy.check({ requireTrustedEnv: true }, NOW, {}).failures).toEqual([
            {
                property: "maxAccessKeyExpiration",
                reason: 'A trusted session needs a maximum lifetime of access keys. Give one, for example "90d".',
            },
        ]);
    });
});
