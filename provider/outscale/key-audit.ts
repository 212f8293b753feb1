/** The KeyAudit resource: every key of the account, those that a trusted session would not allow, and their mending by name. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { parseDuration, durationOrUndefined } from "../duration";
import { readable } from "../declarations";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import {
    PartialFailure,
    UNKNOWN,
    type CheckFailure,
    type Context,
    type PlannedInputs,
    type ResourceType,
} from "../resource";
import {
    allKeys,
    endsOwnKey,
    hasEnded,
    isEndingSoon,
    ownKeyEnding,
    refuseOwnKey,
    removeKey,
    setExpiration,
    type OwnedKey,
} from "./access-keys";
import { accountRecord, readPolicy, type AccountRecord } from "./account-record";
import { admitted, readAccess } from "./account";
import { apiAccessPolicy } from "./api-access-policy";
import { AnswerLost, type OutscaleApi } from "./api/client";
import { apiDate, instantOf, sameInstant } from "./dates";
import { admittedToDelete, owedElsewhere } from "./deleting";
import { maxExpiration, secondsOf } from "./policy-inputs";
import { shared, textSet } from "./schemas";
import {
    blockingKeys,
    blockingRules,
    canHaveDate,
    samePolicy,
    type BlockingKey,
    type Policy,
} from "./trusted-session";

const dateOrLifetime = z
    .string()
    .refine(
        (text) => instantOf(text) !== undefined || durationOrUndefined(text) !== undefined,
        'Neither a date nor a duration. Write it as "2027-01-31T12:00:00Z", "2027-01-31" or "90d".',
    );

const schema = z.object({
    maxAccessKeyExpiration: maxExpiration,
    expire: z.record(z.string(), dateOrLifetime).default({}),
    remove: textSet(z.string().min(1)),
    record: accountRecord.optional(),
    triggers: z.array(z.string()).default([]),
    clientCertificates: shared.clientCertificates,
});

/** `expire` sets a date, by access key id; `remove` deletes keys by their ids; `triggers` have it all read anew. */
export type KeyAuditInputs = Readonly<z.output<typeof schema>>;

export interface KeyAuditState extends KeyAuditInputs {
    /** What was found before anything of it was changed; never the secret of a key. */
    readonly found: AccountRecord;
    /** The keys that would keep a trusted session, or the maximum lifetime, from being set. */
    readonly blocking: readonly BlockingKey[];
    /** The rules that would keep a trusted session from being set, each with its id and criteria. */
    readonly blockingRules: readonly string[];
    /** The dates that were set, ISO 8601, by access key id; destroy gives back what was before. */
    readonly dates: Readonly<Record<string, string>>;
    /** When the key ends that made the calls, ISO 8601; absent where it does not. */
    readonly ownEnd?: string | undefined;
}

/** Reads at its creation, its updates and at a refresh; changes nothing but what is named. */
export const keyAudit: ResourceType<KeyAuditInputs, KeyAuditState, OutscaleApi> = {
    token: "outscale:KeyAudit",

    check: (inputs, now, last) =>
        checkInputs(schema, inputs, (planned) => contradictions(planned, now, last)),

    diff(state, inputs, now) {
        const changed: string[] = changedProperties(state, inputs, [
            "maxAccessKeyExpiration",
            "expire",
            "remove",
            "record",
            "triggers",
            "clientCertificates",
        ]);
        const isOwnEnding = state.ownEnd !== undefined && isEndingSoon(state.ownEnd, now);
        if (isOwnEnding || Object.keys(state.dates).some((id) => isDue(state, id, now)))
            changed.push("dates");
        return { changed, replaces: [] };
    },

    async create(inputs, context) {
        const api = admitted(context.client, inputs);
        const keys = await allKeys(api);
        const found = inputs.record ?? { keys, policy: await readPolicy(api) };
        const last = { found, dates: {}, expire: {} };
        return { id: ID, state: await bringInLine(api, keys, inputs, last, context) };
    },

    async read(id, state, { client, now }) {
        const api = admitted(client, state);
        const standing = await standingOf(api, await allKeys(api), state, now());
        const { ownEnd: _last, ...rest } = state;
        return { id, state: { ...rest, ...standing } };
    },

    async update(_id, state, inputs, context) {
        const api = admitted(context.client, inputs, state);
        return bringInLine(api, await allKeys(api), inputs, state, context);
    },

    async delete(_id, state, context) {
        const api = admittedToDelete(context, state);
        if (Object.keys(state.dates).length === 0) return;
        const now = context.now();
        const [keys, policy] = await Promise.all([allKeys(api), readPolicy(api)]);
        const { maxAccessKeyExpirationSeconds } = policy;
        const others = readable(schema, context.declared.inputsOf(keyAudit.token));
        const owed = keys.flatMap((key) => {
            const set = state.dates[key.accessKeyId];
            const found = state.found.keys.find(({ accessKeyId }) => accessKeyId === key.accessKeyId);
            // Changed by somebody since, or ended by now: no longer this resource's to give back, or to revive.
            if (set === undefined || found === undefined) return [];
            if (!sameInstant(key.expirationDate, set) || hasEnded(key, now)) return [];
            const date = found.expirationDate;
            if (sameInstant(date, set) || endsOwnKey(api, key, date, now)) return [];
            if (canHaveDate(date, maxAccessKeyExpirationSeconds, now)) return [{ key, date }];
            if (canHaveDate(date, 0, now) && isLeftBehind(policy, state, context)) throw leftBehind(key);
            return [];
        });
        const mine = owed.filter(({ key, date }) => !isOwedBy(others, key.accessKeyId, date));
        for (const { key, date } of mine) await setExpiration(api, key, date, now);
    },
};

