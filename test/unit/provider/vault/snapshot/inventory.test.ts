/** How what a server has is compared with what was recorded, and how a manifest holds it. */
import { describe, expect, test } from "@jest/globals";
import { differencesFrom, type Inventory } from "../../../../../provider/vault/snapshot/inventory";
import {
    inventoryOf,
    manifestText,
    parseManifest,
    type Manifest,
} from "../../../../../provider/vault/snapshot/manifest";

const base: Inventory = {
    mounts: { "kv/": "kv", "pki/": "pki" },
    auth: { "approle/": "approle" },
    policies: ["default", "drill"],
    issuers: { "pki/": ["one"] },
    namespaces: [],
};

test("the same is the same, in whatever order", () => {
    expect(differencesFrom([base, base], { ...base, policies: ["drill", "default"] })).toEqual([]);
});

const WAS_NOT = "is there, and was not when the snapshot was taken";
test.each<readonly [string, Partial<Inventory>, readonly string[]]>([
    ["a mount gone", { mounts: { "pki/": "pki" } }, ["the mount kv/ is missing"]],
    ["a mount more", { mounts: { ...base.mounts, "x/": "kv" } }, [`the mount x/ ${WAS_NOT}`]],
    [
        "another type",
        { mounts: { ...base.mounts, "kv/": "transit" } },
        ["the mount kv/ is of type transit, and was of type kv"],
    ],
    ["an auth method gone", { auth: {} }, ["the auth method approle/ is missing"]],
    ["a policy gone", { policies: ["default"] }, ["the policy drill is missing"]],
    [
        "another issuer",
        { issuers: { "pki/": ["two"] } },
        ["the issuer one of pki/ is missing", `the issuer two of pki/ ${WAS_NOT}`],
    ],
    ["a namespace more", { namespaces: ["team/"] }, [`the namespace team/ ${WAS_NOT}`]],
])("%s is named", (_what, change, differences) => {
    expect(differencesFrom([base, base], { ...base, ...change })).toEqual(differences);
});

describe("what changed while the snapshot was taken", () => {
    const after = {
        ...base,
        mounts: { "kv/": "transit", "new/": "kv" },
        policies: ["default", "drill", "more"],
    };

    test("may be as it was before, as it was after, or part of each", () => {
        for (const found of [base, after, { ...base, policies: after.policies }])
            expect(differencesFrom([base, after], found)).toEqual([]);
    });

    test("is nothing else", () => {
        const found = { ...base, mounts: { "kv/": "totp", "pki/": "pki" }, policies: ["default"] };
        expect(differencesFrom([base, after], found)).toEqual([
            "the mount kv/ is of type totp, and was of type kv or transit",
            "the policy drill is missing",
        ]);
    });
});

describe("a manifest", () => {
    const manifest: Manifest = {
        ...{ version: 1, id: "20261122T173000Z-5", cluster: "main", clusterId: "c", serverVersion: "2.6.2" },
        ...{ size: 9, sha256: "a".repeat(64), index: 5, term: 1, savedAt: "2026-11-22T17:30:00.000Z" },
        canary: { mount: "portcullis-canary", key: "snapshot", nonce: "n" },
    };

    test("of before says nothing of it", () => {
        expect(inventoryOf(parseManifest(manifestText(manifest), manifest.id, "main"))).toBeUndefined();
    });

    test("says it once, or twice where it changed", () => {
        const after = { ...base, policies: [] };
        const read = (more: object) =>
            inventoryOf(parseManifest(manifestText({ ...manifest, ...more }), manifest.id, "main"));
        expect(read({ inventory: base })).toEqual([base, base]);
        expect(read({ inventory: base, inventoryAfter: after })).toEqual([base, after]);
    });

    test("whose inventory is none is no manifest", () => {
        const text = JSON.stringify({ ...manifest, inventory: { mounts: { "kv/": 1 } } });
        expect(() => parseManifest(text, manifest.id, "main")).toThrow(/cannot be read/);
    });
});
