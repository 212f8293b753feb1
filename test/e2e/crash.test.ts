/** Crash safety of AccountMfa on the real engine: killed at API calls of every kind, and answers lost. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { outscale, pki } from "../../sdk";
import { ACCOUNT, accountProgram, EC, OFFICE } from "../support/account-program";
import {
    changesOf,
    openDeployment,
    OPENING,
    skipWherePlain,
    type Checkpoint,
    type Deployment,
} from "../support/deployment";
import { assertAdmitted, assertOpen, GateFell, holdersIn, type Guests, type Holder } from "../support/gate";
import { inLanes, LANES, type Job } from "../support/lanes";
import { pointsOf, spread, strike, watched, type Point, type Watch } from "../support/kills";
import { shapeOf, type AccountShape } from "../support/staged-account";

const WANTED_IN_ALL = 40;
const NEW_OFFICE = "198.51.100.200";

const second = accountProgram({ authority: { ...EC, generation: 2 } });

interface Scenario {
    readonly name: string;
    /** Deployed undisturbed before, in this order. */
    readonly before: readonly PulumiFn[];
    /** What is struck; nothing where the stack is destroyed. */
    readonly target: PulumiFn | undefined;
    /** Each from one of its addresses has to be admitted throughout. */
    readonly addresses: Guests["addresses"];
    /** How many kills at least, where the run has so many moments. */
    readonly kills: number;
}

const FIRST = accountProgram();
const SCENARIOS: readonly Scenario[] = [
    { name: "the first deployment", before: [], target: FIRST, addresses: [[OFFICE]], kills: 12 },
    {
        name: "a rotation of the authority",
        before: [FIRST],
        target: second,
        addresses: [[OFFICE]],
        kills: 6,
    },
    {
        name: "a second rotation, which drops the first authority",
        before: [FIRST, second],
        target: accountProgram({ authority: { ...EC, generation: 3 } }),
        addresses: [[OFFICE]],
        kills: 7,
    },
    {
        name: "a new key for a client",
        before: [FIRST],
        target: accountProgram({ clients: { operator: { keyAlgorithm: "EC-P384" }, ci: EC } }),
        addresses: [[OFFICE]],
        kills: 4,
    },
    {
        name: "another backup address",
        before: [FIRST],
        target: accountProgram({
            backupIpRanges: [`${NEW_OFFICE}/32`],
            protect: [...(ACCOUNT.protect ?? []).slice(0, 2), { name: "office", sourceIp: NEW_OFFICE }],
        }),
        addresses: [[OFFICE, NEW_OFFICE]],
        kills: 4,
    },
    { name: "destruction", before: [FIRST], target: undefined, addresses: [[OFFICE]], kills: 11 },
];

/** Where a scenario starts: after undisturbed deployments, with those who hold certificates since then. */
interface Start extends Checkpoint {
    readonly holders: readonly Holder[];
}

/** A deployment of its own, and the starts by the number of deployments before. */
interface Lane {
    readonly deployment: Deployment;
    readonly starts: Start[];
}

describe("crash safety of AccountMfa on the real engine", function () {
    this.timeout(900_000);

    const lanes: Lane[] = [];
    let kills = 0;
    let lost = 0;

    before(async function () {
        this.timeout(OPENING);
        for (let lane = 0; lane < LANES; lane += 1) {
            lanes.push({ deployment: await openDeployment({ program: FIRST }), starts: [] });
        }
        await Promise.all(lanes.map(prepare));
    });

    after(() => Promise.all(lanes.map(({ deployment }) => deployment.close())));

    for (const scenario of SCENARIOS) {
        it(`keeps everyone admitted, and converges, where it interrupts ${scenario.name}`, async () => {
            const [lane] = lanes;
            assert.ok(lane);
            const { calls, end } = await undisturbed(lane, scenario);
            const points = spread(pointsOf(calls), scenario.kills);
            const jobs = points.map(
                (point): Job<Lane> =>
                    (where) =>
                        killAt(where, scenario, point, end),
            );
            let answers = 0;
            const losing: Job<Lane> = async (where) => {
                answers = await loseAnswers(where, scenario, end);
            };
            await inLanes(lanes, [losing, ...jobs]);
            kills += points.length;
            lost += answers;
            console.log(`        ${calls.length} calls: ${points.length} kills, ${answers} answers lost`);
        });
    }

    it(`did so at ${WANTED_IN_ALL} kills or more`, () => {
        console.log(`        ${kills} kills of the real engine, ${lost} answers lost`);
        assert.ok(kills >= WANTED_IN_ALL, `${kills} kills`);
        assert.ok(lost >= SCENARIOS.length - 1, `${lost} answers lost`);
    });

    it("would notice a wrong order: a rule retired before the one that takes its place", async function () {
        skipWherePlain(this);
        const [lane] = lanes;
        assert.ok(lane);
        const { deployment } = lane;
        await startAt(lane, { before: [] });
        const point: Point = { call: "DeleteApiAccessRule", nth: 1, phase: "after" };
        const run = () => deployment.stack.up({ program: wrongOrder, outputs: false });
        assert.equal(await strike(deployment, point, () => undefined, run), "killed");
        await assert.rejects(assertOpen(deployment, "after the kill"), (error: unknown) => {
            assert.ok(error instanceof GateFell);
            assert.match(error.message, /^client is out after the kill$/);
            return true;
        });
        await deployment.stack.cancel();
    });
});

