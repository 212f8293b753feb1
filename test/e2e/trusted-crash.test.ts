/** Crash safety of the trusted session on the real engine: killed where it is turned on, keys are rotated, all is destroyed. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { after, before, describe, it } from "mocha";
import { z } from "zod";
import type { OutscaleAccount } from "../../emulators/outscale";
import { AccountMfa, type AccountMfaArgs } from "../../sdk";
import { EC } from "../support/account-program";
import {
    changesOf,
    openDeployment,
    OPENING,
    OUTSIDE,
    skipWherePlain,
    type Checkpoint,
    type Deployment,
} from "../support/deployment";
import { assertAdmitted, GateFell, holdersIn, type Holder } from "../support/gate";
import { addHandMadeKeys, HAND_KEY, OLD_KEY, OWN_KEY } from "../support/hand-made-keys";
import { pointsOf, spread, strike, watched, type Point, type Watch } from "../support/kills";
import { inLanes, LANES, type Job } from "../support/lanes";
import { shapeOf } from "../support/staged-account";

const DAY_MS = 86_400_000;
const daysAhead = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

const CLOSED: AccountMfaArgs = {
    authority: EC,
    clients: { operator: EC, ci: EC },
    accessKeys: { ci: { userName: "ci", lifetime: "60d" } },
};
const TRUSTED: AccountMfaArgs = {
    ...CLOSED,
    trustedSession: {
        maxAccessKeyExpiration: "90d",
        // Dates, for durations would count from the run that comes through.
        expire: { [OWN_KEY]: daysAhead(80), [HAND_KEY]: daysAhead(70) },
        remove: [OLD_KEY],
    },
};

/** Where scenarios start: behind certificates, in a trusted session, and there again when its keys have grown old. */
type Place = "closed" | "trusted" | "grown old";

interface Scenario {
    readonly name: string;
    readonly from: Place;
    /** What is struck; nothing where the stack is destroyed. */
    readonly target: PulumiFn | undefined;
    /** How many kills, where the run has so many moments. */
    readonly kills: number;
}

const closed = program(CLOSED);
const trusted = program(TRUSTED);
const SCENARIOS: readonly Scenario[] = [
    { name: "the beginning of a trusted session", from: "closed", target: trusted, kills: 6 },
    { name: "a rotation of a key in the session", from: "grown old", target: trusted, kills: 4 },
    { name: "the destruction of all of it", from: "trusted", target: undefined, kills: 5 },
];
const WANTED_IN_ALL = 12;

interface Start extends Checkpoint {
    readonly holders: readonly Holder[];
    /** Ids of the keys that the component has handed out. */
    readonly handedOut: readonly string[];
}

/** A deployment of its own with its starts; every lane has its own endpoint, which state remembers. */
interface Lane {
    readonly deployment: Deployment;
    readonly starts: Map<Place, Start>;
}

describe("crash safety of a trusted session on the real engine", function () {
    this.timeout(600_000);

    const lanes: Lane[] = [];
    let kills = 0;

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        for (let lane = 0; lane < LANES; lane += 1) {
            const deployment = await openDeployment({ program: closed, account: { accessKey: OWN_KEY } });
            lanes.push({ deployment, starts: new Map() });
        }
        await Promise.all(lanes.map(prepare));
    });

    after(() => Promise.all(lanes.map(({ deployment }) => deployment.close())));

    for (const scenario of SCENARIOS) {
        it(`keeps keys and holders in, and converges, where it interrupts ${scenario.name}`, async () => {
            const [lane] = lanes;
            assert.ok(lane);
            const { calls, end } = await undisturbed(lane, scenario);
            const points = chosen(pointsOf(calls), scenario.kills);
            await inLanes(
                lanes,
                points.map(
                    (point): Job<Lane> =>
                        (where) =>
                            killAt(where, scenario, point, end),
                ),
            );
            kills += points.length;
            const where = points.map(({ call, nth, phase }) => `${phase} ${call} ${nth}`).join(", ");
            console.log(`        ${calls.length} calls, killed ${where}`);
        });
    }

    it(`did so at ${WANTED_IN_ALL} kills or more`, () => {
        assert.ok(kills >= WANTED_IN_ALL, `${kills} kills`);
    });
});

