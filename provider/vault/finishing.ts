/** From a cluster that is initialised to one that is run by its administrators: each step may be the first of this run. */
import { PortcullisError } from "../errors";
import {
    administratorsToRemove,
    lastOneGoes,
    roleNameOf,
    touchedBy,
    type Administrator,
} from "./administrators";
import type { VaultServer } from "./client";
import { isUnanswered, refusalFor, sealStatusOf } from "./condition";
import {
    configure,
    letAdministratorsIn,
    removeAdministrator,
    removeNodeRole,
    removeOthers,
    UNDECLARED,
    writeAdministrator,
    writeAuditDevices,
} from "./configuring";
import { VaultRefusal } from "./errors";
import type { VaultInitializationState } from "./initialization";
import { sharesUndelivered, stranded } from "./initialising";
import type { VaultInitializationInputs } from "./initialization-inputs";
import {
    deliveryOf,
    ensureRecordMount,
    readRecord,
    writeRecord,
    type Delivery,
    type InitializationRecord,
} from "./record";
import { revokeByAccessor, revokeRoot, rootSession, type RootSession } from "./root-token";
import { isRefusedLogin, proveRights, rolesOf, SETTLING_MS, signIn, signOut, type Session } from "./session";
import { endTokensOf } from "./tokens";

/** What a run knows of the initialisation that it, or the one before it, has made. */
export interface Known extends Delivery {
    readonly rootToken?: string | undefined;
    readonly lost?: boolean | undefined;
    readonly cause?: unknown;
    /** Whether it was made in this very run: another node may not have heard of the token yet. */
    readonly isNew?: boolean | undefined;
    /** Whether the cluster that answers has been told to be the one that was initialised, by its own identity. */
    readonly isSame?: boolean | undefined;
    /** Who the last run was, where the program has another name now. */
    readonly owner?: string | undefined;
    /** See `VaultInitializationState`. */
    readonly clusterId?: string | undefined;
    /** See `Unfinished`. */
    readonly attempt?: string | undefined;
}

export interface Finishing {
    readonly server: VaultServer;
    readonly inputs: VaultInitializationInputs;
    /** Who takes the root token's place. */
    readonly holder: Administrator;
    /** Absent where the cluster was found initialised. */
    readonly known?: Known | undefined;
    /** Used where there is no other way in; revoked at the end, also where it was not needed. */
    readonly recoveryToken?: string | undefined;
}

/**
 * Finishes an initialisation, or takes over a cluster that is finished.
 *
 * Root only lets administrators in; all else is done by one of them, who so is seen to have the rights before the root
 * token goes. Nothing is done twice that matters: every write says what should be, whatever is there.
 */
export async function finish(work: Finishing): Promise<VaultInitializationState> {
    const { server, inputs, known } = work;
    if (known?.lost === true) throw sharesUndelivered(inputs.address, known.cause);
    const root = await rootAtHand(work);
    let record = root && (await readRecord(root));
    if (root !== undefined) {
        if (root.token !== known?.rootToken) refuseForeign(record, work);
        // First of all, so that the rest is in the log.
        await writeAuditDevices(root, inputs);
        // Before anybody can sign in: whoever does finds what a run that was killed has left.
        await ensureRecordMount(root);
        // The record names one token: an earlier one that a killed run has left ends before it is forgotten.
        if (record?.rootAccessor !== undefined && record.rootAccessor !== root.accessor)
            await revokeByAccessor(root, record.rootAccessor);
        record = { ...record, ...deliveryOf(known), ...begun(inputs, root) };
        await writeRecord(root, record);
        await letAdministratorsIn(root, inputs);
    }
    const session = await enter(work, root);
    if (root === undefined) {
        record = await readRecord(session);
        refuseForeign(record, work);
        await ensureRecordMount(session);
    }
    await proveRights(session);
    await configure(session, inputs);
    // What is taken over keeps whoever it lets in.
    if (!inputs.adopt) await removeOthers(session, inputs);
    if (root !== undefined) await revokeRoot(root);
    else if (record?.rootAccessor !== undefined) await revokeByAccessor(session, record.rootAccessor);
    await revokeSpare(server, work.recoveryToken);
    const delivery = deliveryOf({ ...record, ...deliveryOf(known) });
    await writeRecord(session, { ...delivery, owner: inputs.owner, complete: true });
    const { cluster_name: clusterName, cluster_id: clusterId } = await sealStatusOf(server);
    await signOut(session);
    return { ...inputs, ...delivery, clusterName, clusterId, condition: "ready", drifted: [] };
}

function begun({ owner }: VaultInitializationInputs, { accessor }: RootSession): InitializationRecord {
    return { owner, complete: false, rootAccessor: accessor };
}

/** Revokes a root token that the holders of the shares made and that nobody needs any more. */
async function revokeSpare(server: VaultServer, recoveryToken: string | undefined): Promise<void> {
    const spare = recoveryToken === undefined ? undefined : await rootSession(server, recoveryToken);
    if (spare !== undefined) await revokeRoot(spare);
}

