import { expect, test } from "@jest/globals";
import { adminPolicy, signPolicy, snapshotPolicy } from "../../../../components/vault-pki/policies";

test("signing is one capability at one path, with nothing that matches more", () => {
    expect(signPolicy("pki_private_issuer/sign/server")).toBe(
        'path "pki_private_issuer/sign/server" {\n  capabilities = ["update"]\n}\n',
    );
});

test("a snapshot is one capability at one path, and its canary is one entry that is written and read", () => {
    expect(snapshotPolicy("team/canary")).toBe(
        'path "sys/storage/raft/snapshot" {\n  capabilities = ["read"]\n}\n' +
            'path "team/canary/snapshot" {\n  capabilities = ["create", "read", "update"]\n}\n',
    );
});

test("administration creates nothing, deletes nothing, issues nothing, and gets secret ids wrapped only", () => {
    const text = adminPolicy({ mount: "pki", authMount: "approle", appRoles: ["cert-manager"] });
    const paths = [...text.matchAll(/path "([^"]+)" \{\n {2}capabilities = \[([^\]]+)\]/g)].map(
        ([, path, capabilities]) => `${path ?? ""}: ${capabilities ?? ""}`,
    );
    expect(paths).toEqual([
        'pki/certs: "list"',
        'pki/certs/revoked: "list"',
        'pki/roles: "list"',
        'pki/issuers: "list"',
        'pki/keys: "list"',
        'pki/cert/*: "read"',
        'pki/roles/*: "read"',
        'pki/issuer/*: "read"',
        'pki/config/*: "read"',
        'pki/tidy-status: "read"',
        'pki/revoke: "update"',
        'pki/crl/rotate: "read", "update"',
        'pki/tidy: "update"',
        'auth/approle/role/cert-manager/role-id: "read"',
        'auth/approle/role/cert-manager/secret-id: "list", "update"',
        'auth/approle/role/cert-manager/secret-id-accessor/lookup: "update"',
        'auth/approle/role/cert-manager/secret-id-accessor/destroy: "update"',
    ]);
    expect(text).toContain('min_wrapping_ttl = "1m"\n  max_wrapping_ttl = "24h"');
});
