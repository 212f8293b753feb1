/** The one call that makes a cluster, `sys/init`: what is proven before it, and what is said where its answer is lost. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { PortcullisError } from "../errors";
import type { VaultServer } from "./client";
import { MAKE_ROOT, sealStatusOf } from "./condition";
import { VaultRefusal, VaultUnreachable } from "./errors";
import type { VaultInitializationInputs } from "./initialization-inputs";
import { readPgpKey, refuseUnusableKeys } from "./pgp";
import type { Delivery } from "./record";
import { openShareSecrets } from "./share-secrets";

/** A cluster that was just made. */
export interface Initialised {
    readonly rootToken: string;
    readonly delivery: Delivery;
    /** Marks the secrets that hold the shares as this very cluster's; absent where no secret does. */
    readonly attempt?: string | undefined;
    /** The shares that could not be delivered went with the run; there is nobody else who has them. */
    readonly lost?: unknown;
}

const initSchema = z.object({
    root_token: z.string().min(1),
    recovery_keys_base64: z.array(z.string().min(1)),
});

const INIT = "sys/init";

/**
 * Initialises the cluster. Before that, something is encrypted to every PGP key, or every secret is made and written to.
 * @param before the mark of the last try, whose cluster is gone: secrets that bear it are written again
 * @throws PortcullisError before anything was made; or, where it was made and its answer is lost, saying so
 */
export async function initialise(
    server: VaultServer,
    inputs: VaultInitializationInputs,
    before: string | undefined,
    now: Date,
): Promise<Initialised> {
    const { pgpKeys, secretsManager, owner, address } = inputs;
    const { recoveryShares: shares = 5, recoveryThreshold: threshold = 3 } = inputs;
    await refuseUnusableKeys(pgpKeys ?? [], inputs.product, now);
    const secrets = secretsManager && (await openShareSecrets(secretsManager, shares));
    await secrets?.prepare(owner, before);

    const { root_token: rootToken, recovery_keys_base64: keys } = await initOnce(server, address, {
        recovery_shares: shares,
        recovery_threshold: threshold,
        ...(pgpKeys === undefined ? {} : { recovery_pgp_keys: pgpKeys }),
    });
    const short = keys.length === shares ? undefined : otherNumber(keys.length, shares);
    if (secrets === undefined) {
        const pgpFingerprints = (pgpKeys ?? []).map((key) => readPgpKey(key).fingerprint);
        return { rootToken, delivery: { encryptedShares: keys, pgpFingerprints }, lost: short };
    }
    const made = { rootToken, delivery: { shareSecrets: secrets.names }, attempt: randomUUID() };
    try {
        await secrets.deliver(keys, made.attempt);
        return { ...made, lost: short };
    } catch (error) {
        return { ...made, lost: error };
    }
}

/** The server has not made as many shares as it was asked for. */
function otherNumber(made: number, asked: number): PortcullisError {
    return new PortcullisError({
        code: "ServiceError",
        property: "recoveryShares",
        problem: `The server answered with ${made} recovery shares where it was asked for ${asked}; those that there are were kept.`,
        remedy: EMPTY_REMEDY,
    });
}

async function initOnce(
    server: VaultServer,
    address: string,
    body: object,
): Promise<z.output<typeof initSchema>> {
    try {
        return (await server.call("POST", INIT, initSchema, { body, once: true })).data;
    } catch (error) {
        const isUnsure = error instanceof VaultUnreachable ? error.maySent : error instanceof VaultRefusal;
        if (!isUnsure) throw error;
        const isMade = await hasBecomeInitialised(server).catch(() => {
            throw unsure(address, error);
        });
        throw isMade ? sharesLost(address, error) : error;
    }
}

/** Whether a call that may still be in work has initialised the cluster after all. */
async function hasBecomeInitialised(server: VaultServer): Promise<boolean> {
    for (let asked = 0; asked < 5; asked += 1) {
        if ((await sealStatusOf(server)).initialized) return true;
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    return false;
}

/**
 * Whether no node says that the cluster is initialised: asked as many times as there are nodes, over connections of their
 * own, for behind a load balancer one that has not joined yet says so of a cluster that lives.
 */
export async function isUninitialised(server: VaultServer, nodes: number): Promise<boolean> {
    for (let asked = 0; asked < nodes; asked += 1)
        if ((await sealStatusOf(server, true)).initialized) return false;
    return true;
}

const EMPTY_REMEDY =
    "The cluster holds nothing yet: empty its nodes' storage (on AWS, replace its instances all at once), and run again.";

/** The call was sent, and nobody answers any more. */
function unsure(address: string, cause: unknown): PortcullisError {
    return new PortcullisError({
        code: "Unreachable",
        property: "address",
        problem: `The answer to POST ${INIT} at ${address} did not come, and nothing answers there any more: the cluster may have been initialised.`,
        remedy: "Run again once it answers: that run initialises it, or says that it was and what to do.",
        cause,
    });
}

/** Nobody has this cluster's shares, nor its root token. */
export function sharesLost(address: string, cause: unknown): PortcullisError {
    return new PortcullisError({
        code: "ServiceError",
        property: "address",
        problem: `The cluster at ${address} was initialised, and the answer with its recovery shares and its root token is lost: nobody has them.`,
        remedy: EMPTY_REMEDY,
        cause,
    });
}

/**
 * Not all shares got to their holders: to Secrets Manager, and they are in no state, where they would be readable for
 * ever; or the server has not made as many as it was asked for.
 */
export function sharesUndelivered(address: string, cause?: unknown): PortcullisError {
    const why = cause instanceof Error ? ` (${cause.message})` : "";
    return new PortcullisError({
        code: "ServiceError",
        property: cause instanceof PortcullisError ? (cause.property ?? "secretsManager") : "secretsManager",
        problem: `The cluster at ${address} was initialised, and its recovery shares could not all be delivered${why}: those that were not are lost.`,
        remedy: `${EMPTY_REMEDY} Where secrets were made for them, these are used again.`,
        cause,
    });
}

/** Initialised, but nobody at hand can enter it. */
export function stranded(inputs: VaultInitializationInputs, cause: unknown): PortcullisError {
    const { address, secretsManager } = inputs;
    const holders =
        secretsManager === undefined
            ? "the holders of the recovery shares"
            : `whoever may read the secrets ${secretsManager.prefix}-1 and so on`;
    return new PortcullisError({
        code: "Lockout",
        property: "administrators",
        problem: `The cluster at ${address} is initialised already, and the administrator whose certificate is at hand cannot sign in. Nothing was changed.`,
        remedy: `Where a first run of this program was interrupted and the cluster holds nothing, empty its nodes' storage and run again. Otherwise have ${holders} ${MAKE_ROOT} and say \`adopt: true\`, and run again: the administrators are written, and the token is revoked.`,
        cause,
    });
}
