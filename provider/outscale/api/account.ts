/** What every view of one account shares within the process: reads in flight, turns, claims, and who was refused. */
import { createHash } from "node:crypto";
import type { OutscaleSettings } from "../settings/settings";
import { Flights } from "./flights";
import type { Identity } from "./identity";
import { Turns } from "./turns";

export class Account {
    public readonly flights = new Flights();
    public readonly turns = new Turns();
    public readonly claimed = new Set<string>();
    readonly #refused = new Set<string>();

    /** The identities in the order in which to try them: those last refused come last. */
    public inOrder(identities: readonly Identity[]): readonly Identity[] {
        const refused = (identity: Identity): boolean => this.#refused.has(identity.key);
        return [...identities.filter((each) => !refused(each)), ...identities.filter(refused)];
    }

    public remember(identity: Identity, admitted: boolean): void {
        if (admitted) this.#refused.delete(identity.key);
        else this.#refused.add(identity.key);
    }
}

const accounts = new Map<string, Account>();

/** The one account that this process has for equal settings. */
export function sharedAccount(settings: OutscaleSettings): Account {
    const { endpoint, region, accessKey, secretKey, caPem } = settings;
    const facts = JSON.stringify([endpoint, region, accessKey, secretKey, caPem]);
    const key = createHash("sha256").update(facts).digest("hex");
    const account = accounts.get(key) ?? new Account();
    accounts.set(key, account);
    return account;
}
