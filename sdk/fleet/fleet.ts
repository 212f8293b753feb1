/** What a fleet is: one stack an account, all of one program, with what differs between them. */

/** A key of a Kubernetes Secret, in the namespace of the Stack that refers to it. */
export interface SecretKeyRef {
    readonly name: string;
    readonly key: string;
}

/**
 * Where a secret is read from, at least one of these. The driver reads `environment` or `file`, the operator
 * `secretRef`. The secret itself never stands in a fleet file.
 */
export interface SecretReference {
    /** A variable of the driver's own environment. */
    readonly environment?: string | undefined;
    /** A file, absolute or from the fleet file's folder; one line end at its end is no part of the secret. */
    readonly file?: string | undefined;
    readonly secretRef?: SecretKeyRef | undefined;
}

/** A string stands as it is; anything else is secret. */
export type FleetValue = string | SecretReference;

export interface FleetAccount {
    /** Names the account in all that is said about it, and its Stack object. */
    readonly name: string;
    /** As Pulumi knows it: `stack`, `organisation/stack` or `organisation/project/stack`. */
    readonly stack: string;
    /** The stack's configuration by full key. */
    readonly config: Readonly<Record<string, FleetValue>>;
    /** Variables of the environment of the engine, the program and its providers. */
    readonly environment: Readonly<Record<string, FleetValue>>;
}

/** The source that the operator checks out. */
export interface GitSource {
    readonly repo: string;
    /** The folder of Pulumi.yaml in it; its root unless given. */
    readonly directory?: string | undefined;
    /** The full hash of the commit. */
    readonly commit?: string | undefined;
    /** In place of a commit, for fleets without canaries. */
    readonly branch?: string | undefined;
    /** The access token for a private repository. */
    readonly token?: SecretKeyRef | undefined;
}

export interface FleetSource {
    /** The folder of Pulumi.yaml, absolute: for the driver. */
    readonly workDir?: string | undefined;
    /** A module whose default export is the program, as a function; absolute. The driver then needs no language host. */
    readonly program?: string | undefined;
    /** For the operator. */
    readonly git?: GitSource | undefined;
}

/** How a change goes over the accounts. */
export interface RolloutRules {
    /** The first so many accounts go alone; the rest begins once all of them succeeded. */
    readonly canary: number;
    /** How many failed accounts end the rollout: nothing is begun after. */
    readonly stopAfter: number;
    /** Tries after the first, of an account whose failure may pass by itself. */
    readonly retries: number;
    /** How many accounts are in work at once; the number of processors unless given. */
    readonly parallel?: number | undefined;
}

export interface OperatorSettings {
    readonly namespace: string;
    /** Of the pods in which the engine runs. */
    readonly serviceAccount: string;
    /** Of the pods in which the engine runs; the operator's own choice unless given. */
    readonly image?: string | undefined;
}

export interface Fleet {
    readonly source: FleetSource;
    /** The URL of Pulumi's backend; that of the environment or of `pulumi login` unless given. */
    readonly backend?: string | undefined;
    /** What encrypts the stacks' secrets: a passphrase, or the URL of a key service. */
    readonly secretsProvider?: string | undefined;
    readonly rollout: RolloutRules;
    readonly operator: OperatorSettings;
    readonly accounts: readonly FleetAccount[];
}

/** Fills `${account}` with the account's name, `${ACCOUNT}` with it as names of variables are spelt. */
export function fillIn(text: string, account: string): string {
    const upper = account.toUpperCase().replaceAll("-", "_");
    return text.replaceAll("${account}", account).replaceAll("${ACCOUNT}", upper);
}
