/** One explored run: deploy undisturbed, interrupt the next deployment, watch the gate at every call, then converge. */
import assert from "node:assert/strict";
import { OutscaleAccount, type AccountState } from "../../emulators/outscale";
import { Declarations } from "../../provider/declarations";
import { seeded, type Random } from "../support/random";
import type { Graph } from "../support/graph";
import { OWN_KEY } from "../support/hand-made-keys";
import { Engine, type StateFile } from "./engine";
import type { Scenario } from "./scenarios";
import { stockedTypes, TYPES, type Types } from "./stock";
import { der, OUTSIDE, startProcess, type Crash } from "./world";

const START = new Date("2026-03-01T12:00:00Z");
const DAY_MS = 86_400_000;

/** A point to explore from: the account and the state file after undisturbed deployments. */
export interface Prepared {
    readonly scenario: Scenario;
    readonly account: AccountState;
    readonly state: StateFile;
    readonly now: Date;
    /** What the account looked like before anything was deployed. */
    readonly found: Shape;
    /** What the account looks like now. */
    readonly before: Shape;
    /** What the account looks like once the target is deployed; destruction gives back what was found. */
    readonly expected: Shape;
}

/** An account by what it says, in no order; ids and secrets differ from run to run. */
export type Shape = readonly string[];

/** `strays` are keys to leave out. */
export function shapeOf(account: OutscaleAccount, strays: readonly string[] = []): Shape {
    const named = new Map(account.cas().map((ca) => [ca.CaId, ca.Description]));
    const rules = account.rules().map(({ CaIds, Cns, IpRanges, Description }) => {
        const authorities = CaIds.map((id) => named.get(id) ?? "gone").sort();
        return JSON.stringify({ Description, authorities, Cns, IpRanges });
    });
    const { keys, users, policy } = account.snapshot();
    const ofKeys = keys
        .filter(({ AccessKeyId }) => !strays.includes(AccessKeyId))
        .map(({ UserName, State, Tag, ExpirationDate }) =>
            JSON.stringify({ key: UserName, State, Tag, ExpirationDate }),
        );
    const ofUsers = users.map(({ UserName }) => JSON.stringify({ user: UserName }));
    const ofPolicy = JSON.stringify({ policy });
    return [...rules, ...named.values(), ...ofKeys, ...ofUsers, ofPolicy].sort();
}

/** What can be changed about a run. */
export interface RunOptions {
    readonly seed: number;
    readonly crashes: readonly Crash[];
    readonly parallel: number;
    readonly refreshAfterCrash: boolean;
}

/** A moment at which somebody who holds a credential was not admitted. */
export class GateFell extends Error {}

/** Deploys what comes before, and counts what the target leaves on the account. */
export async function prepare(scenario: Scenario): Promise<Prepared> {
    const account = new OutscaleAccount({
        defaultRules: "with-cockpit",
        accessKey: OWN_KEY,
        clock: () => START,
    });
    scenario.found?.(account);
    const found = shapeOf(account);
    let state: StateFile = [];
    for (const graph of scenario.before) {
        const engine = start(account, state, START, seeded(1), undefined, 1, () => undefined).engine;
        await engine.up(graph);
        state = engine.state;
    }
    const now = new Date(START.getTime() + scenario.daysLater * DAY_MS);
    const before = shapeOf(account);
    const prepared = { scenario, account: account.snapshot(), state, now, found, before, expected: found };
    if (scenario.target === undefined) return prepared;
    const undisturbed = await deploy(prepared, {
        seed: 1,
        crashes: [],
        parallel: 1,
        refreshAfterCrash: false,
    });
    return { ...prepared, expected: shapeOf(undisturbed.account) };
}

/** Deploys graphs one after the other on a fresh account, each in a process of its own; `undefined` destroys. */
export async function deployInTurn(
    graphs: readonly (Graph | undefined)[],
): Promise<{ account: OutscaleAccount; failure: Error | undefined }> {
    const account = new OutscaleAccount({ defaultRules: "with-cockpit", clock: () => START });
    let state: StateFile = [];
    let failure: Error | undefined;
    for (const graph of graphs) {
        const { engine } = start(account, state, START, seeded(1), undefined, 1, () => undefined);
        failure = await attempt(engine, graph, false);
        state = engine.state;
    }
    return { account, failure };
}

