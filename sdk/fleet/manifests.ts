/** A fleet as objects for the Pulumi Kubernetes Operator (version 2): a Stack for each account, and who runs them. */
import { stringify } from "yaml";
import { PortcullisError } from "../../provider/errors";
import type { Fleet, FleetAccount, FleetValue, GitSource, SecretKeyRef } from "./fleet";

/** An object of Kubernetes. */
export interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly labels?: Readonly<Record<string, string>>;
    };
    readonly [field: string]: unknown;
}

const LABELS = { "app.kubernetes.io/managed-by": "portcullis" };

/**
 * The objects in the order in which they are to be applied. The canaries are the first Stacks, and every other Stack
 * has them as prerequisites: the operator begins it once they have succeeded with what was last applied.
 * @throws PortcullisError (InvalidInput) naming whatever the operator could not read.
 */
export function manifestsOf(fleet: Fleet): readonly Manifest[] {
    const git = usable(fleet);
    const canaries = fleet.accounts.slice(0, fleet.rollout.canary);
    const prerequisites = canaries.map(({ name }) => ({ name }));
    return [
        ...permissions(fleet),
        ...fleet.accounts.map((account, index) =>
            stackOf(fleet, git, account, index < canaries.length ? [] : prerequisites),
        ),
    ];
}

/** As `kubectl apply -f` reads them. Texts that older YAML takes for something else are quoted. */
export function manifestsText(manifests: readonly Manifest[]): string {
    return manifests
        .map((manifest) => `---\n${stringify(manifest, { version: "1.1", lineWidth: 0 })}`)
        .join("");
}

/** The account of the pods, which the operator makes one a stack; they ask the API server who may talk to them. */
function permissions({ operator: { namespace, serviceAccount: name } }: Fleet): readonly Manifest[] {
    const delegator = "system:auth-delegator";
    return [
        { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels: LABELS } },
        {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRoleBinding",
            metadata: { name: `${namespace}:${name}:${delegator}`, labels: LABELS },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: delegator },
            subjects: [{ kind: "ServiceAccount", name, namespace }],
        },
    ];
}

function stackOf(
    fleet: Fleet,
    git: GitSource,
    account: FleetAccount,
    prerequisites: readonly { readonly name: string }[],
): Manifest {
    const { backend, secretsProvider, operator } = fleet;
    const config = Object.entries(account.config);
    const plain = config.filter(([, value]) => typeof value === "string");
    const secret = config.filter(([, value]) => typeof value !== "string");
    const environment = Object.entries(account.environment);
    return {
        apiVersion: "pulumi.com/v1",
        kind: "Stack",
        metadata: { name: account.name, namespace: operator.namespace, labels: LABELS },
        spec: {
            stack: account.stack,
            ...(backend !== undefined && { backend }),
            ...(secretsProvider !== undefined && { secretsProvider }),
            projectRepo: git.repo,
            ...(git.directory !== undefined && { repoDir: git.directory }),
            ...(git.commit !== undefined && { commit: git.commit }),
            ...(git.branch !== undefined && { branch: git.branch }),
            ...(git.token !== undefined && { gitAuth: { accessToken: fromSecret(git.token) } }),
            ...(plain.length > 0 && { config: Object.fromEntries(plain) }),
            ...(secret.length > 0 && { secretsRef: references(secret) }),
            ...(environment.length > 0 && { envRefs: references(environment) }),
            ...(prerequisites.length > 0 && { prerequisites }),
            serviceAccountName: operator.serviceAccount,
            // Else the pods of all accounts would stay after their stacks are done.
            workspaceReclaimPolicy: "Delete",
            ...(operator.image !== undefined && { workspaceTemplate: { spec: { image: operator.image } } }),
        },
    };
}

function references(values: readonly (readonly [string, FleetValue])[]): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
        values.map(([key, value]): [string, unknown] => {
            if (typeof value === "string") return [key, { type: "Literal", literal: { value } }];
            // Its absence was refused before.
            return [key, value.secretRef === undefined ? undefined : fromSecret(value.secretRef)];
        }),
    );
}

function fromSecret({ name, key }: SecretKeyRef) {
    return { type: "Secret", secret: { name, key } };
}

/** What the operator checks out, once everything is there that it needs. */
function usable({ source: { git }, backend, accounts }: Fleet): GitSource {
    if (git === undefined) {
        throw refused(
            "source.git",
            "The operator checks its program out of a repository, and the fleet names none.",
            "Give `source.git` with `repo` and `commit`.",
        );
    }
    if (backend?.startsWith("file:") === true) {
        throw refused(
            "backend",
            "A `file://` backend would be gone with the pod that wrote it.",
            "Name a backend that the cluster reaches.",
        );
    }
    const unread = accounts.flatMap(({ name, config, environment }) =>
        Object.entries({ config, environment }).flatMap(([kind, values]) =>
            Object.entries(values).flatMap(([key, value]) =>
                typeof value === "string" || value.secretRef !== undefined ? [] : [`${name}.${kind}.${key}`],
            ),
        ),
    );
    const [first] = unread;
    if (first === undefined) return git;
    throw refused(
        first,
        `The operator reads secrets from Secrets of its cluster alone, and these name none: ${unread.join(", ")}.`,
        "Give each a `secretRef` with `name` and `key`.",
    );
}

function refused(property: string, problem: string, remedy: string): PortcullisError {
    return new PortcullisError({ code: "InvalidInput", property, problem, remedy });
}
