/** The account in process: every call, the rules in force, and the state; no sockets and no signatures. */
import { randomUUID } from "node:crypto";
import { calls } from "./calls";
import { parseAddress } from "./addresses";
import { EnforcementHistory, isAdmitted, type Caller } from "./enforcement";
import { errorBody, gateway, Refusal, type ApiAnswer } from "./refusals";
import { isCall } from "./requests";
import { initialState, type AccountSeed } from "./seed";
import type { AccessKeyRecord, AccountState, ApiAccessRuleRecord, CaRecord } from "./state";
import { readStateFile, writeStateFile } from "./state-file";

export interface OutscaleAccountOptions extends AccountSeed {
    /** The present moment; the system's unless given. */
    readonly clock?: (() => Date) | undefined;
    /**
     * Keeps the state in this file (mode 0600, replaced whole at every change). It holds secret keys. What it holds
     * at the start wins over `region`, `defaultRules` and keys given here; keys that contradict it are an error.
     */
    readonly stateFile?: string | undefined;
    /** Rules, CAs and policy are enforced as they were this many milliseconds ago: 0 unless given, an hour at most. */
    readonly enforcementLagMs?: number | undefined;
    /** Refuse DeleteCa while a rule names the CA; false unless given, since nothing documented says so. */
    readonly refuseDeleteOfUsedCa?: boolean | undefined;
}

/**
 * One OUTSCALE account.
 *
 * EIM users have no policies here: their keys may do all that the root user's may.
 */
export class OutscaleAccount {
    /** See `OutscaleAccountOptions.enforcementLagMs`; may be changed at any time. */
    public enforcementLagMs: number;
    public refuseDeleteOfUsedCa: boolean;
    private state: AccountState;
    private readonly history = new EnforcementHistory();
    private readonly clock: () => Date;
    private readonly stateFile: string | undefined;

    constructor(options: OutscaleAccountOptions = {}) {
        this.clock = options.clock ?? (() => new Date());
        this.enforcementLagMs = options.enforcementLagMs ?? 0;
        this.refuseDeleteOfUsedCa = options.refuseDeleteOfUsedCa ?? false;
        this.stateFile = options.stateFile;
        const kept = this.stateFile === undefined ? undefined : readStateFile(this.stateFile);
        if (
            kept !== undefined &&
            options.accessKey !== undefined &&
            options.accessKey !== kept.rootAccessKey
        ) {
            throw new Error(
                `The state file ${options.stateFile ?? ""} is of another access key. Leave the key out, or name another file.`,
            );
        }
        this.state = kept ?? initialState(options, this.now());
        this.history.reset(this.state);
        if (kept === undefined) this.keep();
    }

    public get region(): string {
        return this.state.region;
    }

    /** The root user's first key; once that is deleted, any other of the root user's. */
    public get accessKey(): string {
        const { keys, rootAccessKey } = this.state;
        const first = this.keyOf(rootAccessKey) ?? keys.find((key) => key.UserName === null);
        return first?.AccessKeyId ?? rootAccessKey;
    }

    /** The secret key of an access key in whatever state, for the check of a signature. */
    public secretKeyOf(accessKey: string): string | undefined {
        return this.keyOf(accessKey)?.SecretKey;
    }

    /** The present moment of this account, in milliseconds. */
    public now(): number {
        return this.clock().getTime();
    }

    /**
     * Runs a call of a caller whose signature was found good. Answers errors as the API does; throws only where the
     * state file cannot be written.
     */
    public execute(call: string, request: unknown, caller: Caller): ApiAnswer {
        const requestId = randomUUID();
        try {
            const body = this.run(call, request, caller);
            return { status: 200, body: { ...body, ResponseContext: { RequestId: requestId } } };
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return { status: error.status, body: errorBody(error, requestId) };
        }
    }

    /** Whether the rules in force right now admit a caller to the guarded calls. Changes nothing. */
    public admits(caller: Omit<Caller, "accessKey">): boolean {
        return this.isAdmitted(caller, "ReadApiAccessRules");
    }

    /** The whole state as plain JSON, secret keys included. It is never changed afterwards. */
    public snapshot(): AccountState {
        return this.state;
    }

    /** Takes over a state, which is in force at once, whatever the lag. */
    public restore(state: AccountState): void {
        this.state = state;
        this.history.reset(state);
        this.keep();
    }

    public rules(): readonly ApiAccessRuleRecord[] {
        return this.state.rules;
    }

    /** The CAs, with the PEM that the API does not show. */
    public cas(): readonly CaRecord[] {
        return this.state.cas;
    }

    private run(call: string, request: unknown, caller: Caller): Readonly<Record<string, unknown>> {
        if (!isCall(call)) throw gateway.noSuchCall(call);
        const now = this.now();
        const key = this.keyOf(caller.accessKey ?? this.accessKey);
        requireUsable(key, now);
        if (!this.isAdmitted(caller, call)) throw gateway.unmatchedApiAccessRules();
        const { state, body } = calls[call](this.state, request, {
            now,
            userName: key.UserName,
            refuseDeleteOfUsedCa: this.refuseDeleteOfUsedCa,
        });
        if (state !== undefined) this.change(state, now);
        return body;
    }

    private isAdmitted(caller: Caller, call: string): boolean {
        if (parseAddress(caller.sourceAddress) === undefined) {
            throw new Error(`The source address '${caller.sourceAddress}' of the caller is no IP address.`);
        }
        const now = this.now();
        const lag = this.enforcementLagMs;
        const part = lag > 0 ? (this.history.at(now - lag) ?? this.state) : this.state;
        return isAdmitted(part, caller, call, now);
    }

    private keyOf(accessKey: string): AccessKeyRecord | undefined {
        return this.state.keys.find((key) => key.AccessKeyId === accessKey);
    }

    private change(state: AccountState, now: number): void {
        this.state = state;
        this.history.record(state, now);
        this.keep();
    }

    private keep(): void {
        if (this.stateFile !== undefined) writeStateFile(this.stateFile, this.state);
    }
}

/** Refuses a key that does not exist, is inactive or has expired; the API does not tell which. */
function requireUsable(key: AccessKeyRecord | undefined, now: number): asserts key is AccessKeyRecord {
    const expired = key?.ExpirationDate != null && key.ExpirationDate <= now;
    if (key === undefined || key.State === "INACTIVE" || expired) {
        throw gateway.authenticationFailed("The access key is not valid.");
    }
}
