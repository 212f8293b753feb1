/** An account that was set up by hand, taken over as it is by a program on the real engine, and given back. */
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { AccountState } from "../../emulators/outscale";
import { outscale } from "../../sdk";
import { makeAuthority } from "../oracles/certificates";
import { accountProgram } from "../support/account-program";
import {
    changesOf,
    openDeployment,
    OPENING,
    OUTSIDE,
    skipWherePlain,
    type Checkpoint,
    type Deployment,
} from "../support/deployment";
import { failureOf, toldBy } from "../support/secrets";

const DAY = 86_400_000;
const dateIn = (days: number): string =>
    new Date(Math.floor((Date.now() + days * DAY) / 1_000) * 1_000).toISOString();

/** What somebody has set up over the years: two authorities, four rules, two EIM users and three keys. */
interface HandMade {
    readonly pems: { readonly internal: string; readonly suppliers: string };
    readonly cas: { readonly internal: string; readonly suppliers: string };
    readonly rules: Readonly<Record<"admins" | "ci" | "suppliers" | "office", string>>;
    readonly keys: Readonly<Record<"backup" | "ci" | "onCall", string>>;
    readonly ends: { readonly backup: string; readonly onCall: string };
}

const ADMINS = "Accès des administrateurs (carte + bureau)";
const SUPPLIERS = "Prestataires – à revoir en juin";
const OFFICE = "Secours : bureau de Lyon";
const INTERNAL_CA = "Autorité interne 2025";

function setUp({ account }: Deployment, pems: HandMade["pems"]): HandMade {
    const made = (call: string, request: object): AccountState => {
        const answer = account.execute(call, request, { sourceAddress: OUTSIDE });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        return account.snapshot();
    };
    const ca = (CaPem: string, Description: string): string =>
        made("CreateCa", { CaPem, Description }).cas.at(-1)?.CaId ?? "";
    const rule = (request: object): string =>
        made("CreateApiAccessRule", request).rules.at(-1)?.ApiAccessRuleId ?? "";
    const key = (request: object): string => made("CreateAccessKey", request).keys.at(-1)?.AccessKeyId ?? "";
    const ends = { backup: dateIn(200), onCall: dateIn(30) };
    const cas = {
        internal: ca(pems.internal, INTERNAL_CA),
        suppliers: ca(pems.suppliers, "AC prestataires"),
    };
    const rules = {
        admins: rule({
            CaIds: [cas.internal],
            Cns: ["Zoé Lefèvre", "j.martin"],
            IpRanges: ["198.51.100.0/24"],
            Description: ADMINS,
        }),
        ci: rule({ CaIds: [cas.internal], Cns: ["ci"], Description: "Intégration continue" }),
        suppliers: rule({
            CaIds: [cas.suppliers, cas.internal],
            IpRanges: ["203.0.113.64/26", "2001:db8:40::/48"],
            Description: SUPPLIERS,
        }),
        office: rule({ IpRanges: ["198.51.100.7/32"], Description: OFFICE }),
    };
    made("CreateUser", { UserName: "ci" });
    made("CreateUser", { UserName: "astreinte" });
    const keys = {
        backup: key({ Tag: "sauvegarde", ExpirationDate: ends.backup }),
        ci: key({ UserName: "ci", Tag: "ci – ne pas supprimer" }),
        onCall: key({ UserName: "astreinte", ExpirationDate: ends.onCall }),
    };
    const off = {
        AccessKeyId: keys.onCall,
        State: "INACTIVE",
        ExpirationDate: ends.onCall,
        UserName: "astreinte",
    };
    made("UpdateAccessKey", off);
    return { pems, cas, rules, keys, ends };
}

/** The account without the moments of the last changes: those of a key's settings cannot be given back. */
function lasting(state: AccountState): object {
    const keys = state.keys.map(({ LastModificationDate: _moment, ...key }) => key);
    return { ...state, keys };
}

const criteriaOf = ({ rules }: AccountState): object =>
    rules.map(({ Description: _description, ...criteria }) => criteria);

