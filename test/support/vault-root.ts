/** What people do at a cluster's front door: sign in by a certificate, and make a root token from their shares. */
import assert from "node:assert/strict";
import { z } from "zod";
import { openServer } from "../../provider/vault/client";
import { call } from "../../tools/services/openbao";
import type { Issued, TestAuthority } from "./vault-certificates";

const login = z.object({ auth: z.object({ client_token: z.string() }) });

/** The token of whoever signs in with the certificate under that role. */
export async function signedIn(
    address: string,
    { certificatePem }: Pick<TestAuthority, "certificatePem">,
    identity: Issued,
    role: string,
): Promise<string> {
    const server = openServer({ address, caCertificatePem: certificatePem }, identity);
    try {
        const { data } = await server.call("POST", "auth/cert/login", login, { body: { name: role } });
        return data.auth.client_token;
    } finally {
        server.close();
    }
}

const attempt = z.object({
    nonce: z.string(),
    otp: z.string().default(""),
    complete: z.boolean(),
    encoded_token: z.string().default(""),
});

/** The token that the shares make; nothing where they are too few. */
export async function rootFromShares(
    address: string,
    shares: readonly string[],
): Promise<string | undefined> {
    await call(address, "DELETE", "sys/generate-root/attempt");
    const { nonce, otp } = attempt.parse(
        await call(address, "POST", "sys/generate-root/attempt", { body: {} }),
    );
    let last = { complete: false, encoded_token: "" };
    for (const key of shares) {
        // As many as are needed; there is nothing to give the rest to.
        if (last.complete) break;
        last = attempt.parse(
            await call(address, "POST", "sys/generate-root/update", { body: { key: key.trim(), nonce } }),
        );
    }
    if (!last.complete) return undefined;
    const encoded = Buffer.from(last.encoded_token, "base64");
    const pad = Buffer.from(otp);
    assert.equal(encoded.length, pad.length);
    return Buffer.from(encoded.map((byte, index) => byte ^ (pad[index] ?? 0))).toString();
}
