/** An administrator's session: signed in by the client certificate, with rights that are seen and not presumed. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { PortcullisError } from "../errors";
import type { ClientIdentity, VaultServer } from "./client";
import { nothing } from "./client";
import { administratorBy, roleNameOf, type Administrator } from "./administrators";
import { VaultRefusal } from "./errors";
import { missingRights, NEEDED, RECORD_MOUNT } from "./policies";

/** Whoever has a token: an administrator, or root. */
export interface Session {
    readonly server: VaultServer;
    readonly token: string;
}

/** Another node may not have heard of what was just written. */
export const SETTLING_MS = 20_000;

/**
 * Who the certificate at hand makes an administrator, before anything is called.
 * @throws PortcullisError `InvalidConfiguration` where there is none, or it makes nobody one
 */
export function holderAtHand(
    administrators: readonly Administrator[],
    identity: ClientIdentity | undefined,
    now: Date,
): Administrator {
    const refuse = (problem: string, remedy: string): PortcullisError =>
        new PortcullisError({
            code: "InvalidConfiguration",
            property: "VAULT_CLIENT_CERT",
            problem: `${problem} Nothing was changed: the root token is only given up for an administrator who has been seen to sign in.`,
            remedy,
        });
    if (identity === undefined) {
        throw refuse(
            "No administrator's certificate is at hand.",
            "Set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY (or `portcullis:vaultClientCert` and `portcullis:vaultClientKey` in the stack's configuration) to the files of the certificate and the key of one of `administrators`.",
        );
    }
    const found = administratorBy(administrators, identity.certificatePem, now);
    if (!("refusal" in found)) return found;
    throw refuse(
        `The certificate at hand makes nobody an administrator: ${found.refusal}.`,
        "Name the files of a certificate that `administrators` declares, or declare it there.",
    );
}

const loginSchema = z.object({ auth: z.object({ client_token: z.string() }) });

/**
 * Signs in by the client certificate, under the first of the roles that takes it.
 * @param settlingMs how long a refusal may still be that of a node that has not heard of the role
 */
export async function signIn(
    server: VaultServer,
    roles: readonly (string | undefined)[],
    settlingMs = 0,
): Promise<Session> {
    let refusal: unknown;
    for (const role of roles) {
        try {
            const { data } = await server.call("POST", "auth/cert/login", loginSchema, {
                body: role === undefined ? {} : { name: role },
                ...(settlingMs > 0 ? { soonOver: [400, 403, 404], patienceMs: settlingMs } : {}),
            });
            return { server, token: data.auth.client_token };
        } catch (error) {
            if (!isRefusedLogin(error)) throw error;
            refusal ??= error;
        }
    }
    throw refusal;
}

/** Whether a login failed because of who asked. */
export function isRefusedLogin(error: unknown): boolean {
    return error instanceof VaultRefusal && [400, 403, 404].includes(error.status);
}

/** The roles under which somebody may sign in: as declared now, as declared before, and whichever the server finds. */
export function rolesOf(...holders: readonly (Administrator | undefined)[]): readonly (string | undefined)[] {
    const names = holders.flatMap((holder) => (holder === undefined ? [] : [roleNameOf(holder)]));
    return [...new Set(names), undefined];
}

const capabilitiesSchema = z.object({ data: z.record(z.string(), z.unknown()) });

/**
 * Sees that whoever signed in can do what the root token could: by what the server says of each path, and by something
 * written, read back and deleted. The record's mount must be there.
 * @throws PortcullisError `ProofFailed`
 */
export async function proveRights({ server, token }: Session): Promise<void> {
    const { data } = await server.call("POST", "sys/capabilities-self", capabilitiesSchema, {
        token,
        body: { paths: NEEDED.map(({ path }) => path) },
        soonOver: [403],
        patienceMs: SETTLING_MS,
    });
    const granted = z.record(z.string(), z.array(z.string()).catch([])).parse(data.data);
    const missing = missingRights(granted);
    if (missing.length > 0) {
        const shown = missing.slice(0, 5).join(", ") + (missing.length > 5 ? " and more" : "");
        throw proofFailed(`lacks rights: ${shown}`);
    }
    await probe({ server, token });
}

const probeSchema = z.object({ data: z.object({ nonce: z.string() }).optional() });

async function probe({ server, token }: Session): Promise<void> {
    const nonce = randomBytes(16).toString("hex");
    const path = `${RECORD_MOUNT}/probe`;
    await server.call("POST", path, nothing, {
        token,
        body: { nonce },
        soonOver: [404],
        patienceMs: SETTLING_MS,
    });
    const end = Date.now() + SETTLING_MS;
    for (;;) {
        const { data } = await server.call("GET", path, probeSchema, { token, accept: [404] });
        if (data.data?.nonce === nonce) break;
        if (Date.now() > end) throw proofFailed("does not read back what it wrote");
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
    await server.call("DELETE", path, nothing, { token });
}

function proofFailed(why: string): PortcullisError {
    return new PortcullisError({
        code: "ProofFailed",
        property: "administrators",
        problem: `The administrator who signed in ${why}. The root token was not revoked.`,
        remedy: "Correct the policy or the role of the administrators, and run again.",
    });
}

/** Ends the session; its token would end by itself within the hour. */
export async function signOut({ server, token }: Session): Promise<void> {
    await server.call("POST", "auth/token/revoke-self", nothing, { token, accept: [403] });
}
