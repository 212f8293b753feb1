/** The switches by which a test makes the emulated service slow, busy, forgetful or mute. */
import { gateway, type Refusal } from "./refusals";

/** A call that reached the service. */
export interface CallEvent {
    /** Counts all calls since the start, from 0. */
    readonly index: number;
    readonly call: string;
}

export interface CallPhase extends CallEvent {
    /** `before` the call is executed, or `after` it and before it is answered. */
    readonly phase: "before" | "after";
}

/**
 * Which calls a fault strikes: a name (the next such call), a number (the nth call from now, from 1), both, or a
 * predicate, which strikes every call that it accepts until it is cancelled.
 */
export type CallSelector =
    | string
    | number
    | { readonly call?: string | undefined; readonly nth?: number | undefined }
    | ((event: CallEvent) => boolean);

/** Takes a fault back. */
export type Cancel = () => void;

/** Statuses that the service uses when it has too much to do, or has failed. */
export type FailureStatus = 429 | 500 | 502 | 503 | 504;

interface Strike {
    strikes(event: CallEvent): boolean;
    spent: boolean;
}

function strikeOf(selector: CallSelector): Strike {
    if (typeof selector === "function") return { strikes: selector, spent: false };
    const { call, nth = 1 } =
        typeof selector === "string"
            ? { call: selector }
            : typeof selector === "number"
              ? { nth: selector }
              : selector;
    let left = nth;
    const strike: Strike = {
        spent: false,
        strikes: (event) => {
            if (call !== undefined && call !== event.call) return false;
            left -= 1;
            strike.spent = left <= 0;
            return strike.spent;
        },
    };
    return strike;
}

class Strikes {
    private list: Strike[] = [];

    public add(selector: CallSelector): Cancel {
        const strike = strikeOf(selector);
        this.list.push(strike);
        return () => {
            this.list = this.list.filter((other) => other !== strike);
        };
    }

    /** Asks every strike, so that each counts the call. */
    public take(event: CallEvent): boolean {
        const struck = this.list.filter((strike) => strike.strikes(event)).length > 0;
        this.list = this.list.filter((strike) => !strike.spent);
        return struck;
    }

    public clear(): void {
        this.list = [];
    }
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function randomFrom(seed: number): () => number {
    let state = seed | 0;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

function failure(status: FailureStatus): Refusal {
    if (status === 429) return gateway.throttledCall();
    return status === 503 ? gateway.throttledPlatform() : gateway.internalError(status);
}

export interface Throttling {
    /** From 0 (never) to 1 (always). */
    readonly probability: number;
    /** Repeats the same pattern; 1 unless given. */
    readonly seed?: number | undefined;
    /** 429 unless given. */
    readonly status?: FailureStatus | undefined;
}

/** What is done with a call instead of executing it. */
export type Intervention = "refuse" | "hang" | Refusal | undefined;

/** Mutable at any time; a fresh one does nothing. */
export class Faults {
    /** Delays every answer, in milliseconds. */
    public latencyMs = 0;
    /** Awaited before and after each call; what it throws becomes a status 500. */
    public onCall: ((phase: CallPhase) => void | Promise<void>) | undefined;
    /** The source address of callers that neither a header nor the maps below give one; the real one unless set. */
    public defaultSourceAddress: string | undefined;
    /** Source addresses by access key. */
    public readonly sourceByAccessKey = new Map<string, string>();
    /** Source addresses by the first common name of the client certificate, unless the access key has one. */
    public readonly sourceByCommonName = new Map<string, string>();
    private readonly lost = new Strikes();
    private readonly refused = new Strikes();
    private readonly hung = new Strikes();
    private failures: FailureStatus[] = [];
    private throttling: (() => Refusal | undefined) | undefined;

    /** The account is the one whose enforcement lags. */
    constructor(private readonly account: { enforcementLagMs: number }) {}

    /** Rules, CAs and policy are enforced as they were this many milliseconds ago. */
    public get enforcementLagMs(): number {
        return this.account.enforcementLagMs;
    }

    public set enforcementLagMs(lag: number) {
        this.account.enforcementLagMs = lag;
    }

    /** Fails each call with a probability, before it is authenticated or executed. */
    public throttle({ probability, seed = 1, status = 429 }: Throttling): Cancel {
        const random = randomFrom(seed);
        const throttling = () => (random() < probability ? failure(status) : undefined);
        this.throttling = throttling;
        return () => {
            if (this.throttling === throttling) this.throttling = undefined;
        };
    }

    /** Fails the next calls, 429 unless given, before they are authenticated or executed. */
    public throttleNext(count: number, status: FailureStatus = 429): void {
        for (let index = 0; index < count; index++) this.failures.push(status);
    }

    /** As `throttleNext`, with a fault of the server's own: 500 unless given. */
    public failNext(count: number, status: FailureStatus = 500): void {
        this.throttleNext(count, status);
    }

    /** The call is executed, and its connection broken before the answer. */
    public loseAnswer(selector: CallSelector): Cancel {
        return this.lost.add(selector);
    }

    /** The connection is broken and the call not executed. */
    public refuseConnection(selector: CallSelector): Cancel {
        return this.refused.add(selector);
    }

    /** The call is not executed and never answered; its connection stays open. */
    public hang(selector: CallSelector): Cancel {
        return this.hung.add(selector);
    }

    /** Takes every fault back; addresses and the hook stay. */
    public reset(): void {
        this.enforcementLagMs = 0;
        this.latencyMs = 0;
        this.failures = [];
        this.throttling = undefined;
        for (const strikes of [this.lost, this.refused, this.hung]) strikes.clear();
    }

    /** For the server: what befalls a call in place of its execution. */
    public intervene(event: CallEvent): Intervention {
        const refused = this.refused.take(event);
        const hung = this.hung.take(event);
        if (refused) return "refuse";
        if (hung) return "hang";
        const next = this.failures.shift();
        return next === undefined ? this.throttling?.() : failure(next);
    }

    /** For the server: whether the answer of a call that was executed gets lost. */
    public losesAnswer(event: CallEvent): boolean {
        return this.lost.take(event);
    }
}
