/** From a cluster that is initialised to one that is run by its administrators: each step may be the first of this run. */
import { sameJson } from "../changes";
import { PortcullisError } from "../errors";
import { administratorsToRemove, lastOneGoes, roleNameOf, type Administrator } from "./administrators";
import type { VaultServer } from "./client";
import { isUnanswered, refusalFor, sealStatusOf } from "./condition";
import {
    configure,
    letAdministratorsIn,
    removeAdministrator,
    removeNodeRole,
    removeOthers,
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

/** What a run knows of the initialisation that it, or the one before it, has made. */
export interface Known extends Delivery {
    readonly rootToken?: string | undefined;
    readonly lost?: boolean | undefined;
    readonly cause?: unknown;
    /** Whether it was made in this very run: another node may not have heard of the token yet. */
    readonly isNew?: boolean | undefined;
}

export interface Finishing {
    readonly server: VaultServer;
    readonly inputs: VaultInitializationInputs;
    /** Who takes the root token's place. */
    readonly holder: Administrator;
    /** Absent where the cluster was found initialised. */
    readonly known?: Known | undefined;
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
    let isOurs = known !== undefined || record?.owner === inputs.owner;
    if (root !== undefined) {
        refuseForeign(record, work);
        // First of all, so that the rest is in the log.
        await writeAuditDevices(root, inputs);
        // Before anybody can sign in: whoever does finds what a run that was killed has left.
        await ensureRecordMount(root);
        record = { ...record, ...deliveryOf(known), ...begun(inputs, root) };
        await writeRecord(root, record);
        await letAdministratorsIn(root, inputs);
    }
    const session = await enter(work, root);
    if (root === undefined) {
        record = await readRecord(session);
        refuseForeign(record, work);
        isOurs ||= record?.owner === inputs.owner;
        await ensureRecordMount(session);
    }
    await proveRights(session);
    await configure(session, inputs);
    // What is taken over keeps whoever it lets in.
    if (isOurs && !inputs.adopt) await removeOthers(session, inputs);
    if (root !== undefined) await revokeRoot(root);
    else if (record?.complete === false && record.rootAccessor !== undefined)
        await revokeByAccessor(session, record.rootAccessor);
    const delivery = deliveryOf({ ...record, ...deliveryOf(known) });
    await writeRecord(session, { ...delivery, owner: inputs.owner, complete: true });
    const { cluster_name: clusterName, cluster_id: clusterId } = await sealStatusOf(server);
    await signOut(session);
    return { ...inputs, ...delivery, clusterName, clusterId, condition: "ready", drifted: [] };
}

function begun({ owner }: VaultInitializationInputs, { accessor }: RootSession): InitializationRecord {
    return { owner, complete: false, rootAccessor: accessor };
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
    if (known !== undefined || inputs.adopt || record?.owner === inputs.owner) return;
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

/**
 * Brings a finished cluster in line with new inputs. Administrators go last, and only when one that stays was seen to
 * sign in, or stayed as the last deployment left it; a change that shuts out whoever makes it is taken back.
 */
export async function follow(
    session: Session,
    last: VaultInitializationInputs,
    inputs: VaultInitializationInputs,
    present: Administrator | undefined,
): Promise<void> {
    const gone = administratorsToRemove(last.administrators, inputs.administrators, present);
    await ensureRecordMount(session);
    const record = await readRecord(session);
    await configure(session, inputs);
    if (present !== undefined) await seeSignIn(session, present, last.administrators, inputs);
    for (const one of gone) await removeAdministrator(session, one);
    if (last.node !== undefined && inputs.node === undefined) await removeNodeRole(session);
    if (record?.owner !== inputs.owner)
        await writeRecord(session, { ...record, owner: inputs.owner, complete: true });
}

async function seeSignIn(
    session: Session,
    present: Administrator,
    before: readonly Administrator[],
    { administrators }: VaultInitializationInputs,
): Promise<void> {
    try {
        await signOut(await signIn(session.server, [roleNameOf(present)], SETTLING_MS));
    } catch (error) {
        if (!isRefusedLogin(error)) throw error;
        const touched = before.filter((each) => !administrators.some((other) => sameJson(each, other)));
        for (const one of before) await writeAdministrator(session, one);
        throw lastOneGoes(touched.length > 0 ? touched : [present]);
    }
}
