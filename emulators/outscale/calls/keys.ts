/** The four calls on access keys, of the root user and of EIM users. */
import { formatDate, newAccessKey, newSecretKey, parseDate } from "../formats";
import { parameter, resource } from "../refusals";
import type { AccessKeyRecord, AccountState } from "../state";
import { passes, type Call } from "./call";
import { requireExpiry } from "./policy";

/** As the API shows it: no owner, no secret; what is not set is left out. */
function shown(key: AccessKeyRecord): Record<string, unknown> {
    return {
        AccessKeyId: key.AccessKeyId,
        CreationDate: formatDate(key.CreationDate),
        LastModificationDate: formatDate(key.LastModificationDate),
        State: key.State,
        ...(key.ExpirationDate === null ? {} : { ExpirationDate: formatDate(key.ExpirationDate) }),
        ...(key.Tag === null ? {} : { Tag: key.Tag }),
    };
}

/** The user that a request is about: the caller unless it names one, which must exist. */
function ownerOf(state: AccountState, named: string | undefined, caller: string | null): string | null {
    if (named === undefined) return caller;
    if (!state.users.some((user) => user.UserName === named)) throw resource.noSuchUser(named);
    return named;
}

function find(state: AccountState, id: string, owner: string | null): AccessKeyRecord {
    const found = state.keys.find((key) => key.AccessKeyId === id && key.UserName === owner);
    if (found === undefined) throw resource.noSuchAccessKey();
    return found;
}

function expiryOf(text: string | undefined): number | null {
    if (text === undefined) return null;
    const time = parseDate(text);
    if (time === undefined) throw parameter.unknownType("ExpirationDate");
    return time;
}

function stateOf(text: string): AccessKeyRecord["State"] {
    if (text === "ACTIVE" || text === "INACTIVE") return text;
    throw parameter.invalid("State", "it must be ACTIVE or INACTIVE.");
}

/** The only call that shows a secret key. */
export const createAccessKey: Call<"CreateAccessKey"> = (state, request, { now, userName }) => {
    const ExpirationDate = expiryOf(request.ExpirationDate);
    const UserName = ownerOf(state, request.UserName, userName);
    requireExpiry(state.policy, ExpirationDate, now);
    const key: AccessKeyRecord = {
        AccessKeyId: newAccessKey(),
        SecretKey: newSecretKey(),
        UserName,
        State: "ACTIVE",
        Tag: request.Tag ?? null,
        CreationDate: now,
        LastModificationDate: now,
        ExpirationDate,
    };
    return {
        state: { ...state, keys: [...state.keys, key] },
        body: { AccessKey: { ...shown(key), SecretKey: key.SecretKey } },
    };
};

export const readAccessKeys: Call<"ReadAccessKeys"> = (state, request, { userName }) => {
    const owner = ownerOf(state, request.UserName, userName);
    const { Filters = {}, Tag } = request;
    const keys = state.keys.filter(
        (key) =>
            key.UserName === owner &&
            (Tag === undefined || key.Tag === Tag) &&
            passes(Filters.AccessKeyIds, key.AccessKeyId) &&
            passes(Filters.States, key.State),
    );
    return { body: { AccessKeys: keys.map(shown) } };
};

/**
 * An update without ExpirationDate makes the key last for ever: the specification says so of the parameter, whatever
 * else is updated, and again of an update of the state. (Whether an update of the tag alone does is contested by the
 * existence of ClearExpirationDate; whoever sends the date every time need not know.)
 */
export const updateAccessKey: Call<"UpdateAccessKey"> = (state, request, { now, userName }) => {
    const before = find(state, request.AccessKeyId, ownerOf(state, request.UserName, userName));
    const given = expiryOf(request.ExpirationDate);
    const ExpirationDate = request.ClearExpirationDate === true ? null : given;
    if (ExpirationDate !== before.ExpirationDate) requireExpiry(state.policy, ExpirationDate, now);
    const key: AccessKeyRecord = {
        ...before,
        State: request.State === undefined ? before.State : stateOf(request.State),
        Tag: request.ClearTag === true ? null : (request.Tag ?? before.Tag),
        ExpirationDate,
        LastModificationDate: now,
    };
    const keys = state.keys.map((other) => (other === before ? key : other));
    return { state: { ...state, keys }, body: { AccessKey: shown(key) } };
};

/** Nothing documented keeps a caller from deleting the very key that signed. */
export const deleteAccessKey: Call<"DeleteAccessKey"> = (state, request, { userName }) => {
    const key = find(state, request.AccessKeyId, ownerOf(state, request.UserName, userName));
    if (key.UserName !== null && key.State === "ACTIVE") throw resource.activeKey();
    return { state: { ...state, keys: state.keys.filter((other) => other !== key) }, body: {} };
};
