/** How many API calls a refresh of 200 access rules makes, against a plain client that reads the same rules. */
import { createOutscaleApi } from "../provider/outscale/api/client";
import type { Benchmark } from "./figure";
import { rulesInPlace } from "./prepared";

const COUNT = 200;

/** The baseline is the one call that lists all rules, so the ratio is the refresh's number of calls. */
export const refreshCalls: Benchmark = {
    name: `refresh-${COUNT}-calls`,
    goal: { atMost: 3 },
    async measure(scope) {
        const emulator = await scope.emulator();
        scope.progress.step(`preparing ${COUNT} rules`);
        const stack = await rulesInPlace(scope, emulator, COUNT);
        const callsOf = async (work: () => Promise<unknown>): Promise<number> => {
            const before = emulator.calls.length;
            await work();
            return emulator.calls.length - before;
        };
        scope.progress.step(`refreshing ${COUNT} rules`);
        const started = performance.now();
        const calls = await callsOf(async () => {
            const { changes } = await stack.refresh();
            // The stack itself is one resource more.
            if (changes.same !== COUNT + 1 || Object.keys(changes).length > 1) {
                throw new Error(
                    `The refresh should find ${COUNT} rules as they are: ${JSON.stringify(changes)}.`,
                );
            }
        });
        const seconds = ((performance.now() - started) / 1_000).toFixed(2);
        const { endpoint, caPem, accessKey, secretKey, region } = emulator;
        const client = createOutscaleApi({ endpoint, caPem, accessKey, secretKey, region });
        const listing = await callsOf(async () => {
            const { ApiAccessRules } = await client.call("ReadApiAccessRules", {});
            if (ApiAccessRules.length < COUNT) throw new Error("The plain client should see every rule.");
        });
        return {
            ratio: calls / listing,
            detail: `${calls} calls against ${listing} that lists all, refresh in ${seconds} s`,
        };
    },
};
