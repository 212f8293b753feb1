/** The VaultInitialization resource: a cluster from its first call to the end of its root token, and its way in after that. */
import { changedProperties, sameJson } from "../changes";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import { PartialFailure, type ResourceType } from "../resource";
import { administratorBy } from "./administrators";
import type { VaultServer } from "./client";
import {
    appliedIndexOf,
    conditionOf,
    isFine,
    knowsLeader,
    followsBeyond,
    healthOf,
    isUnanswered,
    refusalFor,
    sealStatusOf,
} from "./condition";
import type { Condition, Observation } from "./condition";
import { driftOf } from "./configuring";
import type { VaultAccess } from "./connect";
import { finish, follow, type Finishing, type Known } from "./finishing";
import { initialise, isUninitialised } from "./initialising";
import {
    initializationFailures,
    initializationSchema,
    RECOVERY_INPUTS,
    REMADE,
    withShares,
    type VaultInitializationInputs,
} from "./initialization-inputs";
import { deliveryOf, type Delivery } from "./record";
import { holderAtHand, isRefusedLogin, rolesOf, signIn, signOut, type Session } from "./session";

export type { VaultInitializationInputs } from "./initialization-inputs";

export interface VaultInitializationState extends VaultInitializationInputs, Delivery {
    /** As the cluster calls itself. Absent while unfinished. */
    readonly clusterName?: string | undefined;
    /** While unfinished absent where the cluster did not say it any more. */
    readonly clusterId?: string | undefined;
    readonly condition: Condition;
    /** What a refresh found to be otherwise than the program says. */
    readonly drifted: readonly string[];
    /**
     * Secret, and there only from an initialisation that was made until one that is finished: without the root token
     * the next run could not go on, and a cluster whose shares are spread already would have to be thrown away.
     */
    readonly unfinished?: Unfinished | undefined;
}

export interface Unfinished {
    readonly rootToken?: string | undefined;
    /** Shares are lost: the cluster, which is empty, has to be made again. */
    readonly lost?: boolean | undefined;
    /** Marks the secrets into which this initialisation has put its shares. */
    readonly attempt?: string | undefined;
}

/** How long a cluster that was just initialised may take to unseal and to elect, in ms. */
const STARTING_MS = 120_000;

export const vaultInitialization: ResourceType<
    VaultInitializationInputs,
    VaultInitializationState,
    VaultAccess
