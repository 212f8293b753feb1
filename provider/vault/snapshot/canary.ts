/** The canary: an entry of Vault, written just before a snapshot, by which a restore shows what it brought back. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { nothing, type VaultServer } from "../client";
import { canaryPath } from "./canary-path";

/** What it holds; all of it is written as texts, as KV is used from the command line. */
export interface Canary {
    /** Random, and no secret: it stands in the manifest too. */
    readonly nonce: string;
    readonly writtenAt: string;
    /** Of the last snapshot that counted as good, where there was one. */
    readonly lastGood?: { readonly index: number; readonly at: string } | undefined;
}

const canarySchema = z.object({
    data: z
        .object({
            nonce: z.string(),
            written_at: z.string(),
            last_good_index: z.coerce.number().int().nonnegative().optional(),
            last_good_at: z.string().optional(),
        })
        .optional(),
});

/** The canary as it is; undefined where none was written yet. */
export async function readCanary(
    server: VaultServer,
    token: string,
    mount: string,
): Promise<Canary | undefined> {
    const { data: answer } = await server.call("GET", canaryPath(mount), canarySchema, {
        token,
        accept: [404],
    });
    if (answer.data === undefined) return undefined;
    const { nonce, written_at: writtenAt, last_good_index: index, last_good_at: at } = answer.data;
    const lastGood = index === undefined || at === undefined ? undefined : { index, at };
    return { nonce, writtenAt, lastGood };
}

/** Writes it whole. */
export async function writeCanary(
    server: VaultServer,
    token: string,
    mount: string,
    { nonce, writtenAt, lastGood }: Canary,
): Promise<void> {
    const body = {
        nonce,
        written_at: writtenAt,
        ...(lastGood && { last_good_index: String(lastGood.index), last_good_at: lastGood.at }),
    };
    await server.call("POST", canaryPath(mount), nothing, { token, body });
}

export function newNonce(): string {
    return randomBytes(16).toString("hex");
}
