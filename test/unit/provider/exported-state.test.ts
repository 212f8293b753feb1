/** The state of a stack as text: its forms, what is encrypted in it, and what is no state. */
import { describe, expect, test } from "@jest/globals";
import { hasSealed, parseExportedState, SEALED } from "../../../provider/exported-state";

const SIGNED = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const URN = "urn:pulumi:test::gatehouse::pulumi-nodejs:dynamic/outscale:Ca::ca";
const resource = {
    urn: URN,
    type: "pulumi-nodejs:dynamic/outscale:Ca",
    custom: true,
    outputs: { caId: "ca-1" },
};
const inForm = (deployment: object): string => JSON.stringify({ version: 3, deployment });
const outputsOf = (outputs: object): unknown =>
    parseExportedState(inForm({ resources: [{ ...resource, outputs }] }), "state.json").resources[0]?.outputs;

describe("the form", () => {
    const latest = { manifest: {}, resources: [resource] };
    test.each([
        ["of `pulumi stack export`", { version: 3, deployment: latest }],
        ["of a local backend's file", { version: 3, checkpoint: { stack: "test", latest } }],
        ["of a bare deployment", latest],
    ])("%s", (_what, whole) => {
        expect(parseExportedState(JSON.stringify(whole), "state.json")).toEqual({
            stack: "gatehouse/test",
            resources: [
                {
                    urn: URN,
                    type: resource.type,
                    name: "ca",
                    outputs: { caId: "ca-1" },
                    isCondemned: false,
                },
            ],
            interrupted: [],
        });
    });

    test.each([
        ["a stack that was never deployed", { version: 3, checkpoint: { stack: "test" } }],
        ["one that was destroyed", { version: 3, deployment: { manifest: {}, resources: null } }],
    ])("%s has no resources", (_what, whole) => {
        expect(parseExportedState(JSON.stringify(whole), "state.json")).toEqual({
            resources: [],
            interrupted: [],
        });
    });

    test.each([
        "",
        "secret-word",
        "[]",
        "null",
        "{}",
        '"text"',
        '{"resources":[]}',
        '{"deployment":{"resources":[{}]}}',
    ])("%j is no state, and is not repeated", (text) => {
        expect(() => parseExportedState(text, "state.json")).toThrow(
            "state.json is not the state of a Pulumi stack. Write it with `pulumi stack export --file state.json`.",
        );
    });
});

describe("what is encrypted", () => {
    test("is marked, at whatever depth, and the rest is read", () => {
        const ciphertext = { ...SIGNED, ciphertext: "v1:abc" };
        const outputs = outputsOf({ a: ciphertext, b: [{ c: ciphertext, d: 1 }], e: "text" });
        expect(outputs).toEqual({ a: SEALED, b: [{ c: SEALED, d: 1 }], e: "text" });
        expect(hasSealed(outputs)).toBe(true);
        expect(hasSealed({ e: ["text", null] })).toBe(false);
    });

    test("is read where the export shows secrets, what it holds in turn as well", () => {
        const inner = { ...SIGNED, plaintext: JSON.stringify("clear") };
        const outer = { ...SIGNED, plaintext: JSON.stringify([{ word: inner }]) };
        expect(outputsOf({ a: inner, b: outer })).toEqual({ a: "clear", b: [{ word: "clear" }] });
    });

    test("stays so where its clear text is no JSON", () => {
        expect(outputsOf({ a: { ...SIGNED, plaintext: "clear" } })).toEqual({ a: SEALED });
    });
});

test("what was deleted to be made anew, and what is no custom resource, is left out", () => {
    const resources = [
        { ...resource, pendingReplacement: true },
        { ...resource, custom: false },
        { ...resource, delete: true },
    ];
    const state = parseExportedState(inForm({ resources }), "state.json");
    expect(state.resources.map(({ isCondemned }) => isCondemned)).toEqual([true]);
});

test("what was in work when a run was interrupted is told", () => {
    const pending_operations = [{ type: "creating", resource: { ...resource, outputs: undefined } }];
    expect(parseExportedState(inForm({ resources: [], pending_operations }), "f").interrupted).toEqual([
        "creating ca",
    ]);
});

test("a name may hold the separator of URNs", () => {
    const state = parseExportedState(inForm({ resources: [{ ...resource, urn: `${URN}::two` }] }), "f");
    expect(state.resources[0]?.name).toBe("ca::two");
});