> = {
    token: "vault:VaultInitialization",

    check(inputs, _now, last) {
        const checked = checkInputs(initializationSchema, inputs, (planned) =>
            initializationFailures(planned, last),
        );
        return checked.failures.length > 0 ? checked : { ...checked, inputs: withShares(checked.inputs) };
    },

    diff(state, inputs) {
        const changed: string[] = changedProperties(state, inputs, [
            ...(["address", "serverName", "caCertificatePem", "product", "nodes", "owner"] as const),
            ...RECOVERY_INPUTS,
            ...(["administrators", "autopilot", "node", "auditDevices"] as const),
        ]);
        if (!isFine(state.condition)) changed.push("condition");
        if (state.drifted.length > 0) changed.push("drifted");
        if (state.unfinished !== undefined) changed.push("unfinished");
        return { changed, replaces: [] };
    },

    async create(inputs, { client, now }) {
        const holder = holderAtHand(inputs.administrators, client.identity, now());
        const server = client.open(inputs);
        try {
            const id = inputs.address;
            await refuseUnsuitable(server, inputs);
            if (!(await isUninitialised(server, inputs.nodes))) {
                const work = { server: server.patient(STARTING_MS), inputs, holder };
                return { id, state: await finish({ ...work, recoveryToken: client.recoveryToken }) };
            }
            return { id, state: await makeAndFinish(id, server, inputs, client, now()) };
        } finally {
            server.close();
        }
    },

    async read(id, state, { client, now }) {
        const server = client.open(state);
        try {
            const seal = await sealStatusOf(server);
            if (seal.initialized) refuseOtherCluster(state, seal.cluster_id);
            const { session, ...seen } = await observe(server, state, client, now(), seal);
            const condition = conditionOf(seen);
            const drifted =
                session !== undefined && condition === "ready" ? await driftOf(session, state) : [];
            if (session !== undefined && condition === "ready") await signOut(session);
            return { id, state: { ...state, condition, drifted } };
        } finally {
            server.close();
        }
    },

    async update(id, state, inputs, { client, now }) {
        refuseOtherRecovery(state, inputs);
        const server = client.open(inputs);
        try {
            const seal = await sealStatusOf(server);
            if (seal.initialized) refuseOtherCluster({ ...state, ...inputs }, seal.cluster_id);
            const isSame = state.clusterId !== undefined && state.clusterId === seal.cluster_id;
            if (state.unfinished !== undefined) {
                const holder = holderAtHand(inputs.administrators, client.identity, now());
                if (!isSame) refuseMoved(state, inputs);
                const isEmpty = !seal.initialized && (await isUninitialised(server, inputs.nodes));
                if (isEmpty) return await makeAndFinish(id, server, inputs, client, now(), state);
                const { owner, clusterId, unfinished } = state;
                const known = { ...deliveryOf(state), ...unfinished, owner, clusterId, isSame };
                const work = { server: server.patient(STARTING_MS), inputs, holder, known };
                return await keeping(id, server, known, { ...work, recoveryToken: client.recoveryToken });
            }
            const { session, ...seen } = await observe(server, state, client, now(), seal, inputs);
            const condition = conditionOf(seen);
            const isRescued = condition === "shut" && client.recoveryToken !== undefined;
            if (isRescued) {
                const holder = holderAtHand(inputs.administrators, client.identity, now());
                const known = { ...deliveryOf(state), owner: state.owner, isSame };
                return await finish({ server, inputs, holder, known, recoveryToken: client.recoveryToken });
            }
            if (!isFine(condition)) throw refusalFor(condition, inputs.address);
            if (session === undefined) {
                holderAtHand(inputs.administrators, client.identity, now());
                throw refusalFor("shut", inputs.address);
            }
            const present = presentOf(inputs, client, now());
            const { recoveryToken } = client;
            await follow({ session, last: state, inputs, present, now: now(), recoveryToken });
            await signOut(session);
            const { clusterName, clusterId } = state;
            return { ...inputs, ...deliveryOf(state), clusterName, clusterId, condition, drifted: [] };
        } finally {
            server.close();
        }
    },

    // A cluster is never destroyed from here: it is only forgotten. What runs it takes its nodes away.
    delete: () => Promise.resolve(),
};

/** Makes the cluster, and keeps what is known of it whatever happens after that. */
async function makeAndFinish(
    id: string,
    server: VaultServer,
    inputs: VaultInitializationInputs,
    { identity }: VaultAccess,
    now: Date,
    before?: VaultInitializationState,
): Promise<VaultInitializationState> {
    const holder = holderAtHand(inputs.administrators, identity, now);
    const { rootToken, delivery, attempt, lost } = await initialise(
        server,
        inputs,
        before?.unfinished?.attempt,
        now,
    );
    const made = { ...delivery, attempt, isNew: true, isSame: true };
    const known: Known = lost === undefined ? { ...made, rootToken } : { ...made, lost: true, cause: lost };
    return keeping(id, server, known, { server: server.patient(STARTING_MS), inputs, holder, known });
}

/** Finishes; where that fails, the error carries what the next run needs. */
async function keeping(
    id: string,
    server: VaultServer,
    { rootToken, lost, attempt, ...known }: Known,
    work: Finishing,
): Promise<VaultInitializationState> {
    try {
        return await finish(work);
    } catch (error) {
        // Asked once: what answers now is what this run has called all the time, if it answers at all.
        const clusterId = known.isSame
            ? (await sealStatusOf(server.patient(0)).catch(() => undefined))?.cluster_id
            : undefined;
        const unfinished = {
            ...(rootToken && { rootToken }),
            ...(lost && { lost }),
            ...(attempt && { attempt }),
        };
        const state = {
            ...work.inputs,
            ...deliveryOf(known),
            ...((clusterId ?? known.clusterId) && { clusterId: clusterId ?? known.clusterId }),
            condition: "ready" as const,
            drifted: [],
            unfinished,
        };
        throw new PartialFailure<VaultInitializationState>(id, state, error);
    }
}

