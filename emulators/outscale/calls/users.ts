/** The four calls on EIM users. */
import { formatDate, newUserId } from "../formats";
import { parameter, resource } from "../refusals";
import type { AccountState, UserRecord } from "../state";
import { passes, type Call } from "./call";
import { hasKeys } from "./policy";

const NAME = /^[A-Za-z0-9+=,.@_-]{1,64}$/;
const PATH = /^\/(?:[A-Za-z0-9_/]{0,510}\/)?$/;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Page sizes above this are cut; the true limit is not documented. */
const LARGEST_PAGE = 1000;
const PAGE = 100;

function shown(user: UserRecord): Record<string, unknown> {
    return {
        UserId: user.UserId,
        UserName: user.UserName,
        Path: user.Path,
        CreationDate: formatDate(user.CreationDate),
        LastModificationDate: formatDate(user.LastModificationDate),
        ...(user.UserEmail === null ? {} : { UserEmail: user.UserEmail }),
    };
}

function requireUser(pattern: RegExp, name: string, value: string | undefined, why: string): void {
    if (value !== undefined && !pattern.test(value)) throw parameter.invalid(name, why);
}

function requireName(name: string, value: string | undefined): void {
    requireUser(NAME, name, value, "it takes 1 to 64 letters, digits and any of +=,.@-_.");
}

function requirePath(name: string, value: string | undefined): void {
    requireUser(PATH, name, value, "it begins and ends with a slash and takes letters, digits, / and _.");
}

function requireFree(state: AccountState, name: string): void {
    if (state.users.some((user) => user.UserName === name)) throw resource.duplicateUser(name);
}

function find(state: AccountState, name: string): UserRecord {
    const found = state.users.find((user) => user.UserName === name);
    if (found === undefined) throw resource.noSuchUser(name);
    return found;
}

/** FirstItem counts from 0; that the count begins there is not documented. */
export const readUsers: Call<"ReadUsers"> = (state, request) => {
    const { Filters = {}, FirstItem = 0, ResultsPerPage = PAGE } = request;
    if (FirstItem < 0) throw parameter.invalid("FirstItem", "it must not be negative.");
    if (ResultsPerPage < 1) throw parameter.invalid("ResultsPerPage", "it must be at least 1.");
    const end = FirstItem + Math.min(ResultsPerPage, LARGEST_PAGE);
    const users = state.users.filter((user) => passes(Filters.UserIds, user.UserId));
    return {
        body: {
            Users: users.slice(FirstItem, end).map(shown),
            HasMoreItems: users.length > end,
            MaxResultsLimit: LARGEST_PAGE,
            MaxResultsTruncated: ResultsPerPage > LARGEST_PAGE,
        },
    };
};

export const createUser: Call<"CreateUser"> = (state, request, { now }) => {
    const { UserName, Path = "/", UserEmail } = request;
    requireName("UserName", UserName);
    requirePath("Path", Path);
    requireUser(EMAIL, "UserEmail", UserEmail, "it is no e-mail address.");
    requireFree(state, UserName);
    const user: UserRecord = {
        UserId: newUserId(),
        UserName,
        Path,
        UserEmail: UserEmail ?? null,
        CreationDate: now,
        LastModificationDate: now,
    };
    return { state: { ...state, users: [...state.users, user] }, body: { User: shown(user) } };
};

/** A user's keys follow a new name. */
export const updateUser: Call<"UpdateUser"> = (state, request, { now }) => {
    const before = find(state, request.UserName);
    const { NewUserName = before.UserName, NewPath = before.Path, NewUserEmail } = request;
    requireName("NewUserName", NewUserName);
    requirePath("NewPath", NewPath);
    requireUser(EMAIL, "NewUserEmail", NewUserEmail, "it is no e-mail address.");
    if (NewUserName !== before.UserName) requireFree(state, NewUserName);
    const user: UserRecord = {
        ...before,
        UserName: NewUserName,
        Path: NewPath,
        UserEmail: NewUserEmail ?? before.UserEmail,
        LastModificationDate: now,
    };
    const users = state.users.map((other) => (other === before ? user : other));
    const keys = state.keys.map((key) =>
        key.UserName === before.UserName ? { ...key, UserName: NewUserName } : key,
    );
    return { state: { ...state, users, keys }, body: { User: shown(user) } };
};

export const deleteUser: Call<"DeleteUser"> = (state, { UserName }) => {
    const user = find(state, UserName);
    if (hasKeys(state, UserName)) throw resource.userHasKeys(UserName);
    return { state: { ...state, users: state.users.filter((other) => other !== user) }, body: {} };
};
