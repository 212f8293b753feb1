/** The KeyAudit resource: every key of the account, those that a trusted session would not allow, and their mending by name. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { parseDuration, durationOrUndefined } from "../duration";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import { UNKNOWN, type CheckFailure, type Context, type PlannedInputs, type ResourceType } from "../resource";
import { allKeys, removeKey, updateKey, type OwnedKey } from "./access-keys";
import { accountRecord, readAccount, type AccountRecord } from "./account-record";
import { admitted, readAccess } from "./account";
import type { OutscaleApi } from "./api/client";
import { apiDate, instantOf, sameInstant } from "./dates";
import { admittedToDelete } from "./deleting";
import { maxExpiration, secondsOf } from "./policy-inputs";
import { shared, textSet } from "./schemas";
import { blockingKeys, blockingRules, type BlockingKey } from "./trusted-session";

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
    clientCertificates: shared.clientCertificates,
});

/** `expire` sets a date, by access key id; `remove` deletes keys by their ids. */
export type KeyAuditInputs = Readonly<z.output<typeof schema>>;

export interface KeyAuditState extends KeyAuditInputs {
    /** What was found when this resource was made; never the secret of a key. */
    readonly found: AccountRecord;
    /** The keys that would keep a trusted session, or the maximum lifetime, from being set. */
    readonly blocking: readonly BlockingKey[];
    /** The rules that would keep a trusted session from being set, each with its id and criteria. */
    readonly blockingRules: readonly string[];
    /** The dates that were set, ISO 8601, by access key id; destroy gives back what was before. */
    readonly dates: Readonly<Record<string, string>>;
}

/** Reads at its creation, its updates and at a refresh; changes nothing but what is named. */
export const keyAudit: ResourceType<KeyAuditInputs, KeyAuditState, OutscaleApi> = {
    token: "outscale:KeyAudit",

    check: (inputs) => checkInputs(schema, inputs, contradictions),

    diff: (state, inputs) => ({
        changed: changedProperties(state, inputs, [
            "maxAccessKeyExpiration",
            "expire",
            "remove",
            "record",
            "clientCertificates",
        ]),
        replaces: [],
    }),

    async create(inputs, context) {
        const api = admitted(context.client, inputs);
        const found = await readAccount(api);
        const state = await bringInLine(api, inputs, { found, dates: {}, expire: {} }, context);
        return { id: "keys", state };
    },

    async read(id, state, { client, now }) {
        const standing = await obstacles(admitted(client, state), state, now());
        return { id, state: { ...state, ...standing } };
    },

    update: (_id, state, inputs, context) =>
        bringInLine(admitted(context.client, inputs, state), inputs, state, context),

    async delete(_id, state, context) {
        const api = admittedToDelete(context, state);
        if (Object.keys(state.dates).length === 0) return;
        const keys = await allKeys(api);
        const before = new Map(
            [...state.found.keys, ...(state.record?.keys ?? [])].map((key) => [key.accessKeyId, key]),
        );
        for (const key of keys) {
            const set = state.dates[key.accessKeyId];
            const found = before.get(key.accessKeyId);
            // Changed by somebody since: no longer this resource's to give back.
            if (set === undefined || found === undefined || !sameInstant(key.expirationDate, set)) continue;
            const isOver = (instantOf(found.expirationDate ?? "") ?? Infinity) <= context.now();
            if (isOver) continue;
            const { expirationDate: _set, ...live } = key;
            const given = found.expirationDate === undefined ? {} : { expirationDate: found.expirationDate };
            await updateKey(api, key.accessKeyId, key.userName, { ...live, ...given });
        }
    },
};

async function bringInLine(
    api: OutscaleApi,
    inputs: KeyAuditInputs,
    last: Pick<KeyAuditState, "found" | "dates" | "expire">,
    context: Context<OutscaleApi>,
): Promise<KeyAuditState> {
    const now = context.now();
    const keys = await allKeys(api);
    const dates: Record<string, string> = { ...last.dates };
    // All names before the first change: one that is wrong leaves nothing half done.
    const expiring = Object.entries(inputs.expire).map(([id, wanted]) => ({
        key: named(keys, id, "expire"),
        wanted,
    }));
    for (const { key, wanted } of expiring) {
        const { accessKeyId } = key;
        const kept = last.expire[accessKeyId] === wanted ? dates[accessKeyId] : undefined;
        const date = kept ?? dateOf(wanted, now);
        dates[accessKeyId] = date;
        if (sameInstant(key.expirationDate, date)) continue;
        await updateKey(api, accessKeyId, key.userName, { ...key, expirationDate: date });
    }
    for (const accessKeyId of inputs.remove) {
        const key = keys.find((each) => each.accessKeyId === accessKeyId);
        if (key !== undefined) await removeKey(api, accessKeyId, key.userName);
    }
    return { ...inputs, found: last.found, dates, ...(await obstacles(api, inputs, now)) };
}

/** What stands in the way as the account is now. */
async function obstacles(
    api: OutscaleApi,
    { maxAccessKeyExpiration }: Pick<KeyAuditInputs, "maxAccessKeyExpiration">,
    now: Date,
): Promise<Pick<KeyAuditState, "blocking" | "blockingRules">> {
    const [keys, { rules }] = await Promise.all([allKeys(api), readAccess(api, [])]);
    const blocking = blockingKeys(keys, secondsOf(maxAccessKeyExpiration), now);
    return { blocking, blockingRules: blockingRules(rules) };
}

function dateOf(wanted: string, now: Date): string {
    const instant = instantOf(wanted) ?? new Date(now.getTime() + parseDuration(wanted, "expire"));
    return apiDate(instant);
}

/** Whose key it is comes from the account: the name of its user is not asked for. */
function named(keys: readonly OwnedKey[], accessKeyId: string, property: string): OwnedKey {
    const key = keys.find((each) => each.accessKeyId === accessKeyId);
    if (key !== undefined) return key;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property,
        problem: `\`${property}\` names the access key ${accessKeyId}, which neither root nor any EIM user of the account has.`,
        remedy: "Correct the id, or take it out.",
    });
}

function contradictions({ expire, remove }: PlannedInputs<KeyAuditInputs>): readonly CheckFailure[] {
    if (expire === UNKNOWN || remove === UNKNOWN) return [];
    return remove
        .filter((id): id is string => typeof id === "string" && Object.hasOwn(expire, id))
        .map((id) => ({
            property: "remove",
            reason: `${id} is named in \`expire\` too. Take it out of one of them.`,
        }));
}
