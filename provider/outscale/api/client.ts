/** The OUTSCALE API client: signed calls, safe retries, shared reads, and a certificate to fall back on. */
import type { OutscaleSettings } from "../settings/settings";
import { Account, sharedAccount } from "./account";
import { kindOf, type CallName, type Calls } from "./calls";
import { deliver, type DeliveryParts } from "./delivery";
import { EndpointUnreachable, isRefusedByRules, sleepFor } from "./errors";
import { httpsTransport } from "./https-transport";
import { identityOf, type ClientCertificate, type Identity } from "./identity";
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from "./retry";
import type { Transport } from "./transport";
import { bodyOf } from "./wire";

export type { CallName, Calls } from "./calls";
export { AnswerLost, EndpointUnreachable, isRefusedByRules, OutscaleError, UnusableAnswer } from "./errors";
export type { ClientCertificate } from "./identity";
export { createOnce, type CreateOnceParts } from "./once";
export type { RetryPolicy } from "./retry";
export { TransportFailure } from "../../https/failure";
export type { Transport, TransportAnswer, TransportRequest, TransportTls } from "./transport";

export interface CallOptions {
    /**
     * How old a shared answer to a read may be, in ms since it came; none is used that a change made through this
     * account may have outdated. Default: 0, which shares only what is still in flight.
     */
    readonly maxAgeMs?: number;
}

/** An account's API, as resources see it. */
export interface OutscaleApi {
    /**
     * Makes one call. Answers are frozen, since callers may share them.
     * @throws OutscaleError where the service refuses; AnswerLost where a change may or may not have been made;
     * EndpointUnreachable where no service answers; UnusableAnswer where what answers is not the API.
     */
    call<Name extends CallName>(
        name: Name,
        request: Calls[Name]["request"],
        options?: CallOptions,
    ): Promise<Calls[Name]["response"]>;

    /**
     * The same account; where the access rules refuse the configured identity (401, code 14 or 4), the call is made
     * again presenting this certificate. What was refused is tried last for the rest of the process.
     */
    fallingBackOn(certificate: ClientCertificate | undefined): OutscaleApi;

    /** The same account, presenting exactly this certificate and never anything else. */
    presenting(certificate: ClientCertificate): OutscaleApi;

    /**
     * Runs decisions that narrow access one at a time within this process: read, decide, call. Asked for within such
     * work, it is part of it.
     */
    exclusively<T>(work: () => Promise<T>): Promise<T>;

    /** The ids of the objects that resources of this process have made or adopted, so that none is taken twice. */
    readonly claimed: Set<string>;

    /** Whether any identity that a call may present has a client certificate. */
    readonly hasCertificate: boolean;

    /** The id of the access key that signs the calls. */
    readonly accessKeyId: string;

    /**
     * The same endpoint called with another access key, presenting what this one may present. It shares nothing with
     * this one: a refusal of that key is no refusal of this.
     */
    signingWith(key: AccessKeyPair): OutscaleApi;
}

/** An access key and its secret. */
export interface AccessKeyPair {
    readonly accessKey: string;
    readonly secretKey: string;
}

/** What a client is made of; every part has a default. */
export interface OutscaleApiParts {
    /** Default: node:https. With a transport of its own, a client shares nothing with others of the same settings. */
    readonly transport?: Transport;
    readonly now?: () => Date;
    readonly sleep?: (ms: number) => Promise<void>;
    /** In [0, 1), for jitter. */
    readonly random?: () => number;
    /** Default: OUTSCALE's guidance, see `RetryPolicy`. */
    readonly retry?: Partial<RetryPolicy>;
    /** For one try, from connecting to the last byte of the answer. Default: 30000. */
    readonly timeoutMs?: number;
}

const defaultTransport = httpsTransport();

export function createOutscaleApi(settings: OutscaleSettings, parts: OutscaleApiParts = {}): OutscaleApi {
    const delivery: DeliveryParts = {
        transport: parts.transport ?? defaultTransport,
        now: parts.now ?? (() => new Date()),
        sleep: parts.sleep ?? sleepFor,
        random: parts.random ?? Math.random,
        retry: { ...DEFAULT_RETRY_POLICY, ...parts.retry },
        timeoutMs: parts.timeoutMs ?? 30_000,
    };
    const account = parts.transport === undefined ? sharedAccount(settings) : new Account();
    return new View(settings, delivery, account, [identityOf(settings.certificate)], true);
}

