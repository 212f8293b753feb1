/** `--push-metrics`, of the bundled program: what a gateway gets of what ended well, and that it decides nothing. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "mocha";
import { z } from "zod";
import { asSnapshot, snapshotGround, type SnapshotGround } from "../support/snapshot-ground";
import { snapshotProgram, type SnapshotProgram, type SnapshotRun } from "../support/snapshot-program";
import { foundOrSkip } from "../support/skip";

const resultSchema = z.object({ manifest: z.object({ size: z.number() }) });

describe("what a Pushgateway is told of snapshots", function () {
    this.timeout(120_000);
    let at: SnapshotGround;
    let program: SnapshotProgram;
    let gateway: Server;
    let url: string;
    let status = 200;
    const told: { readonly call: string; readonly headers: string; readonly text: string }[] = [];
    const run = (command: string, base = url): Promise<SnapshotRun> =>
        program.run([command, "--push-metrics", base], at.environment);

    before(async function () {
        at = foundOrSkip(this, await snapshotGround());
        program = snapshotProgram(at.directory);
        gateway = createServer((incoming, outgoing) => {
            void textOf(incoming).then((text) => {
                const call = `${incoming.method ?? ""} ${incoming.url ?? ""}`;
                told.push({ call, headers: JSON.stringify(incoming.headers), text });
                outgoing.writeHead(status).end();
            });
        }).listen(0, "127.0.0.1");
        await once(gateway, "listening");
        url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    });
    beforeEach(() => {
        told.length = 0;
        status = 200;
        at.gate.meddle();
    });
    after(async () => {
        (gateway as Server | undefined)?.close();
        await (at as SnapshotGround | undefined)?.close();
    });

    for (const command of ["save", "verify"]) {
        it(`is when the last good ${command} ended, how large it is and how long it took`, async () => {
            const began = Date.now() / 1_000;
            const ran = await run(command);
            assert.equal(ran.code, 0, ran.err);
            const { size } = resultSchema.parse(JSON.parse(ran.out)).manifest;
            const [only, ...more] = told;
            assert.deepEqual(more, []);
            assert.equal(only?.call, `PUT /metrics/job/portcullis-snapshot-${command}/cluster/main`);
            const values = new Map(
                only.text
                    .split("\n")
                    .filter((line) => line !== "" && !line.startsWith("#"))
                    .map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]),
            );
            const name = `portcullis_snapshot_${command}`;
            assert.equal(values.size, 3);
            assert.equal(values.get(`${name}_size_bytes`), size);
            const ended = values.get(`${name}_last_success_timestamp_seconds`) ?? 0;
            assert.ok(ended > began && ended <= Date.now() / 1_000, String(ended));
            const seconds = values.get(`${name}_duration_seconds`) ?? 0;
            assert.ok(seconds > 0 && seconds <= ended - began, String(seconds));
            for (const secret of [at.role.secretId, at.rootToken, "test/"])
                assert.equal(`${only.headers}${only.text}`.includes(secret), false, secret);
            assert.equal(ran.events.filter(({ event }) => event === "warning").length, 0);
        });
    }

    it("spoils nothing where it is not heard: a warning, and the snapshot is good", async () => {
        status = 500;
        const before = (await at.keys()).length;
        const refused = await run("save");
        assert.equal(refused.code, 0, refused.err);
        const silent = await run("save", "http://127.0.0.1:1");
        assert.equal(silent.code, 0, silent.err);
        assert.equal((await at.keys()).length, before + 4);
        for (const [ran, why] of [
            [refused, /save is good, but the Pushgateway at \S+ was not told of it \(HTTP 500\)/],
            [silent, /save is good, but the Pushgateway at 127\.0\.0\.1:1 was not told of it \(refused\)/],
        ] as const) {
            const { event, text } = ran.events.at(-1) ?? {};
            assert.equal(event, "warning");
            assert.match(String(text), why);
        }
    });

    it("is nothing where the save did not end well, and nothing is saved where its address is none", async () => {
        at.gate.meddle(asSnapshot(() => Buffer.alloc(0)));
        assert.equal((await run("save")).code, 1);
        assert.deepEqual(told, []);
        at.gate.meddle();
        const keys = await at.keys();
        const mistyped = await run("save", "gateway:9091");
        assert.equal(mistyped.code, 1);
        assert.match(String(mistyped.events.at(-1)?.problem), /is no address of a Pushgateway/);
        assert.deepEqual(await at.keys(), keys);
    });
});
