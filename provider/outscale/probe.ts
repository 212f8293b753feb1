/** Tries the gate with a certificate, as its holder would. */
import type { Context } from "../resource";
import type { OutscaleApi } from "./api/client";
import { isRefusedByRules } from "./api/errors";

const ATTEMPTS = 5;

/**
 * Calls as the certificate's holder; a change of rules may take a moment to be enforced, so five times within ten
 * seconds. Gives the last refusal by the rules, or nothing where a call was admitted; other errors are thrown.
 */
export async function refusalOf(
    probing: OutscaleApi,
    context: Pick<Context<unknown>, "sleep">,
): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
        try {
            // One of the fourteen calls that ask for a certificate even within a trusted session.
            await probing.call("ReadApiAccessRules", {});
            return undefined;
        } catch (error) {
            if (!isRefusedByRules(error)) throw error;
            if (attempt >= ATTEMPTS) return error;
            await context.sleep(attempt * 1_000);
        }
    }
}