/** A root token that works: that of the initialisation, or one that the holders of the shares have made. */
async function rootAtHand({ server, known, recoveryToken }: Finishing): Promise<RootSession | undefined> {
    if (known?.rootToken !== undefined) {
        const found = await rootSession(server, known.rootToken, known.isNew ? SETTLING_MS : 0);
        if (found !== undefined) return found;
    }
    return recoveryToken === undefined ? undefined : rootSession(server, recoveryToken);
}

async function enter({ server, inputs, holder }: Finishing, root: Session | undefined): Promise<Session> {
    try {
        // Root has just written the role; without root it is there for long, or not at all.
        return root === undefined
            ? await signIn(server.patient(SETTLING_MS), rolesOf(holder))
            : await signIn(server, [roleNameOf(holder)], SETTLING_MS);
    } catch (error) {
        if (isUnanswered(error) && error instanceof VaultRefusal)
            throw refusalFor(error.status === 503 ? "sealed" : "leaderless", inputs.address);
        if (!isRefusedLogin(error)) throw error;
        throw root === undefined ? stranded(inputs, error) : notAdmitted(holder, error);
    }
}

/** A cluster that this resource did not initialise is only taken over where the program says so. */
function refuseForeign(record: InitializationRecord | undefined, { inputs, known }: Finishing): void {
    if (known?.isSame === true || inputs.adopt) return;
    if (record !== undefined && [inputs.owner, known?.owner].includes(record.owner)) return;
    const by = record === undefined ? "not by this package" : `by "${record.owner}"`;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property: "adopt",
        problem: `The cluster at ${inputs.address} is initialised already, ${by}, and this program is "${inputs.owner}". Nothing was changed.`,
        remedy: "Correct `address`; or say `adopt: true` to take it over as it is: its policies, its administrators and autopilot's settings become what the program says.",
    });
}

function notAdmitted({ name }: Administrator, cause: unknown): PortcullisError {
    return new PortcullisError({
        code: "ProofFailed",
        property: "administrators",
        problem: `The administrator "${name}" is declared, and cannot sign in with the certificate at hand. The root token was not revoked.`,
        remedy: "Correct the administrator's certificate or authority, and run again: the stack's state keeps what is needed, encrypted.",
        cause,
    });
}

export interface Following {
    /** Of an administrator, as declared now or before. */
    readonly session: Session;
    readonly last: VaultInitializationInputs & Pick<VaultInitializationState, "drifted">;
    readonly inputs: VaultInitializationInputs;
    /** As whom of those declared now the run is made. */
    readonly present: Administrator | undefined;
    readonly now: Date;
    /** Nothing needs it any more: it is revoked. */
    readonly recoveryToken?: string | undefined;
}

/**
 * Brings a finished cluster in line with new inputs. Administrators go last, and only when one that stays was seen to
 * sign in, or stayed as the last deployment left it; a change that shuts out whoever makes it is taken back. Those whom
 * the program does not declare go where a refresh has shown them, and somebody declared was seen to sign in. What whoever
 * goes or is changed has signed in for ends at once.
 */
export async function follow(work: Following): Promise<void> {
    const { session, last, inputs, present, now } = work;
    const [before, wanted] = [last.administrators, inputs.administrators];
    const gone = administratorsToRemove(before, wanted, present, now);
    await ensureRecordMount(session);
    const record = await readRecord(session);
    await configure(session, inputs);
    if (present !== undefined) await seeSignIn(work, present);
    for (const one of gone) await removeAdministrator(session, one);
    await endTokensOf(session, touchedBy(before, wanted).map(roleNameOf));
    if (present !== undefined && !inputs.adopt && last.drifted.includes(UNDECLARED))
        await removeOthers(session, inputs);
    if (last.node !== undefined && inputs.node === undefined) await removeNodeRole(session);
    await endRoot(work, record);
    if (record?.owner !== inputs.owner || record.rootAccessor !== undefined)
        await writeRecord(session, { ...deliveryOf(record), owner: inputs.owner, complete: true });
}

/** The end of root tokens that a run which was cut off has left, once whoever signed in is seen to have the rights. */
async function endRoot(
    { session, recoveryToken }: Following,
    record: InitializationRecord | undefined,
): Promise<void> {
    if (record?.rootAccessor === undefined && recoveryToken === undefined) return;
    await proveRights(session);
    if (record?.rootAccessor !== undefined) await revokeByAccessor(session, record.rootAccessor);
    await revokeSpare(session.server, recoveryToken);
}

async function seeSignIn({ session, last, inputs, now }: Following, present: Administrator): Promise<void> {
    try {
        await signOut(await signIn(session.server, [roleNameOf(present)], SETTLING_MS));
    } catch (error) {
        if (!isRefusedLogin(error)) throw error;
        const touched = touchedBy(last.administrators, inputs.administrators);
        for (const one of last.administrators) await writeAdministrator(session, one);
        throw lastOneGoes(touched.length > 0 ? touched : [present], [], now);
    }
}