/** The world goes without a proof and without anybody protected, and only then comes the rule for certificates. */
function wrongOrder(): Promise<Record<string, unknown>> {
    const authority = new pki.CertificateAuthority("authority", { ...EC, commonName: "Gate" });
    const { certificatePem: authorityCertificatePem, privateKeyPem: authorityPrivateKeyPem } = authority;
    const client = new pki.ClientCertificate("client", {
        ...EC,
        commonName: "client",
        authorityCertificatePem,
        authorityPrivateKeyPem,
    });
    const ca = new outscale.Ca("gate", { caPem: authorityCertificatePem });
    const retired = new outscale.RetiredApiAccessRule(
        "world",
        // Sparing nobody but Cockpit, which keeps its own rule; with nobody to spare at all it would be refused.
        { ipRanges: ["0.0.0.0/0"], protect: [{ name: "cockpit", sourceIp: "46.231.144.177" }] },
        { dependsOn: [client, ca] },
    );
    new outscale.ApiAccessRule("gate", { caIds: [ca.caId] }, { dependsOn: retired });
    return Promise.resolve({});
}

/** Deploys what the scenarios start from, each once; every lane has its own endpoint, which state remembers. */
async function prepare({ deployment, starts }: Lane): Promise<void> {
    // Every scenario starts somewhere on this way.
    const way = SCENARIOS.reduce<readonly PulumiFn[]>(
        (longest, { before }) => (before.length > longest.length ? before : longest),
        [],
    );
    starts.push({ ...(await deployment.checkpoint()), holders: [] });
    for (const program of way) {
        await deployment.stack.up({ program, outputs: false });
        starts.push({ ...(await deployment.checkpoint()), holders: await holdersIn(deployment) });
    }
}

async function startAt({ deployment, starts }: Lane, { before }: Pick<Scenario, "before">): Promise<Start> {
    const start = starts[before.length];
    assert.ok(start);
    await deployment.restore(start);
    return start;
}

function runOf({ deployment: { stack } }: Lane, { target }: Scenario): () => Promise<unknown> {
    return () => (target === undefined ? stack.destroy() : stack.up({ program: target, outputs: false }));
}

async function undisturbed(lane: Lane, scenario: Scenario) {
    await startAt(lane, scenario);
    const { emulator, account } = lane.deployment;
    const first = emulator.calls.length;
    await runOf(lane, scenario)();
    return { calls: emulator.calls.slice(first), end: shapeOf(account) };
}

/** How to see that those are let in who hold a credential of the last finished deployment. */
function guards({ account }: Deployment, { addresses }: Scenario, { holders }: Start): Watch {
    return (moment) => {
        assertAdmitted(account, { holders, addresses }, moment);
    };
}

async function killAt(lane: Lane, scenario: Scenario, point: Point, end: AccountShape): Promise<void> {
    const { deployment } = lane;
    try {
        for (let { nth } = point; ; nth -= 1) {
            assert.ok(nth > 0, `no run reaches a call of ${point.call}`);
            const watch = guards(deployment, scenario, await startAt(lane, scenario));
            const stroke = await strike(deployment, { ...point, nth }, watch, runOf(lane, scenario));
            // Reads made at the same time are one call, so that a run may make a few less of them.
            if (stroke === "not reached") continue;
            watch("after the kill");
            if (scenario.before.length === 0) await assertOpen(deployment, "after the kill");
            await deployment.stack.cancel();
            await converge(lane, scenario, end, watch);
            return;
        }
    } catch (error) {
        throw new Error(`${scenario.name}, killed ${JSON.stringify(point)}: ${String(error)}`, {
            cause: error,
        });
    }
}

/** The run with the first answer of each call that changes something lost: it ends as if none had been. */
async function loseAnswers(lane: Lane, scenario: Scenario, end: AccountShape): Promise<number> {
    const watch = guards(lane.deployment, scenario, await startAt(lane, scenario));
    const struck = new Set<string>();
    lane.deployment.emulator.faults.loseAnswer(({ call }) => {
        if (call.startsWith("Read") || struck.has(call)) return false;
        struck.add(call);
        return true;
    });
    await converge(lane, scenario, end, watch);
    return struck.size;
}

async function converge(lane: Lane, scenario: Scenario, end: AccountShape, watch: Watch): Promise<void> {
    const { account, stack } = lane.deployment;
    await watched(lane.deployment, watch, runOf(lane, scenario));
    // The same rules and authorities by what they say, each as often: nothing twice, nothing left behind.
    assert.deepEqual(shapeOf(account), end);
    const holders = await holdersIn(lane.deployment);
    if (scenario.target === undefined) {
        assert.deepEqual(holders, []);
        return;
    }
    assertAdmitted(account, { holders, addresses: [] }, "at the end");
    assert.deepEqual(changesOf(await stack.preview({ program: scenario.target })), {});
}
