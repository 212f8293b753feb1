/** What is written of roles, durations and audit devices, and what counts as the same. */
import { describe, expect, test } from "@jest/globals";
import type { VaultServer } from "../../../../provider/vault/client";
import { goDuration, holds, nodeRole, writeAuditDevices } from "../../../../provider/vault/configuring";
import type { VaultInitializationInputs } from "../../../../provider/vault/initialization";

test.each([
    ["10s", "10s"],
    ["60s", "1m0s"],
    ["5m", "5m0s"],
    ["90s", "1m30s"],
    ["15m", "15m0s"],
    ["1h", "1h0m0s"],
    ["3661s", "1h1m1s"],
    ["1d", "24h0m0s"],
])("%s is %s in the server's words", (ours, theirs) => {
    expect(goDuration(ours)).toBe(theirs);
});

describe("sameness", () => {
    const wanted = { certificate: "pem\n", allowed_common_names: [] as string[], token_ttl: 300 };
    test.each([
        [
            "what is as wanted, whatever else is there",
            { certificate: "pem", allowed_common_names: null, token_ttl: 300, more: 1 },
            true,
        ],
        [
            "a list that is not empty",
            { certificate: "pem", allowed_common_names: ["x"], token_ttl: 300 },
            false,
        ],
        ["another number", { certificate: "pem", token_ttl: 301 }, false],
        ["what lacks a property", { token_ttl: 300 }, false],
        ["nothing at all", undefined, false],
    ])("%s", (_name, found, same) => {
        expect(holds(found, wanted)).toBe(same);
    });
});

test("nodes get tokens that store nothing, for five minutes, and no other policy", () => {
    expect(nodeRole({ authorityPem: "pem", dnsNames: ["vault.example"] })).toEqual({
        certificate: "pem",
        allowed_dns_sans: ["vault.example"],
        display_name: "node",
        token_policies: ["portcullis-node"],
        token_no_default_policy: true,
        token_type: "batch",
        token_ttl: 300,
    });
});

describe("audit devices of Vault", () => {
    /** Takes the place of Vault, of which no registry of packages has the program. */
    function recording(present: object): { readonly server: VaultServer; readonly calls: unknown[] } {
        const calls: unknown[] = [];
        const server: VaultServer = {
            call: (method, path, schema, { body } = {}) => {
                calls.push([method, path, ...(body === undefined ? [] : [body])]);
                return Promise.resolve({ status: 200, data: schema.parse({ data: present }) });
            },
            patient: () => server,
            close: () => undefined,
        };
        return { server, calls };
    }
    // Nothing else of the inputs is read.
    const inputs = {
        auditDevices: [
            { path: "file", type: "file", options: { file_path: "/var/log/vault/audit.log" } },
            { path: "system", type: "syslog", options: {} },
        ],
    } as unknown as VaultInitializationInputs;

    test("are enabled where they are missing", async () => {
        const { server, calls } = recording({ "system/": { type: "syslog" } });
        await writeAuditDevices({ server, token: "t" }, inputs);
        expect(calls).toEqual([
            ["GET", "sys/audit"],
            ["POST", "sys/audit/file", { type: "file", options: { file_path: "/var/log/vault/audit.log" } }],
        ]);
    });

    test("are not asked for where none is declared", async () => {
        const { server, calls } = recording({});
        await writeAuditDevices({ server, token: "t" }, { ...inputs, auditDevices: undefined });
        expect(calls).toEqual([]);
    });
});
