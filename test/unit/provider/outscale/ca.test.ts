/** Ca: created once, taken over, and verified by its fingerprint. */
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { OutscaleAccount } from "../../../../emulators/outscale";
import { ca, type CaInputs, type CaState } from "../../../../provider/outscale/ca";
import { fingerprintSha1 } from "../../../../provider/pki/pem";
import { PartialFailure, UNKNOWN } from "../../../../provider/resource";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
import {
    accessOf,
    newAccount,
    nobody,
    putCa,
    rejection,
    startProcess,
    type ProcessOptions,
} from "../../../support/outscale";

let holders: Holders;
let account: OutscaleAccount;
let inputs: CaInputs;

beforeAll(async () => {
    holders = await makeHolders();
    inputs = { caPem: holders.authorities.a.certificatePem, description: "p/s ca", adopt: false, ...nobody };
});
beforeEach(() => {
    account = newAccount();
});

const start = (options?: ProcessOptions) => startProcess(account, options);
const ids = (): string[] => account.cas().map(({ CaId }) => CaId);
const state = (caId: string, over: Partial<CaState> = {}): CaState => ({
    ...inputs,
    caId,
    fingerprint: fingerprintSha1(inputs.caPem),
    ...over,
});

describe("create", () => {
    test("uploads the certificate once and echoes its inputs", async () => {
        const process = start();
        const created = await ca.create(inputs, process.context);
        expect(created).toEqual({ id: created.id, state: state(created.id) });
        expect(created.state.fingerprint).toMatch(/^[0-9a-f]{40}$/);
        expect(account.cas()).toEqual([
            {
                CaId: created.id,
                CaFingerprint: fingerprintSha1(inputs.caPem),
                Description: "p/s ca",
                CaPem: inputs.caPem,
            },
        ]);
        expect(process.changes()).toEqual(["CreateCa"]);
        expect(process.context.client.claimed).toEqual(new Set([created.id]));
    });

    test("takes over its twin, which an interrupted run left behind, and no claimed one", async () => {
        const twin = putCa(account, inputs.caPem, "p/s ca");
        const process = start();
        expect((await ca.create(inputs, process.context)).id).toBe(twin);
        expect(process.changes()).toEqual([]);
        const second = await ca.create(inputs, process.context);
        expect(second.id).not.toBe(twin);
        expect(ids()).toEqual([twin, second.id]);
    });

    test("takes no other description and no other certificate for its twin", async () => {
        const others = [
            putCa(account, inputs.caPem, "by hand"),
            putCa(account, holders.authorities.impostor.certificatePem, "p/s ca"),
        ];
        const { id } = await ca.create(inputs, start().context);
        expect(ids()).toEqual([...others, id]);
    });

    test("adopts the one authority with this certificate, and gives it the description", async () => {
        putCa(account, holders.authorities.b.certificatePem, "b");
        const present = putCa(account, inputs.caPem, "by hand");
        const process = start();
        expect(await ca.create({ ...inputs, adopt: true }, process.context)).toEqual({
            id: present,
            state: state(present, { adopt: true, foundDescription: "by hand" }),
        });
        expect(process.changes()).toEqual(["UpdateCa"]);
        expect(account.cas().map(({ Description }) => Description)).toEqual(["b", "p/s ca"]);
    });

    test("adopt without a match uploads", async () => {
        const process = start();
        await ca.create({ ...inputs, adopt: true }, process.context);
        expect(process.changes()).toEqual(["CreateCa"]);
    });

    test("does not choose among several, but its twin is no choice", async () => {
        const [one, two] = [putCa(account, inputs.caPem, "one"), putCa(account, inputs.caPem, "two")];
        const before = accessOf(account);
        expect(await rejection(ca.create({ ...inputs, adopt: true }, start().context))).toMatchObject({
            code: "AmbiguousMatch",
            property: "adopt",
            problem: `Cannot choose an authority to adopt: ${one}, ${two} have this certificate.`,
            remedy: "Name the one to take over in `adoptId`.",
        });
        expect(accessOf(account)).toEqual(before);
        const twin = { ...inputs, adopt: true, description: "two" };
        expect((await ca.create(twin, start().context)).id).toBe(two);
    });

    test("adopts the authority named, even one of several", async () => {
        putCa(account, inputs.caPem, "one");
        const two = putCa(account, inputs.caPem, "two");
        expect((await ca.create({ ...inputs, adoptId: two }, start().context)).id).toBe(two);
        expect(account.cas().map(({ Description }) => Description)).toEqual(["one", "p/s ca"]);
    });

    test.each(["ca-00000000000000000000000000000000", "another's"])("refuses to adopt %s", async (which) => {
        const other = putCa(account, holders.authorities.b.certificatePem, "b");
        const adoptId = which === "another's" ? other : which;
        const before = accessOf(account);
        expect(await rejection(ca.create({ ...inputs, adoptId }, start().context))).toMatchObject({
            code: "AmbiguousMatch",
            property: "adoptId",
            problem: `Cannot adopt ${adoptId}: the account has no authority of that id with this certificate.`,
        });
        expect(accessOf(account)).toEqual(before);
    });

    test.each(["lost", "unsent"] as const)(
        "makes exactly one though the first answer is %s",
        async (fate) => {
            const before = putCa(account, inputs.caPem, "by hand");
            const process = start({
                mishap: (call, nth) => (call === "CreateCa" && nth === 1 ? fate : undefined),
            });
            const { id } = await ca.create(inputs, process.context);
            expect(ids()).toEqual([before, id]);
            expect(process.changes()).toEqual(fate === "lost" ? ["CreateCa"] : ["CreateCa", "CreateCa"]);
        },
    );

    test("takes no authority for the lost one that was there before, or that is claimed meanwhile", async () => {
        const process = start({
            mishap: (call, nth) => (call === "CreateCa" && nth === 1 ? "unsent" : undefined),
            after: (call, nth) => {
                // Another resource of this process makes its own, equal one at the same time.
                if (call === "ReadCas" && nth === 1)
                    process.context.client.claimed.add(putCa(account, inputs.caPem, "p/s ca"));
            },
        });
        const { id } = await ca.create(inputs, process.context);
        expect(ids()).toHaveLength(2);
        expect(ids()[1]).toBe(id);
    });

    test("keeps the id where the account reports another fingerprint, so that no second one is made", async () => {
        const fingerprint = fingerprintSha1(inputs.caPem);
        const process = start({ forge: (_call, body) => body.replaceAll(fingerprint, "0".repeat(40)) });
        const failure = await rejection(ca.create(inputs, process.context));
        expect(failure).toBeInstanceOf(PartialFailure);
        expect(failure).toMatchObject({
            id: ids()[0],
            state: state(ids()[0] ?? ""),
            reason: {
                code: "ServiceError",
                property: "caPem",
                problem:
                    `The account reports fingerprint ${"0".repeat(40)} for ${ids()[0] ?? ""}, but the certificate has ` +
                    `${fingerprint}.`,
            },
        });
    });
});

