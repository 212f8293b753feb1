/** An emulated account in process and provider processes that talk to it, for tests of single resources. */
import { OutscaleAccount, type AccountState, type OutscaleAccountOptions } from "../../emulators/outscale";
import {
    createOutscaleApi,
    TransportFailure,
    type ClientCertificate,
    type OutscaleApi,
    type Transport,
} from "../../provider/outscale/api/client";
import { Declarations } from "../../provider/declarations";
import { derOf } from "../../provider/pki/pem";
import type { Context } from "../../provider/resource";

/** The moment at which the tests take place. */
export const NOW = new Date("2026-06-15T12:00:00Z");
/** Where a provider process calls from, unless a test says otherwise. */
export const OUTSIDE = "203.0.113.9";

/** One call as it reached the account. */
export interface SeenCall {
    readonly call: string;
    readonly request: Readonly<Record<string, unknown>>;
    /** Whether a client certificate was presented. */
    readonly certificate: boolean;
    readonly status: number;
}

/** What happens to a call: its answer is lost after it was carried out, it never arrives, or it is refused. */
export type Mishap = "lost" | "unsent" | "refused" | undefined;

export interface ProcessOptions {
    /** What happens to the nth call of a name, counted from 1, with a client certificate or without. */
    readonly mishap?: (call: string, nth: number, certificate: boolean) => Mishap;
    /** Runs on the account after each call. */
    readonly after?: (call: string, nth: number) => void;
    /** Forges the text of an answer on its way back. */
    readonly forge?: (call: string, body: string) => string;
    readonly sourceAddress?: string;
    readonly now?: () => Date;
}

/** A provider process: its context, and the calls that it has made. */
export interface Process {
    readonly context: Context<OutscaleApi>;
    readonly calls: readonly SeenCall[];
    /** The names of the calls that change something, in order. */
    readonly changes: () => string[];
    /** How long each wait was, in milliseconds. */
    readonly waits: readonly number[];
}

/** The access key that signed a request. */
export function signerOf(headers: Readonly<Record<string, string>>): string {
    const [, accessKey] = /Credential=([A-Z0-9]+)\//.exec(headers.Authorization ?? "") ?? [];
    if (accessKey === undefined) throw new Error("the request is not signed");
    return accessKey;
}

/** A new account at `NOW`. */
export function newAccount(options: OutscaleAccountOptions = {}): OutscaleAccount {
    return new OutscaleAccount({ clock: () => NOW, defaultRules: "world-only", ...options });
}

/** Starts a provider process on the account; nothing is shared between two of them. */
export function startProcess(account: OutscaleAccount, options: ProcessOptions = {}): Process {
    const { mishap = () => undefined, after = () => undefined, now = () => NOW } = options;
    const { forge = (_call: string, body: string) => body } = options;
    const calls: SeenCall[] = [];
    const waits: number[] = [];
    const sleep = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
    const transport: Transport = {
        send({ call, body, headers }, { certificate }) {
            // What the client sends is always an object.
            const request = JSON.parse(body) as Record<string, unknown>;
            const nth = calls.filter((seen) => seen.call === call).length + 1;
            const fate = mishap(call, nth, certificate !== undefined);
            const seen = (status: number): void =>
                void calls.push({ call, request, certificate: certificate !== undefined, status });
            if (fate === "unsent") {
                seen(0);
                return Promise.reject(new TransportFailure("reset", true));
            }
            if (fate === "refused") {
                seen(401);
                const error = { Code: "14", Type: "AccessDenied", Details: "ErrorUnmatchedApiAccessRules" };
                const answer = { Errors: [error], ResponseContext: { RequestId: "refused" } };
                return Promise.resolve({ status: 401, body: JSON.stringify(answer) });
            }
            const presented =
                certificate === undefined ? {} : { certificate: derOf(certificate.certificatePem) };
            const answer = account.execute(call, request, {
                sourceAddress: options.sourceAddress ?? OUTSIDE,
                accessKey: signerOf(headers),
                ...presented,
            });
            seen(answer.status);
            after(call, nth);
            if (fate === "lost") return Promise.reject(new TransportFailure("reset", true));
            return Promise.resolve({ status: answer.status, body: forge(call, JSON.stringify(answer.body)) });
        },
    };
    const settings = {
        accessKey: account.accessKey,
        secretKey: account.secretKeyOf(account.accessKey) ?? "",
        region: account.region,
        endpoint: "https://account.invalid/api/v1",
    };
    const client = createOutscaleApi(settings, { transport, now, sleep, random: () => 0 });
    return {
        context: { client, now, declared: new Declarations(), sleep },
        calls,
        waits,
        changes: () => calls.map(({ call }) => call).filter((call) => !call.startsWith("Read")),
    };
}

/** What a rule of the account looks like, without its id. */
export interface RuleText {
    readonly caIds?: readonly string[];
    readonly cns?: readonly string[];
    readonly ipRanges?: readonly string[];
    readonly description?: string;
}

/** Puts a rule on the account and returns its id. */
export function putRule(account: OutscaleAccount, rule: RuleText): string {
    const state = account.snapshot();
    const id = `aar-${String(state.rules.length + 1).padStart(32, "0")}`;
    const { caIds = [], cns = [], ipRanges = [], description = "" } = rule;
    const made = {
        ApiAccessRuleId: id,
        CaIds: caIds,
        Cns: cns,
        IpRanges: ipRanges,
        Description: description,
    };
    account.restore({ ...state, rules: [...state.rules, made] });
    return id;
}

/** Puts an authority on the account and returns its id. */
export function putCa(account: OutscaleAccount, pem: string, description = ""): string {
    const answer = account.execute(
        "CreateCa",
        { CaPem: pem, Description: description },
        { sourceAddress: OUTSIDE },
    );
    const made = account.cas().at(-1);
    if (answer.status !== 200 || made === undefined) throw new Error(JSON.stringify(answer.body));
    return made.CaId;
}

/** The account without its rules, or with those given alone. */
export function setRules(account: OutscaleAccount, rules: readonly RuleText[]): string[] {
    account.restore({ ...account.snapshot(), rules: [] });
    return rules.map((rule) => putRule(account, rule));
}

/** What decides about access, and nothing else: for comparing an account before and after. */
export function accessOf(account: OutscaleAccount): Pick<AccountState, "rules" | "cas"> {
    const { rules, cas } = account.snapshot();
    return { rules, cas };
}

/** Inputs that every resource of an account takes, with nobody protected. */
export const nobody = { protect: [], clientCertificates: [] as ClientCertificate[] };

/** What a promise is rejected with; throws where it is not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
    try {
        await promise;
    } catch (error) {
        if (error instanceof Error) return error;
        throw new Error("rejected with something that is no error", { cause: error });
    }
    throw new Error("not rejected");
}
