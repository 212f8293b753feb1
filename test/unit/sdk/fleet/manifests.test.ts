import { expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";
import { manifestsOf, manifestsText } from "../../../../sdk/fleet/manifests";
import { parseFleet, type FleetDescription } from "../../../../sdk/fleet/schema";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const git = { repo: "https://git.example.org/a.git", commit: COMMIT };
const secret = (name: string, key: string) => ({ type: "Secret", secret: { name, key } });

function manifests(given: FleetDescription) {
    return manifestsOf(parseFleet(given, "/"));
}

const labels = { "app.kubernetes.io/managed-by": "portcullis" };
const common = {
    projectRepo: git.repo,
    commit: COMMIT,
    serviceAccountName: "portcullis-fleet",
    workspaceReclaimPolicy: "Delete",
};

test("the account of the pods comes first, then the canaries, then those that wait for them", () => {
    const accounts = [{ name: "a" }, { name: "b", stack: "org/b" }, { name: "c" }];
    expect(manifests({ source: { git }, rollout: { canary: 2 }, accounts })).toEqual([
        {
            apiVersion: "v1",
            kind: "ServiceAccount",
            metadata: { name: "portcullis-fleet", namespace: "default", labels },
        },
        {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRoleBinding",
            metadata: { name: "default:portcullis-fleet:system:auth-delegator", labels },
            roleRef: {
                apiGroup: "rbac.authorization.k8s.io",
                kind: "ClusterRole",
                name: "system:auth-delegator",
            },
            subjects: [{ kind: "ServiceAccount", name: "portcullis-fleet", namespace: "default" }],
        },
        {
            apiVersion: "pulumi.com/v1",
            kind: "Stack",
            metadata: { name: "a", namespace: "default", labels },
            spec: { stack: "a", ...common },
        },
        {
            apiVersion: "pulumi.com/v1",
            kind: "Stack",
            metadata: { name: "b", namespace: "default", labels },
            spec: { stack: "org/b", ...common },
        },
        {
            apiVersion: "pulumi.com/v1",
            kind: "Stack",
            metadata: { name: "c", namespace: "default", labels },
            spec: { stack: "c", ...common, prerequisites: [{ name: "a" }, { name: "b" }] },
        },
    ]);
});

test("says everything that the fleet says; secrets by reference alone", () => {
    const [, , stack] = manifests({
        source: {
            git: {
                repo: git.repo,
                directory: "accounts",
                branch: "main",
                token: { name: "git", key: "token" },
            },
        },
        backend: "s3://state",
        secretsProvider: "awskms://alias/state",
        rollout: { canary: 0 },
        operator: { namespace: "gates", serviceAccount: "runner", image: "pulumi/pulumi:3.248.0-nonroot" },
        accounts: [
            {
                name: "a",
                config: {
                    region: "no",
                    "x:secretKey": { environment: "KEY", secretRef: { name: "x", key: "secretKey" } },
                },
                environment: {
                    AWS_REGION: "eu-west-1",
                    PASS: { secretRef: { name: "pulumi", key: "pass" } },
                },
            },
        ],
    });
    expect(stack?.spec).toEqual({
        stack: "a",
        backend: "s3://state",
        secretsProvider: "awskms://alias/state",
        projectRepo: git.repo,
        repoDir: "accounts",
        branch: "main",
        gitAuth: { accessToken: secret("git", "token") },
        config: { region: "no" },
        secretsRef: { "x:secretKey": secret("x", "secretKey") },
        envRefs: {
            AWS_REGION: { type: "Literal", literal: { value: "eu-west-1" } },
            PASS: secret("pulumi", "pass"),
        },
        serviceAccountName: "runner",
        workspaceReclaimPolicy: "Delete",
        workspaceTemplate: { spec: { image: "pulumi/pulumi:3.248.0-nonroot" } },
    });
});

test("is printed as documents that read back the same, by the rules of older YAML too", () => {
    const made = manifests({
        source: { git },
        accounts: [{ name: "on", config: { flag: "yes", number: "010", power: "1E5", date: "2026-01-01" } }],
    });
    for (const version of ["1.1", "1.2"] as const) {
        const read = parseAllDocuments(manifestsText(made), { version }).map(
            (each) => each.toJS() as unknown,
        );
        expect(read).toEqual(made);
    }
});

test.each<[what: string, given: FleetDescription, message: string]>([
    [
        "no repository",
        { source: { workDir: "." }, accounts: [{ name: "a" }] },
        "The operator checks its program out of a repository, and the fleet names none. Give `source.git` with `repo` and `commit`.",
    ],
    [
        "a backend in the pod",
        { source: { git }, backend: "file://~", accounts: [{ name: "a" }] },
        "A `file://` backend would be gone with the pod that wrote it. Name a backend that the cluster reaches.",
    ],
    [
        "secrets that only the driver could read",
        {
            source: { git },
            accounts: [
                { name: "a", config: { k: { environment: "K" } } },
                { name: "b", environment: { P: { file: "p" } } },
            ],
        },
        "The operator reads secrets from Secrets of its cluster alone, and these name none: a.config.k, b.environment.P. " +
            "Give each a `secretRef` with `name` and `key`.",
    ],
])("refuses %s", (_, given, message) => {
    expect(() => manifests(given)).toThrow(message);
});