const ID = "keys";

/**
 * Whether the policy that keeps a date from being given back is nobody's: not what was found, and not declared. A run
 * that was stopped after it had set the policy leaves it so.
 */
function isLeftBehind(
    policy: Policy,
    { found }: Pick<KeyAuditState, "found">,
    { declared }: Context<OutscaleApi>,
): boolean {
    return !samePolicy(policy, found.policy) && declared.of(apiAccessPolicy.token).length === 0;
}

function leftBehind({ accessKeyId }: OwnedKey): PortcullisError {
    return new PortcullisError({
        code: "AmbiguousMatch",
        problem:
            `The expiration date of the access key ${accessKeyId} is not given back: the API access policy asks for one, ` +
            "which it did not when the keys were found, and nothing in this program declares that.",
        remedy:
            "If a deployment that sets the policy was interrupted, deploy that program once more, to its end, and then this " +
            "one; otherwise declare the policy, or set it back. This call was not made.",
    });
}

/** Whether the program mends the key by another audit, which then owes the same; one that does not know it is refused. */
function isOwedBy(others: readonly KeyAuditInputs[], accessKeyId: string, date: string | undefined): boolean {
    const other = others.find(({ expire }) => Object.hasOwn(expire, accessKeyId));
    if (other === undefined) return false;
    const known = other.record?.keys.find((key) => key.accessKeyId === accessKeyId);
    if (known !== undefined && sameInstant(known.expirationDate, date)) return true;
    const setting = "sets it under another name, and that resource does not know what it was before";
    throw owedElsewhere(`The expiration date of the access key ${accessKeyId}`, setting);
}

/** Whether a date that came of a duration is in its last third, and is moved on. */
function isDue({ expire, dates }: Pick<KeyAuditState, "expire" | "dates">, id: string, now: Date): boolean {
    const lasting = durationOrUndefined(expire[id] ?? "");
    const date = dates[id];
    if (lasting === undefined || date === undefined) return false;
    return now.getTime() >= Date.parse(date) - lasting / 3;
}

/** `keys` are those of the account as it is before anything is changed. */
async function bringInLine(
    api: OutscaleApi,
    keys: readonly OwnedKey[],
    inputs: KeyAuditInputs,
    last: Pick<KeyAuditState, "found" | "dates" | "expire">,
    context: Context<OutscaleApi>,
): Promise<KeyAuditState> {
    const now = context.now();
    // All names before the first change: one that is wrong leaves nothing half done.
    for (const id of inputs.remove) refuseOwnKey(api, id, "delete");
    const expiring = wantedDates(api, keys, inputs, last, now);
    const late = expiring.filter(({ key, date }) => !sameInstant(key.expirationDate, date));
    const doomed = keys.filter(({ accessKeyId }) => inputs.remove.includes(accessKeyId));
    const dates: Record<string, string> = { ...last.dates };
    const expire: Record<string, string> = { ...last.expire };
    const isKnown = ({ accessKeyId }: OwnedKey): boolean =>
        last.found.keys.some((key) => key.accessKeyId === accessKeyId);
    const unknown = expiring.map(({ key }) => key).filter((key) => !isKnown(key));
    const found = { ...last.found, keys: [...last.found.keys, ...unknown] };
    try {
        for (const each of expiring) {
            const { accessKeyId } = each.key;
            try {
                if (late.includes(each)) await setExpiration(api, each.key, each.date, now);
            } catch (error) {
                // It may have been set all the same: it is known of from here on.
                if (error instanceof AnswerLost) dates[accessKeyId] = each.date;
                throw error;
            }
            dates[accessKeyId] = each.date;
            expire[accessKeyId] = each.wanted;
        }
        for (const { accessKeyId, userName } of doomed) await removeKey(api, accessKeyId, userName, now);
        const after = late.length + doomed.length > 0 ? await allKeys(api) : keys;
        const isActing = expiring.length + inputs.remove.length > 0 || inputs.record !== undefined;
        const ending = isActing ? ownKeyEnding(api, after, now) : undefined;
        if (ending !== undefined) throw ownEndingSoon(ending);
        return { ...inputs, found, dates, ...(await standingOf(api, after, inputs, now)) };
    } catch (error) {
        // What was set is in state from here on, so that it is given back.
        throw new PartialFailure(
            ID,
            { ...inputs, expire, found, dates, blocking: [], blockingRules: [] },
            error,
        );
    }
}

