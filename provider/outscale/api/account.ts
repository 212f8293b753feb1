/** What every view of one account shares within the process: reads in flight, turns, claims, and who was refused. */
import { createHash } from "node:crypto";
import type { OutscaleSettings } from "../settings/settings";
import { Flights } from "./flights";
import { OutscaleError } from "./errors";
import type { Identity } from "./identity";
import { Turns } from "./turns";

/** The error code of a bad key or signature. Source: OUTSCALE user guide, API error codes. */
const BAD_CREDENTIALS = "1";

export class Account {
    public readonly flights = new Flights();
    public readonly turns = new Turns();
    public readonly claimed = new Set<string>();
    readonly #refused = new Set<string>();

    /** The service's refusal of the keys themselves: asking again with the same ones would only get them blocked. */
    #badCredentials: OutscaleError | undefined;
    #firstCall: Promise<unknown> | undefined;

    /**
     * Makes a call unless the keys are known to be refused. The first call of a process goes alone until it is
     * answered: the API blocks a key after four bad signatures, and a refresh would send as many at once.
     */
    public async withGoodCredentials<T>(make: () => Promise<T>): Promise<T> {
        const first = this.#firstCall;
        if (first !== undefined) await first.catch(() => undefined);
        if (this.#badCredentials !== undefined) throw this.#badCredentials;
        const call = make();
        this.#firstCall ??= call;
        try {
            return await call;
        } catch (error) {
            if (error instanceof OutscaleError && error.status === 401 && error.apiCode === BAD_CREDENTIALS) {
                this.#badCredentials = error;
            }
            throw error;
        }
    }

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
