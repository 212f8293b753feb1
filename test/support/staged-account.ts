/** An emulated account whose answers a test may alter on their way, and whose objects it may change by hand. */
import {
    OutscaleAccount,
    type ApiAccessRuleRecord,
    type ApiAnswer,
    type Caller,
    type CaRecord,
} from "../../emulators/outscale";

/** As the real account, until `alter` is set: the call is then executed, and answered as `alter` says. */
export class StagedAccount extends OutscaleAccount {
    public alter: ((call: string, answer: ApiAnswer) => ApiAnswer) | undefined;

    public override execute(call: string, request: unknown, caller: Caller): ApiAnswer {
        const answer = super.execute(call, request, caller);
        return this.alter?.(call, answer) ?? answer;
    }

    /** Changes the rules as somebody else would: out of band, without any check. */
    public changeRules(
        change: (rules: readonly ApiAccessRuleRecord[]) => readonly ApiAccessRuleRecord[],
    ): void {
        this.restore({ ...this.snapshot(), rules: change(this.rules()) });
    }

    /** Changes the authorities out of band. */
    public changeCas(change: (cas: readonly CaRecord[]) => readonly CaRecord[]): void {
        this.restore({ ...this.snapshot(), cas: change(this.cas()) });
    }

    /** The rule of this description. Throws unless there is exactly one. */
    public ruleDescribed(end: string): ApiAccessRuleRecord {
        const [rule, ...others] = this.rules().filter(({ Description }) => Description.endsWith(end));
        if (rule === undefined || others.length > 0) throw new Error(`not exactly one rule "…${end}"`);
        return rule;
    }
}

/** An error answer in the API's form, which no client retries. */
export function refusal(status: number, code: string, details: string): ApiAnswer {
    return {
        status,
        body: {
            Errors: [{ Type: "Refused", Details: details, Code: code }],
            ResponseContext: { RequestId: "0" },
        },
    };
}

/** What an account holds, without what differs from one deployment to the next: ids, and certificates. */
export interface AccountShape {
    readonly rules: readonly string[];
    readonly cas: readonly string[];
}

/** The rules and authorities by what they say, in no particular order; two accounts of one shape admit alike. */
export function shapeOf(account: OutscaleAccount): AccountShape {
    const nameOf = (id: string): string =>
        account.cas().find(({ CaId }) => CaId === id)?.Description ?? "an authority that is gone";
    return {
        rules: account
            .rules()
            .map(({ Description, CaIds, Cns, IpRanges }) =>
                JSON.stringify([
                    Description,
                    CaIds.map(nameOf).sort(),
                    [...Cns].sort(),
                    [...IpRanges].sort(),
                ]),
            )
            .sort(),
        cas: account
            .cas()
            .map(({ Description }) => Description)
            .sort(),
    };
}
