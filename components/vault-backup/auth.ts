/** How the job that saves signs in to Vault: what is refused of it, and which files and settings it takes. */
import type * as pulumi from "@pulumi/pulumi";
import { durationOrUndefined, parseDuration } from "../../provider/duration";
import { goDuration } from "../../provider/kubernetes/durations";
import { isSubdomain } from "../../provider/kubernetes/names";
import type { CheckFailure } from "../../provider/resource";
import { isAuthMount, isRole } from "../../provider/vault/connection-faults";
import type { BackupAuthArgs } from "./args";

export type KnownAuth = pulumi.Unwrap<BackupAuthArgs>;
type KnownAppRole = Extract<KnownAuth, { appRole: unknown }>["appRole"];
type KnownKubernetes = Extract<KnownAuth, { kubernetes: unknown }>["kubernetes"];

/** @param under the property of the arguments */
export function authFailures(auth: KnownAuth, under = "auth"): readonly CheckFailure[] {
    const ways = ["appRole", "kubernetes"].filter((way) => way in auth);
    if (ways.length !== 1) {
        const problem = ways.length === 0 ? "Nothing says how to sign in" : "There are two ways to sign in";
        return [
            { property: under, reason: `${problem} to Vault. Give exactly one of appRole and kubernetes.` },
        ];
    }
    const mount = "appRole" in auth ? auth.appRole.mount : auth.kubernetes.mount;
    const failures: CheckFailure[] = [];
    if (mount !== undefined && !isAuthMount(mount)) {
        failures.push({
            property: `${under}.${ways.join("")}.mount`,
            reason: 'It is no path of an auth method. Write it without "auth/" and slashes around, as "approle".',
        });
    }
    return [
        ...failures,
        ...("appRole" in auth ? appRoleFailures(auth.appRole, under) : kubernetesFailures(auth.kubernetes)),
    ];
}

function appRoleFailures(args: KnownAppRole, under: string): readonly CheckFailure[] {
    const { secretStore, remoteKey, refreshInterval } = args;
    const { roleIdProperty = "role_id", secretIdProperty = "secret_id" } = args;
    const faults: readonly (readonly [boolean, string, string])[] = [
        [
            isSubdomain(secretStore.name),
            "secretStore.name",
            "It is no name of a store. Write lower-case letters, digits, hyphens and dots.",
        ],
        [
            ["SecretStore", "ClusterSecretStore"].includes(secretStore.kind ?? "SecretStore"),
            "secretStore.kind",
            'Give "SecretStore" or "ClusterSecretStore".',
        ],
        [remoteKey !== "", "remoteKey", "It is empty. Give the name of the secret in the store."],
        [roleIdProperty !== "", "roleIdProperty", 'It is empty. Leave it out for "role_id".'],
        [secretIdProperty !== "", "secretIdProperty", 'It is empty. Leave it out for "secret_id".'],
        [
            refreshInterval === undefined || durationOrUndefined(refreshInterval) !== undefined,
            "refreshInterval",
            'It is no duration. Write it as "1h".',
        ],
    ];
    return faults.flatMap(([fits, property, reason]) =>
        fits ? [] : [{ property: `${under}.appRole.${property}`, reason }],
    );
}

function kubernetesFailures({ role, audience }: KnownKubernetes): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    if (!isRole(role)) {
        failures.push({
            property: "auth.kubernetes.role",
            reason: "It is no role of Vault. Write letters, digits, hyphens, dots and underscores.",
        });
    }
    if (audience === "") {
        failures.push({
            property: "auth.kubernetes.audience",
            reason: 'It is empty, and the token would be good for the API server. Write it as "vault".',
        });
    }
    return failures;
}

/** Where the files are in the container, by the settings that name them. */
const SECRET = "/var/run/secrets/vault-approle";
const TOKEN = "/var/run/secrets/vault-token";
const ROLE_ID = "role-id";
const SECRET_ID = "secret-id";

/** What a container needs to sign in. */
export interface SignIn {
    readonly environment: Readonly<Record<string, string>>;
    readonly mountPath: string;
    /** The volume but for its name. */
    readonly volume:
        | { readonly secret: { readonly secretName: string; readonly defaultMode: number } }
        | { readonly projected: { readonly sources: readonly object[]; readonly defaultMode: number } };
}

/** @param secretName that of the secret which holds the AppRole's credentials */
export function signInOf(auth: KnownAuth, secretName: string): SignIn {
    if ("appRole" in auth) {
        return {
            environment: {
                PORTCULLIS_SNAPSHOT_ROLE_ID_FILE: `${SECRET}/${ROLE_ID}`,
                PORTCULLIS_SNAPSHOT_SECRET_ID_FILE: `${SECRET}/${SECRET_ID}`,
                PORTCULLIS_SNAPSHOT_AUTH_MOUNT: auth.appRole.mount ?? "approle",
            },
            mountPath: SECRET,
            volume: { secret: { secretName, defaultMode: 0o440 } },
        };
    }
    const { mount = "kubernetes", role, audience = "vault" } = auth.kubernetes;
    return {
        environment: {
            PORTCULLIS_SNAPSHOT_KUBERNETES_ROLE: role,
            PORTCULLIS_SNAPSHOT_KUBERNETES_TOKEN_FILE: `${TOKEN}/token`,
            PORTCULLIS_SNAPSHOT_AUTH_MOUNT: mount,
        },
        mountPath: TOKEN,
        volume: {
            projected: {
                // The shortest that Kubernetes gives: it is used once, at the start.
                sources: [{ serviceAccountToken: { audience, expirationSeconds: 600, path: "token" } }],
                defaultMode: 0o440,
            },
        },
    };
}

/** The spec of the ExternalSecret that fills the secret; undefined where none is needed. */
export function externalSecretSpec(auth: KnownAuth, secretName: string): object | undefined {
    if (!("appRole" in auth)) return undefined;
    const { secretStore, remoteKey: key, refreshInterval = "1h" } = auth.appRole;
    const { roleIdProperty = "role_id", secretIdProperty = "secret_id" } = auth.appRole;
    const from = (secretKey: string, property: string): object => ({
        secretKey,
        remoteRef: { key, property },
    });
    return {
        refreshInterval: goDuration(parseDuration(refreshInterval)),
        secretStoreRef: { name: secretStore.name, kind: secretStore.kind ?? "SecretStore" },
        target: { name: secretName, creationPolicy: "Owner" },
        data: [from(ROLE_ID, roleIdProperty), from(SECRET_ID, secretIdProperty)],
    };
}
