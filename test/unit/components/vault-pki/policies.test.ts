import { expect, test } from "@jest/globals";
import {
    adminPolicy,
    drillPolicy,
    signPolicy,
    snapshotPolicy,
} from "../../../../components/vault-pki/policies";

test("signing is one capability at one path, with nothing that matches more", () => {
    expect(signPolicy("pki_private_issuer/sign/server")).toBe(
        'path "pki_private_issuer/sign/server" {\n  capabilities = ["update"]\n}\n',
    );
});

const INVENTORY =
    'path "sys/mounts" {\n  capabilities = ["read"]\n}\n' +
    'path "sys/auth" {\n  capabilities = ["read"]\n}\n' +
    'path "sys/policies/acl" {\n  capabilities = ["list"]\n}\n' +
    'path "sys/namespaces" {\n  capabilities = ["list"]\n}\n';

test("a snapshot is taken, its canary written and read, and names are listed; nothing is restored or read beside", () => {
    expect(snapshotPolicy("team/canary")).toBe(
        'path "sys/storage/raft/snapshot" {\n  capabilities = ["read"]\n}\n' +
            'path "team/canary/snapshot" {\n  capabilities = ["create", "read", "update"]\n}\n' +
            INVENTORY,
    );
});

test("a drill reads the canary and lists names, and changes nothing", () => {
    expect(drillPolicy("team/canary")).toBe(
        `path "team/canary/snapshot" {\n  capabilities = ["read"]\n}\n${INVENTORY}`,
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