function program(args: AccountMfaArgs): PulumiFn {
    return () => {
        new AccountMfa("account", args);
        return Promise.resolve({});
    };
}

/** Moments spread evenly over the changes of a run: every call is interrupted by the explorer, in memory. */
function chosen(points: readonly Point[], wanted: number): readonly Point[] {
    const changes = spread(points, 0);
    const every = Math.max(1, changes.length / wanted);
    return Array.from({ length: Math.min(wanted, changes.length) }, (_, index) => {
        const point = changes[Math.floor((index + 0.5) * every)];
        assert.ok(point);
        return point;
    });
}

async function prepare({ deployment, starts }: Lane): Promise<void> {
    addHandMadeKeys(deployment.account);
    const keep = async (from: Place): Promise<Start> => {
        const handedOut = (await keysIn(deployment)).map(({ accessKeyId }) => accessKeyId);
        const start = {
            ...(await deployment.checkpoint()),
            holders: await holdersIn(deployment),
            handedOut,
        };
        starts.set(from, start);
        return start;
    };
    await deployment.stack.up({ program: closed, outputs: false });
    await keep("closed");
    await deployment.stack.up({ program: trusted, outputs: false });
    starts.set("grown old", grownOld(await keep("trusted")));
}

/** The same, had its key for "ci" been made 45 days before: its rotation is due. */
function grownOld(start: Start): Start {
    const earlier = (date: string): string => new Date(Date.parse(date) - 45 * DAY_MS).toISOString();
    const { account, state } = start;
    const aged = JSON.stringify(state.deployment, (name, value: unknown) => {
        const isDate = name === "since" || name === "expirationDate";
        return isDate && typeof value === "string" ? earlier(value) : value;
    });
    const keys = account.keys.map((key) =>
        start.handedOut.includes(key.AccessKeyId) && key.ExpirationDate !== null
            ? { ...key, ExpirationDate: key.ExpirationDate - 45 * DAY_MS }
            : key,
    );
    return {
        ...start,
        account: { ...account, keys },
        state: { ...state, deployment: JSON.parse(aged) as unknown },
    };
}

async function startAt({ deployment, starts }: Lane, { from }: Scenario): Promise<Start> {
    const start = starts.get(from);
    assert.ok(start);
    await deployment.restore(start);
    return start;
}

function runOf({ deployment: { stack } }: Lane, { target }: Scenario): () => Promise<unknown> {
    return () => (target === undefined ? stack.destroy() : stack.up({ program: target, outputs: false }));
}

async function undisturbed(lane: Lane, scenario: Scenario) {
    const start = await startAt(lane, scenario);
    const { emulator } = lane.deployment;
    const first = emulator.calls.length;
    await watched(lane.deployment, watchOver(lane, scenario, start), runOf(lane, scenario));
    return {
        calls: emulator.calls.slice(first),
        end: wholeShape(lane, start, await keysIn(lane.deployment), 0),
    };
}

async function killAt(lane: Lane, scenario: Scenario, point: Point, end: unknown): Promise<void> {
    const { deployment } = lane;
    try {
        const start = await startAt(lane, scenario);
        const watch = watchOver(lane, scenario, start);
        assert.equal(await strike(deployment, point, watch, runOf(lane, scenario)), "killed");
        watch("after the kill");
        await deployment.stack.cancel();
        await watched(deployment, watch, runOf(lane, scenario));
        const made = await keysIn(deployment);
        assert.deepEqual(wholeShape(lane, start, made, 1), end);
        if (scenario.target === undefined) return;
        const keys = made.flatMap(({ accessKeyId, previous }) => [
            accessKeyId,
            ...(previous === undefined ? [] : [previous.accessKeyId]),
        ]);
        // No scenario issues certificates anew.
        const { holders } = start;
        assertUsable(deployment.account, keys, holders, "at the end");
        assertAdmitted(deployment.account, { holders, addresses: [] }, "at the end");
        assert.deepEqual(changesOf(await deployment.stack.preview({ program: scenario.target })), {});
    } catch (error) {
        throw new Error(`${scenario.name}, killed ${JSON.stringify(point)}: ${String(error)}`, {
            cause: error,
        });
    }
}

