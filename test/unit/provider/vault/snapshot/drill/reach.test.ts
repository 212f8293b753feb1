/** Which snapshots may be drilled where the network is open. */
import { describe, expect, test } from "@jest/globals";
import { reachingOut, refuseReach } from "../../../../../../provider/vault/snapshot/drill/reach";
import type { Inventory } from "../../../../../../provider/vault/snapshot/inventory";
import { SnapshotRefused } from "../../../../../../provider/vault/snapshot/refuse";

const having = (mounts: Record<string, string>, namespaces: string[] = []): Inventory => {
    return { mounts, auth: { "token/": "token" }, policies: [], issuers: {}, namespaces };
};

test.each([
    ...[
        "cubbyhole",
        "generic",
        "identity",
        "kmip",
        "kv",
        "pki",
        "ssh",
        "system",
        "totp",
        "transform",
        "transit",
    ],
    ...["ns_cubbyhole", "ns_identity", "ns_system"],
])("%s keeps to itself", (type) => {
    const inventory = having({ "x/": type });
    expect(reachingOut([inventory, inventory])).toEqual([]);
    expect(() => {
        refuseReach([inventory, inventory], false);
    }).not.toThrow();
});

test.each([
    ...[
        "database",
        "aws",
        "azure",
        "gcp",
        "rabbitmq",
        "consul",
        "nomad",
        "kubernetes",
        "ldap",
        "ad",
        "openldap",
    ],
    ...["mongodbatlas", "terraform", "alicloud", "keymgmt", "plugin", "unheard-of", "KV", "", "constructor"],
])("%s may act at other systems, known or not", (type) => {
    const inventory = having({ "secret/": "kv", "x/": type });
    expect(reachingOut([inventory, inventory])).toEqual([`x/ (${type})`]);
    expect(() => {
        refuseReach([inventory, inventory], false);
    }).toThrow(SnapshotRefused);
    expect(() => {
        refuseReach([inventory, inventory], true);
    }).not.toThrow();
});

describe("what was there for a part of the time counts", () => {
    const plain = having({ "secret/": "kv" });
    const more = having({ "secret/": "kv", "shop/": "database" });
    test.each([[[plain, more]], [[more, plain]]] as const)("whichever part: %#", (span) => {
        expect(reachingOut(span)).toEqual(["shop/ (database)"]);
    });
});

test("namespaces count, for what is mounted in them is not known", () => {
    const inventory = having({ "secret/": "kv" }, ["team/"]);
    expect(reachingOut([inventory, inventory])).toEqual(["team/ (namespace)"]);
});

test("a manifest that says nothing is no reason to go on, but for who promises isolation", () => {
    expect(() => {
        refuseReach(undefined, false);
    }).toThrow(/does not record what is mounted/);
    expect(() => {
        refuseReach(undefined, true);
    }).not.toThrow();
});