/** One way of seeing an account: the identities that it may present, in order of preference. */
class View implements OutscaleApi {
    readonly #settings: OutscaleSettings;
    readonly #delivery: DeliveryParts;
    readonly #account: Account;
    readonly #identities: readonly Identity[];
    readonly #mayFallBack: boolean;

    constructor(
        settings: OutscaleSettings,
        delivery: DeliveryParts,
        account: Account,
        identities: readonly Identity[],
        mayFallBack: boolean,
    ) {
        this.#settings = settings;
        this.#delivery = delivery;
        this.#account = account;
        this.#identities = identities;
        this.#mayFallBack = mayFallBack;
    }

    public async call<Name extends CallName>(
        name: Name,
        request: Calls[Name]["request"],
        options: CallOptions = {},
    ): Promise<Calls[Name]["response"]> {
        const body = bodyOf(name, request);
        if (kindOf(name) !== "read") {
            return this.#account.flights.change(() =>
                this.#asWhoeverIsAdmitted((identity) => this.#deliver(name, body, identity)),
            );
        }
        return this.#asWhoeverIsAdmitted((identity) =>
            this.#account.flights.read(
                `${name}\0${identity.key}\0${body}`,
                options.maxAgeMs ?? 0,
                this.#delivery.now,
                () => this.#deliver(name, body, identity),
            ),
        );
    }

    public fallingBackOn(certificate: ClientCertificate | undefined): OutscaleApi {
        if (certificate === undefined || !this.#mayFallBack) return this;
        const added = identityOf(certificate);
        const others = this.#identities.filter((identity) => identity.key !== added.key);
        return others.length < this.#identities.length ? this : this.#seenAs([...others, added], true);
    }

    public presenting(certificate: ClientCertificate): OutscaleApi {
        return this.#seenAs([identityOf(certificate)], false);
    }

    public get hasCertificate(): boolean {
        return this.#identities.some(({ certificate }) => certificate !== undefined);
    }

    public get accessKeyId(): string {
        return this.#settings.accessKey;
    }

    public signingWith(key: AccessKeyPair): OutscaleApi {
        const settings = { ...this.#settings, ...key };
        return new View(settings, this.#delivery, new Account(), this.#identities, this.#mayFallBack);
    }

    public get claimed(): Set<string> {
        return this.#account.claimed;
    }

    public exclusively<T>(work: () => Promise<T>): Promise<T> {
        return this.#account.turns.take(work);
    }

    #seenAs(identities: readonly Identity[], mayFallBack: boolean): OutscaleApi {
        return new View(this.#settings, this.#delivery, this.#account, identities, mayFallBack);
    }

    #deliver<Name extends CallName>(
        name: Name,
        body: string,
        identity: Identity,
    ): Promise<Calls[Name]["response"]> {
        return this.#account.withGoodCredentials(() =>
            deliver(name, body, identity.certificate, this.#settings, this.#delivery),
        );
    }

    /** Tries each identity once until one is admitted; where none is, the error is that of the last one listed. */
    async #asWhoeverIsAdmitted<T>(make: (identity: Identity) => Promise<T>): Promise<T> {
        if (this.#identities.length === 1) return make(only(this.#identities));
        const refusals = new Map<Identity, unknown>();
        for (const identity of this.#account.inOrder(this.#identities)) {
            try {
                const response = await make(identity);
                this.#account.remember(identity, true);
                return response;
            } catch (error) {
                if (!isRefusal(error)) throw error;
                this.#account.remember(identity, false);
                refusals.set(identity, error);
            }
        }
        throw refusals.get(only(this.#identities.slice(-1)));
    }
}

/** Whether what was presented is the reason that nothing was done. */
function isRefusal(error: unknown): boolean {
    return isRefusedByRules(error) || (error instanceof EndpointUnreachable && error.certificateRefused);
}

/** The identity of a view that has one; a view is never made without. */
function only(identities: readonly Identity[]): Identity {
    const [identity] = identities;
    if (identity === undefined) throw new Error("A view of an account needs an identity.");
    return identity;
}