/**
 * Whoever holds a certificate gets in, the provider's own key works, and so do those that were made by hand and are to
 * stay, and those that were handed out, unless they go with all of it. A trusted session is in line while it lasts.
 */
function watchOver({ deployment: { account } }: Lane, { target }: Scenario, start: Start): Watch {
    const { holders, handedOut } = start;
    const keys = [OWN_KEY, HAND_KEY, ...(target === undefined ? [] : handedOut)];
    return (moment) => {
        assertAdmitted(account, { holders, addresses: [] }, moment);
        assertUsable(account, keys, holders, moment);
        assertInLine(account, moment);
    };
}

function assertUsable(
    account: OutscaleAccount,
    keys: readonly string[],
    holders: readonly Holder[],
    moment: string,
): void {
    assert.ok(holders.length > 0);
    for (const accessKey of keys) {
        for (const { certificatePem } of holders) {
            const certificate = new X509Certificate(certificatePem).raw;
            const caller = { sourceAddress: OUTSIDE, accessKey, certificate };
            const { status } = account.execute("ReadVms", {}, caller);
            if (status !== 200) throw new GateFell(`the key ${accessKey} is of no use ${moment}`);
        }
    }
}

function assertInLine(account: OutscaleAccount, moment: string): void {
    const { keys, policy, rules } = account.snapshot();
    if (!policy.RequireTrustedEnv) return;
    const latest = account.now() + policy.MaxAccessKeyExpirationSeconds * 1_000;
    const isInLine =
        keys.every(({ ExpirationDate }) => ExpirationDate !== null && ExpirationDate < latest) &&
        rules.every(({ CaIds }) => CaIds.length > 0);
    if (!isInLine) throw new GateFell(`the trusted session is not in line ${moment}`);
}

/**
 * What the account holds, without ids and times of day. Left out are keys that no state knows, at most as many as the
 * run was killed: finished on the account when the state file had not yet heard of it, each with a date, and none of
 * them marked as unfinished.
 */
function wholeShape(
    { deployment: { account } }: Lane,
    start: Start,
    made: readonly MadeKey[],
    killed: number,
) {
    const known = new Set([
        ...start.account.keys.map(({ AccessKeyId }) => AccessKeyId),
        ...made.map(({ accessKeyId }) => accessKeyId),
    ]);
    const { keys, users, policy } = account.snapshot();
    const strays = keys.filter(({ AccessKeyId }) => !known.has(AccessKeyId));
    assert.ok(strays.length <= killed, `${strays.length} keys that nobody knows of`);
    for (const { Tag, ExpirationDate } of strays) {
        assert.ok(Tag?.startsWith("portcullis-pending") !== true && ExpirationDate !== null);
    }
    return {
        ...shapeOf(account),
        policy,
        users: users.map(({ UserName }) => UserName),
        keys: keys
            .filter((key) => !strays.includes(key))
            .map(({ UserName, State, Tag, ExpirationDate }) => {
                const days = ExpirationDate === null ? null : (ExpirationDate - Date.now()) / DAY_MS;
                return JSON.stringify([UserName, State, Tag, days === null ? null : Math.round(days)]);
            })
            .sort(),
    };
}

const madeKey = z.object({
    accessKeyId: z.string(),
    previous: z.object({ accessKeyId: z.string() }).optional(),
});
type MadeKey = z.output<typeof madeKey>;

const accessKeys = z.object({
    resources: z
        .array(
            z
                .object({ type: z.string().endsWith(":AccessKey"), outputs: madeKey })
                .nullable()
                .catch(null),
        )
        .default([]),
});

/** The access keys that the stack's state holds, each with the one before it. */
async function keysIn({ stack }: Deployment): Promise<readonly MadeKey[]> {
    const { resources } = accessKeys.parse((await stack.exportState()).deployment);
    return resources.flatMap((resource) => (resource === null ? [] : [resource.outputs]));
}
