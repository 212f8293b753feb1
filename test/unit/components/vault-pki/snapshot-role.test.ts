import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { declare } from "./declared";
import { material, type Material } from "./fixture";

let made: Material;
/** The component says what is to be signed. */
let warned: jest.SpiedFunction<typeof console.warn>;
beforeAll(() => {
    made = material();
    warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterAll(() => {
    warned.mockRestore();
});

test("a snapshot role may take snapshots and write their canary alone, and another generation of a secret id is another one", async () => {
    const { all, pki } = await declare(made, {
        snapshot: { boundCidrs: ["10.1.2.3"], secretIdGeneration: 2, secretIdTtl: "30d", tokenTtl: "5m" },
    });
    const inputs = (name: string) => all.find((child) => child.name === name)?.inputs;
    expect(inputs("pki-snapshot-policy")).toEqual({
        name: "pki_private_issuer-snapshot",
        policy:
            'path "sys/storage/raft/snapshot" {\n  capabilities = ["read"]\n}\n' +
            'path "portcullis-canary/snapshot" {\n  capabilities = ["create", "read", "update"]\n}\n' +
            'path "sys/mounts" {\n  capabilities = ["read"]\n}\n' +
            'path "sys/auth" {\n  capabilities = ["read"]\n}\n' +
            'path "sys/policies/acl" {\n  capabilities = ["list"]\n}\n' +
            'path "sys/namespaces" {\n  capabilities = ["list"]\n}\n',
    });
    expect(inputs("pki-canary")).toEqual({
        type: "kv",
        path: "portcullis-canary",
        options: { version: "1" },
        description: "Written before each snapshot, and read back after a restore",
    });
    const names = all.map((child) => child.name);
    expect(names.slice(names.indexOf("pki-canary"))).toEqual([
        "pki-canary",
        "pki-snapshot-policy",
        "pki-snapshot",
        "pki-snapshot-secret-id",
    ]);
    expect(inputs("pki-snapshot")).toMatchObject({
        roleName: "snapshot",
        secretIdBoundCidrs: ["10.1.2.3/32"],
        tokenBoundCidrs: ["10.1.2.3"],
        secretIdTtl: 2_592_000,
        tokenTtl: 300,
        tokenPolicies: ["pki_private_issuer-snapshot"],
    });
    expect(inputs("pki-snapshot-secret-id")).toMatchObject({ metadata: '{"generation":"2"}' });
    expect(pki.approles.snapshot).toMatchObject({ roleName: "snapshot", canaryMount: "portcullis-canary" });
});

test("the canary may be mounted elsewhere, and its policy goes with it", async () => {
    const { all, pki } = await declare(made, {
        snapshot: { boundCidrs: ["10.1.2.3"], canaryMount: "team/canary" },
    });
    expect(pki.approles.snapshot?.canaryMount).toBe("team/canary");
    const inputs = (name: string) => all.find((child) => child.name === name)?.inputs;
    expect(inputs("pki-canary")).toMatchObject({ path: "team/canary" });
    expect(inputs("pki-snapshot-policy")).toMatchObject({
        policy: expect.stringContaining('path "team/canary/snapshot" {'),
    });
});

test("a drill reads the canary where it is and lists names, from the server's own machine whatever others are bound to", async () => {
    const { all, pki } = await declare(made, {
        certManager: { boundCidrs: ["10.0.0.0/8"] },
        snapshot: { boundCidrs: ["10.1.2.3"], canaryMount: "team/canary" },
        drill: { name: "look", tokenTtl: "5m", secretIdGeneration: 3 },
    });
    const inputs = (name: string) => all.find((child) => child.name === name)?.inputs;
    expect(inputs("pki-drill-policy")).toEqual({
        name: "pki_private_issuer-look",
        policy:
            'path "team/canary/snapshot" {\n  capabilities = ["read"]\n}\n' +
            'path "sys/mounts" {\n  capabilities = ["read"]\n}\n' +
            'path "sys/auth" {\n  capabilities = ["read"]\n}\n' +
            'path "sys/policies/acl" {\n  capabilities = ["list"]\n}\n' +
            'path "sys/namespaces" {\n  capabilities = ["list"]\n}\n',
    });
    expect(all.map((child) => child.name).slice(-3)).toEqual([
        "pki-drill-policy",
        "pki-drill",
        "pki-drill-secret-id",
    ]);
    expect(inputs("pki-drill")).toEqual({
        backend: "approle",
        roleName: "look",
        bindSecretId: true,
        secretIdBoundCidrs: ["127.0.0.1/32"],
        secretIdTtl: 0,
        secretIdNumUses: 0,
        tokenType: "batch",
        tokenTtl: 300,
        tokenMaxTtl: 300,
        tokenBoundCidrs: ["127.0.0.1"],
        tokenPolicies: ["pki_private_issuer-look"],
        tokenNoDefaultPolicy: true,
    });
    expect(inputs("pki-drill-secret-id")).toMatchObject({ metadata: '{"generation":"3"}' });
    expect(inputs("pki-admin-policy")?.policy).toContain('"auth/approle/role/look/secret-id"');
    expect(pki.approles.drill?.roleName).toBe("look");
});
