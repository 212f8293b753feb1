/** How long the provider's text in state is, against what Pulumi makes of an object that does no more. */
import * as pulumi from "@pulumi/pulumi";
import { providerText } from "../provider/dynamic";
import type { Benchmark } from "./figure";
import { thinProvider, TOKEN } from "./thin-provider";

/** What the text in state may be at most, in bytes. */
const LIMIT = 600;

/** Every resource's state holds this text once. */
export const providerBytes: Benchmark = {
    name: "serialized-provider-bytes",
    goal: { atMost: 0.25 },
    async measure() {
        const ours = Buffer.byteLength(providerText(TOKEN));
        const theirs = Buffer.byteLength(await serialize(thinProvider));
        return {
            ratio: ours / theirs,
            detail: `${ours} bytes against ${theirs}`,
            ...(ours >= LIMIT && { shortfall: `the limit is ${LIMIT} bytes` }),
        };
    },
};

/** As the constructor of pulumi.dynamic.Resource does it: nothing but its argument is captured. */
async function serialize(provider: object): Promise<string> {
    return (await pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true })).text;
}
