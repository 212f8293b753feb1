/** Calls of Vault's API that no client of VaultPki may make: method and path. */
import { CANARY_MOUNT, canaryPath } from "../../provider/vault/snapshot/canary-path";

export const PKI = "pki_private_issuer";
export const SIGN = `${PKI}/sign/server`;
export const SNAPSHOT = "sys/storage/raft/snapshot";
/** The one entry that whoever takes snapshots writes and reads. */
export const CANARY = canaryPath(CANARY_MOUNT);

/** What issues or changes the authority. */
const ISSUING: readonly (readonly [method: string, path: string])[] = [
    ...["issue/server", "sign/other", "sign-verbatim", "sign-verbatim/server", "issuer/default/sign/server"],
    ...["issuer/default/issue/server", "issuer/default/sign-verbatim", "issuer/default/sign-intermediate"],
    ...["root/generate/internal", "root/generate/exported", "root/rotate/internal", "root/sign-intermediate"],
    ...["root/sign-self-issued", "intermediate/generate/internal", "intermediate/generate/exported"],
    ...["intermediate/set-signed", "issuers/generate/root/internal", "issuers/import/bundle", "config/ca"],
    ...["keys/generate/internal", "keys/generate/exported", "keys/import", "roles/server", "roles/other"],
    ...["issuer/default", "issuer/default/revoke", "config/urls", "config/crl", "config/cluster"],
    ...[
        "config/issuers",
        "config/keys",
        "config/auto-tidy",
        "config/acme",
        "revoke",
        "revoke-with-key",
        "tidy",
    ],
].map((path): readonly [string, string] => ["POST", `${PKI}/${path}`]);
/** What reads, reaches elsewhere, or rules the server. */
const READING_AND_RULING: readonly (readonly [method: string, path: string])[] = [
    ["GET", SIGN],
    ["DELETE", `${PKI}/root`],
    ["DELETE", `${PKI}/issuer/default`],
    ["DELETE", `${PKI}/roles/server`],
    ["GET", `${PKI}/roles/server`],
    ["LIST", `${PKI}/roles`],
    ["LIST", `${PKI}/certs`],
    ["LIST", `${PKI}/keys`],
    ["GET", `${PKI}/crl/rotate`],
    ["GET", "secret/data/database"],
    ["POST", "secret/data/database"],
    ["LIST", "secret/metadata/"],
    ["DELETE", "secret/metadata/database"],
    ["DELETE", CANARY],
    ["GET", `${CANARY}s`],
    ["POST", `${CANARY}s`],
    ["POST", `${CANARY_MOUNT}/other`],
    ["LIST", `${CANARY_MOUNT}/`],
    ["DELETE", `sys/mounts/${CANARY_MOUNT}`],
    ["POST", `sys/mounts/${CANARY_MOUNT}/tune`],
    ["POST", "sys/storage/raft/snapshot-force"],
    ["POST", SNAPSHOT],
    ["GET", "sys/storage/raft/configuration"],
    ["POST", "sys/storage/raft/remove-peer"],
    ["PUT", "sys/step-down"],
    ["PUT", "sys/seal"],
    ["POST", "sys/mounts/other"],
    ["DELETE", `sys/mounts/${PKI}`],
    ["POST", `sys/mounts/${PKI}/tune`],
    ["POST", "sys/remount"],
    ["POST", "sys/auth/other"],
    ["DELETE", "sys/auth/approle"],
    ["GET", `sys/policies/acl/${PKI}-cert-manager`],
    ["PUT", `sys/policies/acl/${PKI}-cert-manager`],
    ["GET", "sys/audit"],
    ["POST", "sys/wrapping/wrap"],
    ["POST", "auth/token/create"],
    ["GET", "auth/token/lookup-self"],
    ["GET", "auth/approle/role/cert-manager"],
    ["GET", "auth/approle/role/cert-manager/role-id"],
    ["POST", "auth/approle/role/cert-manager"],
    ["POST", "auth/approle/role/cert-manager/secret-id"],
    ["POST", "auth/approle/role/snapshot/secret-id"],
    ["POST", "auth/approle/role/drill/secret-id"],
    ["LIST", "identity/entity/id"],
];

/** What lists names: whoever takes a snapshot says what a restored server must have, and a drill looks for it there. */
export const INVENTORY = [
    ["GET", "sys/mounts"],
    ["GET", "sys/auth"],
    ["LIST", "sys/policies/acl"],
] as const;

/** All of them; each of the clients has more, which are the other's. */
export const FORBIDDEN = [...ISSUING, ...READING_AND_RULING];
