/** The nineteen calls by name. */
import { refusalOf, requests, type CallName } from "../requests";
import type { AccountState } from "../state";
import type { Call, CallContext, Outcome } from "./call";
import { createCa, deleteCa, readCas, updateCa } from "./cas";
import { createAccessKey, deleteAccessKey, readAccessKeys, updateAccessKey } from "./keys";
import { readApiAccessPolicy, updateApiAccessPolicy } from "./policy";
import { createApiAccessRule, deleteApiAccessRule, readApiAccessRules, updateApiAccessRule } from "./rules";
import { createUser, deleteUser, readUsers, updateUser } from "./users";
import { readVms } from "./vms";

export type { CallContext, Outcome } from "./call";

type Prepared = (state: AccountState, request: unknown, context: CallContext) => Outcome;

/** The call behind the check of its parameters; with DryRun, nothing is behind it. */
function prepare<Name extends CallName>(name: Name, call: Call<Name>): Prepared {
    return (state, request, context) => {
        const parsed = requests[name].safeParse(request);
        if (!parsed.success) throw refusalOf(parsed.error, request);
        // The schema at `name` yields exactly RequestOf<Name>, which indexing by a type parameter loses.
        const typed = parsed.data as Parameters<Call<Name>>[1];
        // Permissions were checked before; nothing documented says that a dry run checks more.
        if (parsed.data.DryRun === true) return { body: {} };
        return call(state, typed, context);
    };
}

export const calls: Readonly<Record<CallName, Prepared>> = {
    CreateCa: prepare("CreateCa", createCa),
    ReadCas: prepare("ReadCas", readCas),
    UpdateCa: prepare("UpdateCa", updateCa),
    DeleteCa: prepare("DeleteCa", deleteCa),
    CreateApiAccessRule: prepare("CreateApiAccessRule", createApiAccessRule),
    ReadApiAccessRules: prepare("ReadApiAccessRules", readApiAccessRules),
    UpdateApiAccessRule: prepare("UpdateApiAccessRule", updateApiAccessRule),
    DeleteApiAccessRule: prepare("DeleteApiAccessRule", deleteApiAccessRule),
    ReadApiAccessPolicy: prepare("ReadApiAccessPolicy", readApiAccessPolicy),
    UpdateApiAccessPolicy: prepare("UpdateApiAccessPolicy", updateApiAccessPolicy),
    CreateAccessKey: prepare("CreateAccessKey", createAccessKey),
    ReadAccessKeys: prepare("ReadAccessKeys", readAccessKeys),
    UpdateAccessKey: prepare("UpdateAccessKey", updateAccessKey),
    DeleteAccessKey: prepare("DeleteAccessKey", deleteAccessKey),
    ReadUsers: prepare("ReadUsers", readUsers),
    CreateUser: prepare("CreateUser", createUser),
    UpdateUser: prepare("UpdateUser", updateUser),
    DeleteUser: prepare("DeleteUser", deleteUser),
    ReadVms: prepare("ReadVms", readVms),
};
