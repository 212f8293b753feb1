/** A busy and slow service, on the real engine: one call in five is put off, and what was changed counts only seconds later. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { RecordedCall } from "../../emulators/outscale";
import { AccountMfa } from "../../sdk";
import { EC } from "../support/account-program";
import {
    changesOf,
    openDeployment,
    OPENING,
    skipWherePlain,
    type Checkpoint,
    type Deployment,
} from "../support/deployment";
import { addHandMadeKeys, HAND_KEY, OLD_KEY, OWN_KEY } from "../support/hand-made-keys";
import { seeded } from "../support/random";

const PUT_OFF = 0.2;
const ENFORCED_AFTER_MS = 5_000;
/** Calls of one name; a client gives up at its fourth try. */
const PUT_OFF_IN_A_ROW = 2;
/** How many times the calls of a calm run, at most. */
const LIMIT = 1.5;

function program(): Promise<Record<string, unknown>> {
    new AccountMfa("account", {
        authority: EC,
        clients: { operator: EC, ci: EC },
        accessKeys: { ci: { userName: "ci", lifetime: "60d" } },
        trustedSession: {
            maxAccessKeyExpiration: "90d",
            expire: { [OWN_KEY]: "80d", [HAND_KEY]: "70d" },
            remove: [OLD_KEY],
        },
    });
    return Promise.resolve({});
}

describe("a trusted session on a rough day", function () {
    this.timeout(400_000);

    const open: Deployment[] = [];
    let deployment: Deployment;
    let untouched: Checkpoint;

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        deployment = await openDeployment({ program, account: { accessKey: OWN_KEY }, limit: 300_000 });
        open.push(deployment);
        addHandMadeKeys(deployment.account);
        untouched = await deployment.checkpoint();
    });

    after(() => Promise.all(open.map((opened) => opened.close())));

    async function callsOfUp(): Promise<readonly RecordedCall[]> {
        const { account, emulator, stack } = deployment;
        const first = emulator.calls.length;
        await stack.up({ outputs: false });
        const { policy } = account.snapshot();
        assert.deepEqual(policy, { MaxAccessKeyExpirationSeconds: 90 * 86_400, RequireTrustedEnv: true });
        return emulator.calls.slice(first);
    }

    it(`comes about with at most ${LIMIT} times the calls of a calm one`, async () => {
        const calm = await callsOfUp();
        assert.deepEqual(
            calm.filter(({ status }) => status !== 200 && status !== 401),
            [],
        );
        await deployment.restore(untouched);
        putOff(deployment);
        deployment.emulator.faults.enforcementLagMs = ENFORCED_AFTER_MS;
        const rough = await callsOfUp();
        const delayed = rough.filter(({ status }) => status === 429 || status === 503).length;
        const ratio = rough.length / calm.length;
        console.log(
            `        ${calm.length} calls when calm, ${rough.length} when rough (${delayed} put off): ${ratio.toFixed(2)}`,
        );
        assert.ok(delayed >= 0.15 * rough.length, `only ${delayed} calls were put off`);
        assert.ok(ratio <= LIMIT, `${ratio.toFixed(2)} times the calls`);
        deployment.emulator.faults.reset();
        deployment.emulator.faults.onCall = undefined;
        assert.deepEqual(changesOf(await deployment.stack.preview()), {});
    });
});

/** Puts off calls as often as said, in an order that a seed repeats: by turns with 429 and 503. */
function putOff({ emulator: { faults } }: Deployment): void {
    const random = seeded(1);
    const inARow = new Map<string, number>();
    let count = 0;
    faults.onCall = ({ call, phase }) => {
        if (phase === "after") return;
        const before = inARow.get(call) ?? 0;
        const isStruck = random.chance(PUT_OFF) && before < PUT_OFF_IN_A_ROW;
        inARow.set(call, isStruck ? before + 1 : 0);
        if (!isStruck) return;
        count += 1;
        faults.throttleNext(1, count % 2 === 0 ? 503 : 429);
    };
}
