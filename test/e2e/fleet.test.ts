/** Fleets on the real engine: several accounts at once, one of them refused and one throttled; and canaries that hold. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import {
    driveFleet,
    readFleet,
    type DriveOptions,
    type FleetEvent,
    type FleetOperation,
    type FleetReport,
} from "../../sdk/fleet";
import { runProgram } from "../../tools/pulumi/processes";
import { OPENING, OUTSIDE, skipWherePlain } from "../support/deployment";
import { openFleet, type FleetPlace } from "../support/fleet";
import program from "../support/fleet-program";
import { assertHidden, filesBelow } from "../support/secrets";

const REFUSAL =
    /'plan' has a problem: rules: Lock-out refused: the protected identity "watch" \(from 192\.0\.2\.99/;
/** A refused account: whom it protects, no planned rule admits. */
const LOCKED_OUT = { watch: "192.0.2.99" };
const PLAIN = ["p1", "p2", "p3", "p4", "p5"];
const NOTE = "two lines\nof a secret\n";

describe("fleets on the real engine", function () {
    this.timeout(180_000);

    let place: FleetPlace;
    const events: FleetEvent[] = [];

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        place = await openFleet(["whole", "refused", "busy", "noted", ...PLAIN]);
    });

    after(() => place.close());

    function drive(
        file: string,
        operation: FleetOperation,
        options: DriveOptions = {},
    ): Promise<FleetReport> {
        events.length = 0;
        return driveFleet(readFleet(file), operation, {
            program,
            pulumiRoot: place.pulumiRoot,
            environment: place.environment,
            variables: place.variables,
            parallel: 4,
            rest: () => Promise.resolve(),
            onEvent: (event) => events.push(event),
            ...options,
        });
    }

    const outcomes = ({ accounts }: FleetReport) =>
        Object.fromEntries(accounts.map(({ account, outcome }) => [account, outcome]));
    const triesOf = (report: FleetReport, name: string) =>
        report.accounts.find(({ account }) => account === name)?.tries;
    const callsOf = (name: string) => place.emulators.get(name)?.calls.length;
    const stackFile = (name: string) => join(place.workDir, `Pulumi.${name}.yaml`);
    const rulesOf = (name: string) => place.emulators.get(name)?.account.rules().length;

    it("begins nothing else where the canary is refused", async () => {
        const accounts = [place.account("refused", LOCKED_OUT), place.account("p1"), place.account("p2")];
        const report = await drive(place.write({ source: { workDir: "." }, accounts }), "up", {
            stopAfter: 9,
        });
        assert.deepEqual(outcomes(report), { refused: "failed", p1: "not begun", p2: "not begun" });
        assert.deepEqual([report.halt, report.succeeded], ["canary", false]);
        assert.match(report.accounts[0]?.reasons.join() ?? "", REFUSAL);
        assert.deepEqual(["refused", "p1", "p2"].map(callsOf), [0, 0, 0], "no call was made");
        assert.deepEqual(["p1", "p2"].map(stackFile).filter(existsSync), [], "no stack was made");
    });

    it("brings up all other accounts, though one is refused and one throttled", async () => {
        const secretFile = join(place.directory, "note");
        writeFileSync(secretFile, `${NOTE}\n`);
        const noted = place.account("noted");
        const file = place.write({
            source: { workDir: "." },
            rollout: { stopAfter: 3 },
            accounts: [
                place.account("whole", { mfa: "true" }),
                place.account("refused", LOCKED_OUT),
                place.account("busy"),
                { ...noted, config: { ...noted.config, note: { file: secretFile } } },
                ...PLAIN.map((name) => place.account(name)),
            ],
        });
        // The client itself tries a call four times, and then gives up: the driver's turn.
        place.emulators.get("busy")?.faults.throttleNext(4, 503);
        const report = await drive(file, "up");
        const expected = ["whole", "refused", "busy", "noted", ...PLAIN].map((name) => [name, "succeeded"]);
        assert.deepEqual(outcomes(report), { ...Object.fromEntries(expected), refused: "failed" });
        assert.equal(report.halt, undefined);

        const refused = report.accounts.find(({ account }) => account === "refused");
        assert.equal(refused?.tries, 1, "a refusal is not tried again");
        assert.match(refused.reasons.join(), REFUSAL);
        assert.equal(callsOf("refused"), 0);
        assert.equal(triesOf(report, "busy"), 2);
        const rest = events.find(({ event }) => event === "resting");
        assert.ok(rest?.event === "resting");
        assert.equal(rest.account, "busy");
        assert.match(rest.reasons.join(), /OUTSCALE refused \w+ \(HTTP 503/);

        const begun = events.flatMap((event) => (event.event === "begun" ? [event.account] : []));
        const firstEnd = events.findIndex(({ event }) => event === "ended");
        assert.deepEqual(begun.slice(0, 1), ["whole"]);
        assert.equal(events.slice(0, firstEnd).filter(({ event }) => event === "begun").length, 1);
        assert.equal(place.emulators.get("whole")?.account.admits({ sourceAddress: OUTSIDE }), false);
        assert.deepEqual(
            ["busy", "noted", ...PLAIN].map((name) => [name, rulesOf(name)]),
            ["busy", "noted", ...PLAIN].map((name) => [name, 3]),
        );
    });

    it("keeps secrets to the letter, and encrypted wherever they are written", async () => {
        const pulumi = join(place.pulumiRoot, "bin", "pulumi");
        const { stdout } = await runProgram(pulumi, ["config", "get", "note", "--stack", "noted"], {
            cwd: place.workDir,
            environment: place.environment,
            limit: 30_000,
        });
        assert.equal(stdout, `${NOTE}\n`);
        const files = new Map(filesBelow(place.directory));
        // Where the test itself keeps it.
        files.delete(join(place.directory, "note"));
        files.set("the events", JSON.stringify(events));
        assertHidden([...Object.values(place.variables), "of a secret"], files);
    });

    it("leaves a stack's file as it is where nothing differs", async () => {
        const file = place.write({ source: { workDir: "." }, accounts: [place.account("p1")] });
        const [before, calls] = [readFileSync(stackFile("p1"), "utf8"), callsOf("p1")];
        const report = await drive(file, "preview");
        assert.deepEqual(report.accounts[0]?.changes, { same: 3 });
        assert.equal(readFileSync(stackFile("p1"), "utf8"), before);
        assert.equal(callsOf("p1"), calls);
    });

    it("says that there is no stack to destroy, and makes none", async () => {
        const account = { ...place.account("p2"), stack: "another" };
        const file = place.write({ source: { workDir: "." }, accounts: [account] });
        const report = await drive(file, "destroy");
        assert.deepEqual(report.accounts[0]?.tries, 1);
        assert.match(report.accounts[0].reasons.join(), /no stack named 'another' found/);
        assert.equal(existsSync(stackFile("another")), false);
    });

    it("ends a run that takes too long, and lets nobody else begin", async () => {
        const accounts = [place.account("p3"), place.account("p4")];
        const file = place.write({ source: { workDir: "." }, accounts });
        const endless = () => new Promise<void>(() => undefined);
        const report = await drive(file, "up", { limit: 8_000, program: endless });
        assert.deepEqual(outcomes(report), { p3: "failed", p4: "not begun" });
        assert.equal(report.accounts[0]?.reasons[0], "It did not end within 8 s, and was interrupted.");
    });
});
