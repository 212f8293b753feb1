/** Objects of Kubernetes as they are applied. */

/** The name of an object, and what else is said of it. */
export interface Metadata {
    readonly name: string;
    /** Absent where the kind belongs to the whole cluster. */
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
}

export interface KubernetesObject {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: Metadata;
    readonly spec: Readonly<Record<string, unknown>>;
}
