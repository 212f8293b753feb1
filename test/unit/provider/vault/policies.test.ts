/** The policies as they are written, and the rights that an administrator is found to lack. */
import { expect, test } from "@jest/globals";
import { missingRights, NEEDED, POLICIES, policyText } from "../../../../provider/vault/policies";

test("a policy is written rule by rule", () => {
    expect(
        policyText([
            { path: 'a"b', capabilities: ["read", "sudo"] },
            { path: "c/*", capabilities: ["list"] },
        ]),
    ).toBe(
        'path "a\\"b" {\n  capabilities = ["read", "sudo"]\n}\n\npath "c/*" {\n  capabilities = ["list"]\n}\n',
    );
});

test("nodes can leave in order, and see whether they were removed, and nothing else", () => {
    expect(POLICIES["portcullis-node"]?.match(/path "[^"]+"/g)).toEqual([
        'path "sys/storage/raft/configuration"',
        'path "sys/storage/raft/autopilot/state"',
        'path "sys/storage/raft/remove-peer"',
        'path "sys/step-down"',
    ]);
    expect(POLICIES["portcullis-node"]?.match(/sudo/g)).toHaveLength(1);
});

const all = Object.fromEntries(NEEDED.map(({ path, capabilities }) => [path, capabilities]));

test("nothing is missing where every right is granted, or the token is root's", () => {
    expect(missingRights(all)).toEqual([]);
    expect(missingRights(Object.fromEntries(NEEDED.map(({ path }) => [path, ["root"]])))).toEqual([]);
});

test("every right alone is missed", () => {
    for (const { path, capabilities } of NEEDED)
        for (const capability of capabilities) {
            const granted = { ...all, [path]: capabilities.filter((each) => each !== capability) };
            expect(missingRights(granted)).toEqual([`${capability} on ${path}`]);
        }
});

test("a path that is not mentioned, or is denied, grants nothing", () => {
    const needed = [{ path: "sys/step-down", capabilities: ["update", "sudo"] as const }];
    expect(missingRights({}, needed)).toEqual(["update on sys/step-down", "sudo on sys/step-down"]);
    expect(missingRights({ "sys/step-down": ["deny"] }, needed)).toHaveLength(2);
});