/** What a node answers, and the session of an administrator where one could sign in. */
async function observe(
    server: VaultServer,
    state: VaultInitializationState,
    client: VaultAccess,
    now: Date,
    seal: { readonly initialized: boolean; readonly sealed: boolean },
    wanted?: VaultInitializationInputs,
): Promise<Observation & { readonly session?: Session | undefined }> {
    const { standby, removedFromCluster } = await healthOf(server);
    const seen = { ...seal, standby, removedFromCluster };
    if (!seal.initialized || seal.sealed || removedFromCluster) return { ...seen, signIn: "untried" };
    if (client.identity === undefined)
        return { ...seen, signIn: "untried", leader: !standby || (await knowsLeader(server)) };
    const holders = [wanted && presentOf(wanted, client, now), presentOf(state, client, now)];
    try {
        const index = await appliedIndexOf(server);
        const session = await signIn(server, rolesOf(...holders));
        const follows = !standby || (await followsBeyond(server, index));
        return { ...seen, session, signIn: "done", follows };
    } catch (error) {
        if (isRefusedLogin(error)) return { ...seen, signIn: "refused" };
        if (isUnanswered(error)) return { ...seen, signIn: "unanswered" };
        throw error;
    }
}

/** As whom of those declared the certificate at hand acts. */
function presentOf({ administrators }: VaultInitializationInputs, { identity }: VaultAccess, now: Date) {
    if (identity === undefined) return undefined;
    const found = administratorBy(administrators, identity.certificatePem, now);
    return "refusal" in found ? undefined : found;
}

async function refuseUnsuitable(server: VaultServer, { address }: VaultInitializationInputs): Promise<void> {
    if ((await sealStatusOf(server)).recovery_seal) return;
    throw new PortcullisError({
        code: "InvalidInput",
        property: "address",
        problem: `The node at ${address} does not unseal by itself: its configuration has no seal by a key service. Nothing was changed.`,
        remedy: 'Give its configuration a seal, as `seal "awskms"`: shares that only recover, and no node that waits for people.',
    });
}

function refuseOtherCluster(
    { clusterId, address }: VaultInitializationState,
    live: string | undefined,
): void {
    if (clusterId === undefined || live === undefined || live === clusterId) return;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property: "address",
        problem: `Another cluster (${live}) answers at ${address} than the one that this stack has initialised (${clusterId}). Nothing was changed.`,
        remedy: "Correct `address`, or the name or tunnel that leads there.",
    });
}

/** What the state keeps of an unfinished initialisation, its root token among it, is for the cluster where it was made. */
function refuseMoved(
    { address: before, clusterId }: VaultInitializationState,
    { address }: VaultInitializationInputs,
): void {
    if (address === before) return;
    const why = clusterId === undefined ? "cannot be told to be" : "is not";
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property: "address",
        problem: `The cluster at ${address} ${why} the one whose initialisation was begun at ${before} and is not finished. Nothing was changed.`,
        remedy: `Give ${before} as \`address\` for one more run, which finishes it, and the other after that. Where the cluster there is given up, with all that its shares open, \`pulumi up --replace\` with this resource's URN begins anew at ${address}.`,
    });
}

function refuseOtherRecovery(state: VaultInitializationState, inputs: VaultInitializationInputs): void {
    const property = RECOVERY_INPUTS.find((each) => !sameJson(state[each], inputs[each]));
    if (property === undefined) return;
    throw new PortcullisError({
        code: "InvalidInput",
        property,
        problem: `${property} differs from what the cluster was initialised with.`,
        remedy: REMADE,
    });
}