/** The number of calls that the undisturbed deployment makes. */
export async function countCalls(prepared: Prepared): Promise<number> {
    return (await deploy(prepared, { seed: 1, crashes: [], parallel: 1, refreshAfterCrash: false })).calls;
}

/** Explores one run. Throws GateFell, or an assertion where the end is not what was asked for. */
export async function explore(prepared: Prepared, options: RunOptions): Promise<void> {
    const { account, engine } = await deploy(prepared, options);
    const strays = strayKeys(account, prepared, engine.state);
    assert.ok(strays.length <= options.crashes.length, `keys that nobody knows of: ${strays.join(", ")}`);
    assert.deepEqual(shapeOf(account, strays), prepared.expected);
    assertFinished(account, engine.state);
    const { target } = prepared.scenario;
    assert.deepEqual(target === undefined ? engine.state : engine.preview(target), []);
    if (prepared.scenario.destroyed === true) await destroyAfter(prepared, options, account, engine.state);
}

/** Whatever the interruptions were, what is given back is what was found before the first of them. */
async function destroyAfter(
    prepared: Prepared,
    { seed, parallel }: RunOptions,
    account: OutscaleAccount,
    state: StateFile,
): Promise<void> {
    const strays = strayKeys(account, prepared, state);
    const fallen: unknown[] = [];
    const destroying = { ...prepared, state, scenario: { ...prepared.scenario, target: undefined } };
    const watch = (call: string): void => {
        try {
            assertAdmitted(destroying, account, state, call);
        } catch (error) {
            fallen.push(error);
        }
    };
    const { engine } = start(account, state, prepared.now, seeded(seed), undefined, parallel, watch);
    await engine.destroy();
    if (fallen.length > 0) throw fallen[0];
    assert.deepEqual(engine.state, []);
    assert.deepEqual(shapeOf(account, strays), prepared.found);
}

/**
 * Keys that no state knows: what a creation had just finished when the process was stopped, before the state file had
 * it. Their tag is that of the resource; one that is still marked as unfinished must not be left.
 */
function strayKeys(
    account: OutscaleAccount,
    { account: found }: Prepared,
    state: StateFile,
): readonly string[] {
    const known = [
        ...found.keys.map(({ AccessKeyId }) => AccessKeyId),
        ...state.map(({ state: { accessKeyId } }) => accessKeyId),
    ];
    const unknown = account.snapshot().keys.filter(({ AccessKeyId }) => !known.includes(AccessKeyId));
    assert.deepEqual(
        unknown.filter(({ Tag }) => Tag?.startsWith("portcullis-pending") ?? false),
        [],
    );
    return unknown.map(({ AccessKeyId }) => AccessKeyId);
}

interface Deployed {
    readonly account: OutscaleAccount;
    readonly engine: Engine;
    readonly calls: number;
}

/** The account as it is at that point. */
export function accountOf({ account: found, now }: Prepared): OutscaleAccount {
    const account = new OutscaleAccount({ clock: () => now });
    account.restore(found);
    return account;
}

async function deploy(prepared: Prepared, options: RunOptions): Promise<Deployed> {
    const { scenario, now } = prepared;
    const account = accountOf(prepared);
    const random = seeded(options.seed);
    const types = stockedTypes(random);
    let state = prepared.state;
    let calls = 0;
    for (const crash of [...options.crashes, undefined]) {
        const before = state;
        // Kept aside: thrown through the code under test, it could be taken for an error of the call.
        const fallen: unknown[] = [];
        const watch = (call: string): void => {
            try {
                assertAdmitted(prepared, account, started.engine.state, call);
            } catch (error) {
                fallen.push(error);
            }
        };
        const started = start(account, before, now, random, crash, options.parallel, watch, types);
        const { engine } = started;
        const failure = await attempt(engine, scenario.target, options.refreshAfterCrash && calls > 0);
        if (fallen.length > 0) throw fallen[0];
        state = engine.state;
        calls += started.process.calls();
        assertAdmitted(prepared, account, state, "the end of the run");
        if (started.process.dead()) continue;
        if (failure !== undefined) {
            if (crash === undefined) throw failure;
            continue;
        }
        if (crash === undefined) return { account, engine, calls };
    }
    throw new Error("unreachable: the last run has no crash");
}