describe("an account that was set up by hand", function () {
    this.timeout(180_000);

    let deployment: Deployment;
    let hand: HandMade;
    let untouched: Checkpoint;
    const changes: string[] = [];

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        const [internal, suppliers] = await Promise.all([
            makeAuthority({ name: "Autorité interne" }),
            makeAuthority({ name: "AC prestataires" }),
        ]);
        deployment = await openDeployment({ program: accountProgram() });
        hand = setUp(deployment, { internal: internal.pem, suppliers: suppliers.pem });
        untouched = await deployment.checkpoint();
    });

    // Nothing is open where the tests are skipped.
    after(async () => {
        await (deployment as Deployment | undefined)?.close();
    });

    const watch = (): void => {
        changes.length = 0;
        deployment.account.alter = (call, answer) => {
            if (!call.startsWith("Read")) changes.push(call);
            return answer;
        };
    };
    beforeEach(watch);
    afterEach(() => {
        deployment.account.alter = undefined;
    });

    const { Ca, ApiAccessRule, AccessKey, KeyAudit } = outscale;

    /** The administrators' rule alone. */
    const admins =
        (args: Omit<outscale.ApiAccessRuleArgs, "adoptId" | "caIds"> = {}): PulumiFn =>
        () => {
            const { cas, rules } = hand;
            new ApiAccessRule("admins", { adoptId: rules.admins, caIds: [cas.internal], ...args });
            return Promise.resolve();
        };
    const asFound = { cns: ["Zoé Lefèvre", "j.martin"], ipRanges: ["198.51.100.0/24"], description: ADMINS };

    describe("taken over whole", () => {
        /** Everything as it is; the descriptions and tags of some things are left to their defaults. */
        const program: PulumiFn = () => {
            const { pems, rules, keys, ends } = hand;
            const internal = new Ca("internal", {
                caPem: pems.internal,
                description: INTERNAL_CA,
                adopt: true,
            });
            const suppliers = new Ca("suppliers", { caPem: pems.suppliers, adoptId: hand.cas.suppliers });
            const taken = [
                new ApiAccessRule("admins", {
                    ...asFound,
                    adoptId: rules.admins,
                    caIds: [internal.caId],
                    cns: ["j.martin", "Zoé Lefèvre"],
                }),
                new ApiAccessRule("ci", { adopt: true, caIds: [internal.caId], cns: ["ci"] }),
                new ApiAccessRule("suppliers", {
                    adoptId: rules.suppliers,
                    caIds: [internal.caId, suppliers.caId],
                    ipRanges: ["203.0.113.64/26", "2001:db8:40::/48"],
                    description: SUPPLIERS,
                }),
                new ApiAccessRule("office", {
                    adopt: true,
                    ipRanges: ["198.51.100.7/32"],
                    description: OFFICE,
                }),
            ];
            new AccessKey("backup", { adoptId: keys.backup, expirationDate: ends.backup, tag: "sauvegarde" });
            new AccessKey("ci", { adoptId: keys.ci, userName: "ci" });
            new AccessKey("on-call", {
                adoptId: keys.onCall,
                userName: "astreinte",
                expirationDate: ends.onCall,
                state: "INACTIVE",
                tag: "",
            });
            const { blocking } = new KeyAudit("keys", { maxAccessKeyExpiration: "365d" });
            return Promise.resolve({ blocking, ruleIds: taken.map(({ ruleId }) => ruleId) });
        };

        before(() => deployment.restore(untouched));

        it("changes nothing but what it describes and tags otherwise", async () => {
            const { rules, keys } = hand;
            const up = await deployment.stack.up({ program });
            assert.deepEqual(changes.sort(), ["UpdateAccessKey", "UpdateApiAccessRule", "UpdateCa"]);
            assert.deepEqual(up.outputs.ruleIds?.value, [
                rules.admins,
                rules.ci,
                rules.suppliers,
                rules.office,
            ]);
            const before = untouched.account;
            const now = deployment.account.snapshot();
            assert.deepEqual(criteriaOf(now), criteriaOf(before));
            const expected = {
                ...before,
                cas: before.cas.map((ca) =>
                    ca.CaId === hand.cas.suppliers ? { ...ca, Description: "gatehouse/test suppliers" } : ca,
                ),
                rules: before.rules.map((rule) =>
                    rule.ApiAccessRuleId === rules.ci ? { ...rule, Description: "gatehouse/test ci" } : rule,
                ),
                keys: before.keys.map((key) =>
                    key.AccessKeyId === keys.ci ? { ...key, Tag: "gatehouse/test ci" } : key,
                ),
            };
            assert.deepEqual(lasting(now), lasting(expected));
        });

        it("shows no change at the next preview, and none after a refresh", async () => {
            const { stack } = deployment;
            assert.deepEqual(changesOf(await stack.preview({ program })), {});
            assert.deepEqual(changesOf(await stack.refresh()), {});
            assert.deepEqual(changesOf(await stack.preview({ program })), {});
            assert.deepEqual(changes, []);
        });

        it("is given back on destroy as it was found", async () => {
            await deployment.stack.destroy();
            assert.deepEqual(
                changes.filter((call) => !call.startsWith("Update")),
                [],
                "nothing was made or deleted",
            );
            assert.deepEqual(lasting(deployment.account.snapshot()), lasting(untouched.account));
        });
    });

    describe("adopted by a program that leaves something out", () => {
        before(() => deployment.restore(untouched));

        const refused = async (program: PulumiFn, said: RegExp): Promise<void> => {
            const { message } = await failureOf(deployment.stack.up({ program }));
            assert.match(message, said);
            assert.deepEqual(changes, []);
            assert.deepEqual(deployment.account.snapshot(), untouched.account);
        };

        it("refuses a rule without its common names, says what was found, and changes nothing", () =>
            refused(
                admins({ ipRanges: ["198.51.100.0/24"], description: ADMINS }),
                /by `cns` it would admit more than it does\. As found: aar-\w+ \[CA ca-\w+, CN Zoé Lefèvre or j\.martin, IP 198\.51\.100\.0\/24\]; as wanted: aar-\w+ \[CA ca-\w+, IP 198\.51\.100\.0\/24\]\. Write what was found into the program \(`cns: \["Zoé Lefèvre","j\.martin"\]`\), or, if it is to admit more, say `widen: true`\. Nothing has been changed\./,
            ));

        it("refuses a key without its date, and one that would be switched on", async () => {
            await refused(() => {
                new AccessKey("backup", { adoptId: hand.keys.backup });
                return Promise.resolve();
            }, /Refused to adopt the access key \w+: it ends on [\w:.-]+, and without a date it would never end\. Write the date/);
            await refused(() => {
                const { keys, ends } = hand;
                const given = { adoptId: keys.onCall, userName: "astreinte", expirationDate: ends.onCall };
                new AccessKey("on-call", given);
                return Promise.resolve();
            }, /Refused to adopt the access key \w+: it is INACTIVE, and would be ACTIVE\. Adopt it with `state: "INACTIVE"`/);
        });
    });

    describe("of which a rule has been adopted", () => {
        let adopted: Checkpoint;

        before(async () => {
            await deployment.restore(untouched);
            await deployment.stack.up({ program: admins(asFound) });
            adopted = await deployment.checkpoint();
        });
        beforeEach(async () => {
            await deployment.restore(adopted);
            watch();
        });

        it("shows at preview what a program would no longer ask for", async () => {
            const { cns: _cns, ...without } = asFound;
            const preview = await deployment.stack.preview({ program: admins(without), diff: true });
            assert.deepEqual(changesOf(preview), { update: 1 });
            assert.match(toldBy(preview), /j\.martin/);
            assert.deepEqual(changes, []);
        });

        it("does not undo unseen what somebody has narrowed since, and shows it after a refresh", async () => {
            const { account, stack } = deployment;
            account.changeRules((rules) =>
                rules.map((rule) =>
                    rule.ApiAccessRuleId === hand.rules.admins ? { ...rule, Cns: ["Zoé Lefèvre"] } : rule,
                ),
            );
            const narrowed = account.snapshot();
            const program = admins({ ...asFound, description: "Administrateurs" });
            const { message } = await failureOf(stack.up({ program }));
            assert.match(
                message,
                /somebody has changed it, and by `cns` it would admit more than it does now\./,
            );
            assert.deepEqual(account.snapshot(), narrowed);
            await stack.refresh();
            const preview = await stack.preview({ program: admins(asFound), diff: true });
            assert.deepEqual(changesOf(preview), { update: 1 });
            assert.match(toldBy(preview), /j\.martin/);
            await stack.up({ program });
            assert.deepEqual(criteriaOf(account.snapshot()), criteriaOf(adopted.account));
        });
    });

    describe("with AccountMfa beside it", () => {
        before(() => deployment.restore(untouched));

        /** Everything but what the component makes and retires: those are told by their ids. */
        const handMade = (state: AccountState): object => {
            const known = (ids: Readonly<Record<string, string>>, id: string): boolean =>
                Object.values(ids).includes(id);
            return {
                cas: state.cas.filter(({ CaId }) => known(hand.cas, CaId)),
                rules: state.rules.filter(({ ApiAccessRuleId }) => known(hand.rules, ApiAccessRuleId)),
                keys: state.keys,
                users: state.users,
                policy: state.policy,
            };
        };

        it("leaves it alone, and destroy gives back the rest", async () => {
            const program = accountProgram();
            await deployment.stack.up({ program });
            const { account } = deployment;
            assert.equal(account.cas().length, untouched.account.cas.length + 1);
            assert.deepEqual(handMade(account.snapshot()), handMade(untouched.account));
            await deployment.stack.destroy();
            assert.deepEqual(handMade(account.snapshot()), handMade(untouched.account));
            assert.deepEqual(account.cas(), untouched.account.cas);
            assert.equal(account.rules().length, untouched.account.rules.length);
        });
    });
});
