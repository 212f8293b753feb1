/** An account for tests, with a clock that stands still and answers read without casts. */
import {
    OutscaleAccount,
    type ApiAnswer,
    type Caller,
    type OutscaleAccountOptions,
} from "../../../../emulators/outscale";

export const NOW = Date.now();
export const SECOND = 1000;
export const DAY = 86_400_000;
export const WORLD: Caller = { sourceAddress: "198.51.100.7" };

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function object(value: unknown): Json {
    if (!isObject(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
    return value;
}

export function text(value: unknown): string {
    if (typeof value !== "string") throw new Error(`not a string: ${JSON.stringify(value)}`);
    return value;
}

export function list(value: unknown): Json[] {
    if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
    return value.map(object);
}

/** `401/14` of an error, `200` of a success. */
export function outcome({ status, body }: ApiAnswer): string {
    const errors = object(body)["Errors"];
    return errors === undefined ? String(status) : `${status}/${text(list(errors)[0]?.["Code"])}`;
}

export class Bench {
    public time = NOW;
    public readonly account: OutscaleAccount;

    constructor(options: OutscaleAccountOptions = {}) {
        this.account = new OutscaleAccount({ clock: () => new Date(this.time), ...options });
    }

    public call(name: string, request: unknown = {}, caller: Caller = WORLD): ApiAnswer {
        return this.account.execute(name, request, caller);
    }

    /** The named part of a success. */
    public part(name: string, request: unknown, key: string, caller: Caller = WORLD): Json {
        const answer = this.call(name, request, caller);
        if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
        return object(object(answer.body)[key]);
    }

    public uploadCa(pem: string, caller: Caller = WORLD): string {
        return text(this.part("CreateCa", { CaPem: pem }, "Ca", caller)["CaId"]);
    }

    public createRule(request: unknown, caller: Caller = WORLD): string {
        return text(this.part("CreateApiAccessRule", request, "ApiAccessRule", caller)["ApiAccessRuleId"]);
    }

    /** Deletes every rule but one, the oldest last. */
    public keepOnly(ruleId: string, caller: Caller = WORLD): void {
        for (const rule of [...this.account.rules()].reverse()) {
            if (rule.ApiAccessRuleId === ruleId) continue;
            const answer = this.call(
                "DeleteApiAccessRule",
                { ApiAccessRuleId: rule.ApiAccessRuleId },
                caller,
            );
            if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
        }
    }
}
