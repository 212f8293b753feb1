/** Who signed a request: the claim, the lock against brute force, the signature, in this order. */
import { createHmac, randomBytes } from "node:crypto";
import type { OutscaleAccount } from "./account";
import type { BruteForceLock } from "./lockout";
import { gateway, Refusal } from "./refusals";
import { claimProblem, isSignedWith, readClaim, type SignedRequest } from "./signature";

/** Stands in for the secret of a key that does not exist, so that the answer takes as long. */
const DECOY = createHmac("sha256", randomBytes(32)).digest("hex");

/** The access key that signed a request. Throws a Refusal otherwise; only bad signatures count towards the lock. */
export function authenticate(request: SignedRequest, account: OutscaleAccount, lock: BruteForceLock): string {
    const authorization = request.headers["authorization"];
    const claim = readClaim(typeof authorization === "string" ? authorization : undefined);
    if (claim instanceof Refusal) throw claim;
    const now = account.now();
    const { accessKey } = claim;
    const locked = lock.refusal(accessKey, now);
    if (locked !== undefined) throw locked;
    const problem = claimProblem(claim, request, account.region, now);
    if (problem !== undefined) throw gateway.authenticationFailed(problem);
    const secretKey = account.secretKeyOf(accessKey);
    const isGood = isSignedWith(secretKey ?? DECOY, claim, request) && secretKey !== undefined;
    if (!isGood) {
        lock.failed(accessKey, now);
        throw gateway.authenticationFailed("The access key or the signature is not valid.");
    }
    lock.succeeded(accessKey);
    return accessKey;
}