/** The named keys with the dates that they are to have; a date once set stays until it is asked for anew, or is due. */
function wantedDates(
    api: OutscaleApi,
    keys: readonly OwnedKey[],
    { expire }: KeyAuditInputs,
    last: Pick<KeyAuditState, "dates" | "expire">,
    now: Date,
): readonly { readonly key: OwnedKey; readonly wanted: string; readonly date: string }[] {
    return Object.entries(expire).flatMap(([id, wanted]) => {
        const key = keys.find(({ accessKeyId }) => accessKeyId === id);
        const set = last.dates[id];
        if (key === undefined) {
            // Gone since: there is nothing left to mend.
            if (set !== undefined) return [];
            throw nobodys(id);
        }
        // The provider's own key is moved on in time, however short its duration.
        const isEnough = !isDue(last, id, now) && ownKeyEnding(api, [key], now) === undefined;
        const kept = last.expire[id] === wanted && isEnough ? set : undefined;
        return [{ key, wanted, date: kept ?? dateOf(wanted, now) }];
    });
}

function ownEndingSoon(ending: string): PortcullisError {
    return new PortcullisError({
        code: "Lockout",
        problem: `Refused to go on: ${ending}`,
        remedy:
            "Move its date on (`expire` with a duration), or configure another key of the root user for the provider. " +
            "What this resource has set and removed stays so.",
    });
}

/** What stands in the way as the account is now, and when the key ends that asks. */
async function standingOf(
    api: OutscaleApi,
    keys: readonly OwnedKey[],
    { maxAccessKeyExpiration }: Pick<KeyAuditInputs, "maxAccessKeyExpiration">,
    now: Date,
): Promise<Pick<KeyAuditState, "blocking" | "blockingRules" | "ownEnd">> {
    const { rules } = await readAccess(api, []);
    const blocking = blockingKeys(keys, secondsOf(maxAccessKeyExpiration), now);
    const ownEnd = keys.find(({ accessKeyId }) => accessKeyId === api.accessKeyId)?.expirationDate;
    return { blocking, blockingRules: blockingRules(rules), ...(ownEnd === undefined ? {} : { ownEnd }) };
}

function dateOf(wanted: string, now: Date): string {
    const instant = instantOf(wanted) ?? new Date(now.getTime() + parseDuration(wanted, "expire"));
    return apiDate(instant);
}

/** Whose key it is comes from the account: the name of its user is not asked for. */
function nobodys(accessKeyId: string): PortcullisError {
    return new PortcullisError({
        code: "AmbiguousMatch",
        property: "expire",
        problem: `\`expire\` names the access key ${accessKeyId}, which neither root nor any EIM user of the account has.`,
        remedy: "Correct the id, or take it out. Nothing has been changed.",
    });
}

function contradictions(
    { expire, remove, maxAccessKeyExpiration: maximum }: PlannedInputs<KeyAuditInputs>,
    now: Date,
    last: unknown,
): readonly CheckFailure[] {
    if (expire === UNKNOWN) return [];
    const before = schema.pick({ expire: true }).safeParse(last);
    const known = before.success ? before.data.expire : {};
    const over = Object.entries(expire).filter(
        ([id, date]) =>
            typeof date === "string" && known[id] !== date && (instantOf(date) ?? Infinity) <= now,
    );
    const most = typeof maximum === "string" ? (durationOrUndefined(maximum) ?? Infinity) : Infinity;
    const long = Object.entries(expire).filter(
        ([, date]) => typeof date === "string" && (durationOrUndefined(date) ?? 0) >= most,
    );
    const both =
        remove === UNKNOWN ? [] : remove.filter((id) => typeof id === "string" && Object.hasOwn(expire, id));
    return [
        ...over.map(([id]) => ({
            property: `expire.${id}`,
            reason: "It has passed. Give a later date, or remove the key.",
        })),
        ...long.map(([id]) => ({
            property: `expire.${id}`,
            reason: `It is not below maxAccessKeyExpiration (${String(maximum)}). Shorten it.`,
        })),
        ...both.map((id) => ({
            property: "remove",
            reason: `${String(id)} is named in \`expire\` too. Take it out of one of them.`,
        })),
    ];
}