describe("read", () => {
    test("echoes what the account has, and finds drift of description and certificate", async () => {
        const id = putCa(account, inputs.caPem, "by hand");
        expect(await ca.read(id, state(id), start().context)).toEqual({
            id,
            state: state(id, { description: "by hand" }),
        });
        const now = account.snapshot();
        account.restore({ ...now, cas: now.cas.map((each) => ({ ...each, CaFingerprint: "f".repeat(40) })) });
        const live = await ca.read(id, state(id), start().context);
        expect(live?.state.fingerprint).toBe("f".repeat(40));
        if (live === undefined) throw new Error("the authority is there");
        expect(ca.diff(live.state, inputs, NOW)).toEqual({
            changed: ["caPem", "description"],
            replaces: ["caPem"],
        });
    });

    test("returns nothing where it is gone", async () => {
        putCa(account, inputs.caPem, "p/s ca");
        expect(await ca.read("ca-gone", state("ca-gone"), start().context)).toBeUndefined();
    });
});

describe("diff", () => {
    test("the same certificate in another text is no change, another certificate is another authority", () => {
        const { inputs: checked } = ca.check(
            { ...inputs, caPem: `x\r\n${inputs.caPem.replaceAll("\n", "\r\n")}\n ` },
            NOW,
            {},
        );
        expect(checked).toEqual(inputs);
        expect(ca.diff(state("ca-1"), checked, NOW)).toEqual({ changed: [], replaces: [] });
        const other = { ...inputs, caPem: holders.authorities.impostor.certificatePem, description: "d" };
        expect(ca.diff(state("ca-1"), other, NOW)).toEqual({
            changed: ["caPem", "description"],
            replaces: ["caPem"],
        });
        expect(ca.diff(state("ca-1"), { ...inputs, caPem: UNKNOWN }, NOW).replaces).toEqual(["caPem"]);
        expect(ca.diff(state("ca-1"), { ...inputs, adopt: true, adoptId: "x" }, NOW).changed).toEqual([]);
    });
});

describe("update", () => {
    test("sends the description where it changed, and nothing else", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        const process = start();
        const wanted = { ...inputs, description: "new" };
        expect(await ca.update(id, state(id), wanted, process.context)).toEqual(
            state(id, { description: "new" }),
        );
        expect(process.changes()).toEqual(["UpdateCa"]);
        expect(process.calls.at(-1)?.request).toEqual({ CaId: id, Description: "new" });
        const idle = start();
        await ca.update(id, state(id), { ...inputs, adopt: true }, idle.context);
        expect(idle.changes()).toEqual([]);
    });

    test("verifies the fingerprint again, so that an update does not heal what creation refused", async () => {
        const id = putCa(account, inputs.caPem, "p/s ca");
        const fingerprint = fingerprintSha1(inputs.caPem);
        const process = start({ forge: (_call, body) => body.replaceAll(fingerprint, "0".repeat(40)) });
        const wanted = { ...inputs, description: "new" };
        const failure = await rejection(ca.update(id, state(id), wanted, process.context));
        expect(failure).toBeInstanceOf(PartialFailure);
        expect(failure).toMatchObject({ id, state: state(id, { description: "new" }) });
        expect(process.changes()).toEqual([]);
    });
});
