/** What the cluster itself keeps of its initialisation, so that a run that was killed is continued by the next. */
import { z } from "zod";
import { PortcullisError } from "../errors";
import { nothing } from "./client";
import { VaultRefusal } from "./errors";
import { RECORD_MOUNT } from "./policies";
import type { Session } from "./session";

/** Where the shares are, and to whom they are encrypted; none of it opens anything. */
export interface Delivery {
    /** By the order of the keys: each encrypted to its holder, in base64. */
    readonly encryptedShares?: readonly string[] | undefined;
    /** Of the keys, in the same order. */
    readonly pgpFingerprints?: readonly string[] | undefined;
    /** The names of the secrets that hold one share each. */
    readonly shareSecrets?: readonly string[] | undefined;
}

/** The delivery alone, without what else is there. */
export function deliveryOf({ encryptedShares, pgpFingerprints, shareSecrets }: Delivery = {}): Delivery {
    return {
        ...(encryptedShares && { encryptedShares }),
        ...(pgpFingerprints && { pgpFingerprints }),
        ...(shareSecrets && { shareSecrets }),
    };
}

export interface InitializationRecord extends Delivery {
    /** Who initialised the cluster, as `<project>/<stack> <name>`. */
    readonly owner: string;
    /** Whether everything was done, the end of the root token among it. */
    readonly complete: boolean;
    /** Names the root token that is to be revoked, without being it. */
    readonly rootAccessor?: string | undefined;
}

const PATH = `${RECORD_MOUNT}/initialization`;

const recordSchema = z.object({
    owner: z.string(),
    complete: z.boolean(),
    rootAccessor: z.string().optional(),
    encryptedShares: z.array(z.string()).optional(),
    pgpFingerprints: z.array(z.string()).optional(),
    shareSecrets: z.array(z.string()).optional(),
});

const answerSchema = z.object({ data: recordSchema }).or(z.object({ errors: z.array(z.unknown()) }));

/** Nothing where the cluster was not initialised by this package, or a run was killed before it got here. */
export async function readRecord({ server, token }: Session): Promise<InitializationRecord | undefined> {
    const { data } = await server.call("GET", PATH, answerSchema, { token, accept: [404] });
    return "data" in data ? data.data : undefined;
}

export async function writeRecord({ server, token }: Session, record: InitializationRecord): Promise<void> {
    await server.call("POST", PATH, nothing, {
        token,
        body: record,
        // A mount takes a moment to be known to every node.
        soonOver: [404],
    });
}

const mountSchema = z.object({ data: z.object({ type: z.string() }) });

/** Makes the secrets engine that holds the record, where it is not there. */
export async function ensureRecordMount({ server, token }: Session): Promise<void> {
    const path = `sys/mounts/${RECORD_MOUNT}`;
    try {
        await server.call("POST", path, nothing, {
            token,
            body: {
                type: "kv",
                description: "pulumi-portcullis: how this cluster was initialised",
                options: { version: "1" },
            },
        });
    } catch (error) {
        if (!isTaken(error)) throw error;
        const { data } = await server.call("GET", path, mountSchema, { token });
        if (data.data.type !== "kv") throw mountTaken(data.data.type);
    }
}

/** Whether something is mounted at that path already. */
export function isTaken(error: unknown): boolean {
    return (
        error instanceof VaultRefusal &&
        error.status === 400 &&
        error.words.some((text) => text.includes("path is already in use"))
    );
}

function mountTaken(type: string): PortcullisError {
    return new PortcullisError({
        code: "AmbiguousMatch",
        problem: `The cluster has another secrets engine (${type}) at ${RECORD_MOUNT}/, where its record belongs.`,
        remedy: "Move that one (`bao secrets move`), and run again.",
    });
}
