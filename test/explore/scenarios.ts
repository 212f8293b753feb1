/** The deployments that the explorer interrupts: each a program to start from and one to arrive at. */
import type { OutscaleAccount } from "../../emulators/outscale";
import { AccountMfa } from "../../components/account-mfa/account-mfa";
import type { AccountMfaArgs } from "../../components/account-mfa/args";
import { captureGraph, type Graph } from "../support/graph";
import { addHandMadeKeys, HAND_KEY, OLD_KEY, OWN_KEY } from "../support/hand-made-keys";

export interface Scenario {
    readonly name: string;
    /** Deployed undisturbed first, in this order; none for the very first deployment. */
    readonly before: readonly Graph[];
    /** What is deployed with interruptions; nothing where it is destroyed. */
    readonly target: Graph | undefined;
    /** How much time has passed since `before`, in days. */
    readonly daysLater: number;
    /** Addresses that have to be admitted throughout. */
    readonly addresses: readonly string[];
    /** What the account holds besides its rules and its first key; nothing unless given. */
    readonly found?: (account: OutscaleAccount) => void;
    /** Destroyed after each run, which gives back what was found before anything was deployed. */
    readonly destroyed?: boolean;
}

const EC = { keyAlgorithm: "EC-P256" } as const;
export const OFFICE = "198.51.100.7";
const NEW_OFFICE = "198.51.100.200";

/** The whole account: two clients, a backup address, everyone protected. */
export function account(change: Partial<AccountMfaArgs> = {}): Promise<Graph> {
    const args: AccountMfaArgs = {
        authority: EC,
        clients: { operator: EC, ci: EC },
        rules: { certificate: {} },
        backupIpRanges: [`${OFFICE}/32`],
        protect: [{ client: "operator" }, { client: "ci" }, { name: "office", sourceIp: OFFICE }],
        ...change,
    };
    return captureGraph(() => new AccountMfa("account", args));
}

/** The account behind certificates alone, with a key of its own for the EIM user. */
export function closedAccount(change: Partial<AccountMfaArgs> = {}): Promise<Graph> {
    const args: AccountMfaArgs = {
        authority: EC,
        clients: { operator: EC, ci: EC },
        accessKeys: { ci: { userName: "ci", lifetime: "60d" } },
        ...change,
    };
    return captureGraph(() => new AccountMfa("account", args));
}

const trustedSession = {
    maxAccessKeyExpiration: "90d",
    expire: { [OWN_KEY]: "80d", [HAND_KEY]: "70d" },
    remove: [OLD_KEY],
};

/** A trusted session that can be given back: every key that was found gets a date, none is removed. */
export function mendedAccount(): Promise<Graph> {
    const expire = { ...trustedSession.expire, [OLD_KEY]: "60d" };
    return closedAccount({ trustedSession: { maxAccessKeyExpiration: "90d", expire } });
}

/** A trusted session for which the key that makes the calls is to be removed. */
export function ownKeyRemoved(): Promise<Graph> {
    const expire = { [HAND_KEY]: "70d", [OLD_KEY]: "60d" };
    return closedAccount({
        trustedSession: { maxAccessKeyExpiration: "90d", expire, remove: [OWN_KEY] },
    });
}

/** The deployments with keys and a trusted session in them. */
export async function trustedScenarios(): Promise<readonly Scenario[]> {
    const closed = await closedAccount();
    const trusted = await closedAccount({ trustedSession });
    const mended = await mendedAccount();
    const rotated = await closedAccount({ trustedSession, authority: { ...EC, generation: 2 } });
    const base = { daysLater: 0, addresses: [], found: addHandMadeKeys };
    return [
        { ...base, name: "a trusted session", before: [closed], target: trusted },
        { ...base, name: "a trusted session with the first deployment", before: [], target: trusted },
        {
            ...base,
            name: "keys rotated in a trusted session",
            before: [trusted],
            target: trusted,
            daysLater: 45,
        },
        { ...base, name: "an authority rotated in a trusted session", before: [trusted], target: rotated },
        { ...base, name: "a trusted session no more", before: [trusted], target: closed },
        {
            ...base,
            name: "a trusted session, destroyed once it stands",
            before: [],
            target: mended,
            destroyed: true,
        },
        // A key that was removed cannot be given back: here each gets a date.
        { ...base, name: "the destruction of a trusted session", before: [mended], target: undefined },
    ];
}

export async function scenarios(): Promise<readonly Scenario[]> {
    const first = await account();
    const second = await account({ authority: { ...EC, generation: 2 } });
    const third = await account({ authority: { ...EC, generation: 3 } });
    const rekeyed = await account({ clients: { operator: { keyAlgorithm: "EC-P384" }, ci: EC } });
    const moved = await account({
        backupIpRanges: [`${NEW_OFFICE}/32`],
        protect: [{ client: "operator" }, { client: "ci" }, { name: "office", sourceIp: NEW_OFFICE }],
    });
    const narrowed = await account({ rules: { certificate: { cns: ["operator", "ci"] } } });
    const base = { before: [first], daysLater: 0, addresses: [OFFICE] };
    return [
        { ...base, name: "the first deployment", before: [], target: first },
        { ...base, name: "a rotation of the authority", target: second },
        {
            ...base,
            name: "a second rotation, which drops the first authority",
            before: [first, second],
            target: third,
        },
        { ...base, name: "a new key for a client", target: rekeyed },
        { ...base, name: "another backup address", target: moved, addresses: [] },
        { ...base, name: "common names added to the rule", target: narrowed },
        { ...base, name: "the renewal of authority and certificates", target: first, daysLater: 340 },
        { ...base, name: "destruction", target: undefined },
    ];
}
