/** Small decisions about snapshots: where the active node is, what is stale, and what a manifest may say. */
import { describe, expect, test } from "@jest/globals";
import { activeNodeOf } from "../../../../../provider/vault/snapshot/active-node";
import { manifestText, parseManifest, type Manifest } from "../../../../../provider/vault/snapshot/manifest";
import { SnapshotRefused } from "../../../../../provider/vault/snapshot/refuse";
import { refuseStale } from "../../../../../provider/vault/snapshot/save";

describe("the active node", () => {
    const answer = { is_self: false, leader_address: "", raft_applied_index: 0, raft_committed_index: 0 };
    const asked = { address: "https://vault.example.org:8200", caCertificatePem: "PEM" };

    test("is the one that says so, under its own address", () => {
        expect(
            activeNodeOf({ ...answer, is_self: true, leader_address: "https://10.0.0.9:8200" }, asked),
        ).toBe(asked);
    });

    test("is called by its private address, and verified by the name that was given", () => {
        expect(activeNodeOf({ ...answer, leader_address: "https://10.0.0.9:8200" }, asked)).toEqual({
            ...{ address: "https://10.0.0.9:8200", serverName: "vault.example.org" },
            caCertificatePem: "PEM",
        });
        const named = { ...asked, serverName: "vault.internal" };
        expect(activeNodeOf({ ...answer, leader_address: "https://[fd00::9]:8200" }, named)).toMatchObject({
            ...{ address: "https://[fd00::9]:8200", serverName: "vault.internal" },
        });
    });

    test.each(["https://10.0.0.1:8200", "https://[fd00::1]:8200"])(
        "is verified by its own address where only an address was given: %s",
        (address) => {
            const found = activeNodeOf({ ...answer, leader_address: "https://10.0.0.9:8200" }, { address });
            expect(found).toEqual({ address: "https://10.0.0.9:8200" });
        },
    );

    test("is none during an election", () => {
        expect(activeNodeOf(answer, asked)).toBeUndefined();
    });

    test.each(["http://10.0.0.9:8200", "10.0.0.9:8200", "ftp://x"])(
        "gets no token without TLS: %s",
        (text) => {
            expect(() => activeNodeOf({ ...answer, leader_address: text }, asked)).toThrow(
                expect.objectContaining({ code: "InvalidConfiguration", property: "api_addr" }),
            );
        },
    );
});

test.each([
    [10, 10, 0, true],
    [11, 10, 10, true],
    [9, 10, 0, false],
    [10, 10, 11, false],
])("index %i, where the node had %i and the last good one %i: fresh is %p", (index, written, last, fresh) => {
    const judge = () => {
        refuseStale(index, written, last);
    };
    if (fresh) expect(judge).not.toThrow();
    else expect(judge).toThrow(SnapshotRefused);
});

describe("a manifest", () => {
    const manifest: Manifest = {
        ...{ version: 1, id: "20261122T173000Z-5", cluster: "main", clusterId: "c", serverVersion: "2.6.2" },
        ...{ size: 9, sha256: "a".repeat(64), index: 5, term: 1, savedAt: "2026-11-22T17:30:00.000Z" },
        canary: { mount: "portcullis-canary", key: "snapshot", nonce: "n" },
    };

    test("is read back as it was written", () => {
        expect(parseManifest(manifestText(manifest), manifest.id, "main")).toEqual(manifest);
    });

    test.each([
        ["none at all", "", /cannot be read/],
        ["cut short", manifestText(manifest).slice(0, -5), /cannot be read/],
        ["of a later form", manifestText(manifest).replace('"version": 1', '"version": 2'), /cannot be read/],
        ["without a digest", manifestText({ ...manifest, sha256: "" }), /cannot be read/],
        ["another's", manifestText({ ...manifest, id: "20261122T173000Z-6" }), /that of another snapshot/],
        ["another cluster's", manifestText({ ...manifest, cluster: "other" }), /that of another snapshot/],
        [
            "of another time than its name's",
            manifestText({ ...manifest, savedAt: "2020-11-22T17:30:00.000Z" }),
            /that of another snapshot/,
        ],
        ["of an older index than its name's", manifestText({ ...manifest, index: 4 }), /that of another/],
        ["of no server", manifestText({ ...manifest, clusterId: "" }), /cannot be read/],
        [
            "of a canary that leads elsewhere",
            manifestText({
                ...manifest,
                canary: { ...manifest.canary, mount: "../../v1/database/creds/app?x=" },
            }),
            /cannot be read/,
        ],
    ])("is refused where it is %s", (_what, text, why) => {
        expect(() => parseManifest(text, manifest.id, "main")).toThrow(why);
    });
});