export async function attempt(
    engine: Engine,
    target: Graph | undefined,
    refresh: boolean,
): Promise<Error | undefined> {
    try {
        if (refresh) await engine.refresh();
        await (target === undefined ? engine.destroy() : engine.up(target));
        return undefined;
    } catch (error) {
        if (!(error instanceof Error)) throw error;
        return error;
    }
}

export function start(
    account: OutscaleAccount,
    state: StateFile,
    now: Date,
    random: Random,
    crash: Crash | undefined,
    parallel: number,
    watch: (call: string) => void,
    types: Types = TYPES,
): { engine: Engine; process: ReturnType<typeof startProcess> } {
    const process = startProcess(account, () => now, random, crash, watch);
    const context = {
        client: process.api,
        now: () => now,
        declared: new Declarations(),
        sleep: () => Promise.resolve(),
    };
    return { process, engine: new Engine({ types, context, random, parallel, dead: process.dead }, state) };
}

/**
 * Everyone gets in. Whoever got a certificate from the last finished deployment gets in with that one; before the
 * first has finished, the world is let in, or the certificates in the state file are.
 */
export function assertAdmitted(
    prepared: Prepared,
    account: OutscaleAccount,
    during: StateFile,
    moment: string,
): void {
    for (const address of prepared.scenario.addresses) {
        if (!account.admits({ sourceAddress: address }))
            throw new GateFell(`${address} is out after ${moment}`);
    }
    assertKeys(prepared, account, moment);
    if (account.admits({ sourceAddress: OUTSIDE })) return;
    const isFirst = prepared.scenario.before.length === 0;
    const held = (isFirst ? during : prepared.state).filter(
        (entry) => entry.token === "pki:ClientCertificate",
    );
    if (held.length === 0)
        throw new GateFell(`nobody is let in, and no certificate is held, after ${moment}`);
    for (const { name, state } of held) assertHolder(account, name, state.certificatePem, moment);
}

/**
 * The key that makes the calls works, and so does each that the last finished deployment gave out, unless the target
 * drops it. In a trusted session, every key ends within the maximum and every rule names an authority.
 */
function assertKeys({ scenario, state }: Prepared, account: OutscaleAccount, moment: string): void {
    const { keys, rules, policy } = account.snapshot();
    const wanted = new Set(scenario.target?.map(({ name }) => name));
    const held = state
        .filter(({ token, name }) => token === "outscale:AccessKey" && wanted.has(name))
        .map((entry) => entry.state.accessKeyId);
    for (const id of [OWN_KEY, ...held]) {
        const key = keys.find(({ AccessKeyId }) => AccessKeyId === id);
        const isUsable = key?.State === "ACTIVE" && (key.ExpirationDate ?? Infinity) > account.now();
        if (!isUsable) throw new GateFell(`the key ${String(id)} does not work after ${moment}`);
    }
    if (!policy.RequireTrustedEnv) return;
    const latest = account.now() + policy.MaxAccessKeyExpirationSeconds * 1_000;
    const isInLine =
        keys.every(({ ExpirationDate }) => ExpirationDate !== null && ExpirationDate < latest) &&
        rules.every(({ CaIds }) => CaIds.length > 0);
    if (!isInLine) throw new GateFell(`the trusted session is not in line after ${moment}`);
}

/** After a finished deployment the certificates that it leaves behind get in as well. */
export function assertFinished(account: OutscaleAccount, state: StateFile): void {
    for (const entry of state.filter(({ token }) => token === "pki:ClientCertificate")) {
        assertHolder(account, entry.name, entry.state.certificatePem, "the finished deployment");
    }
}

function assertHolder(account: OutscaleAccount, name: string, pem: unknown, moment: string): void {
    assert.equal(typeof pem, "string");
    if (!account.admits({ sourceAddress: OUTSIDE, certificate: der(String(pem)) })) {
        throw new GateFell(`${name} is out after ${moment}`);
    }
}
