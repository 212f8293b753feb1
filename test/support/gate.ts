/** Who has to get in whatever happens: the one assertion that every crash of the engine is followed by. */
import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { OutscaleAccount } from "../../emulators/outscale";
import { OUTSIDE, type Deployment } from "./deployment";

/** Somebody who got a credential from the last finished deployment. */
export interface Holder {
    readonly name: string;
    readonly certificatePem: string;
}

/** Those who have to be admitted at any moment. */
export interface Guests {
    /** Each with its own certificate, from an address that no rule names. */
    readonly holders: readonly Holder[];
    /** Each from its address alone; of several in one entry, one is enough. */
    readonly addresses: readonly (readonly string[])[];
}

/** A moment at which somebody who has to be admitted was not. */
export class GateFell extends Error {}

/** @throws GateFell where one of the guests would be refused right now. */
export function assertAdmitted(account: OutscaleAccount, guests: Guests, moment: string): void {
    for (const addresses of guests.addresses) {
        if (!addresses.some((sourceAddress) => account.admits({ sourceAddress }))) {
            throw new GateFell(`${addresses.join(" and ")} are out ${moment}`);
        }
    }
    for (const { name, certificatePem } of guests.holders) {
        const certificate = new X509Certificate(certificatePem).raw;
        if (!account.admits({ sourceAddress: OUTSIDE, certificate })) {
            throw new GateFell(`${name} is out ${moment}`);
        }
    }
}

/**
 * As `assertAdmitted` while nobody has finished a first deployment: whoever has the access key is let in without a
 * certificate, or else by those that the state file already holds.
 * @throws GateFell where there is no way in.
 */
export async function assertOpen(deployment: Deployment, moment: string): Promise<void> {
    if (deployment.account.admits({ sourceAddress: OUTSIDE })) return;
    const holders = await holdersIn(deployment);
    if (holders.length === 0) throw new GateFell(`nobody is let in, and no certificate is held, ${moment}`);
    assertAdmitted(deployment.account, { holders, addresses: [] }, moment);
}

const certificates = z.object({
    resources: z
        .array(
            z
                .object({
                    type: z.string(),
                    urn: z.string(),
                    outputs: z.object({ certificatePem: z.string() }),
                })
                .nullable()
                .catch(null),
        )
        .default([]),
});

/** The client certificates that the stack's state holds, by their resource's name. */
export async function holdersIn({ stack }: Deployment): Promise<readonly Holder[]> {
    const { resources } = certificates.parse((await stack.exportState()).deployment);
    return resources.flatMap((resource) =>
        resource?.type.endsWith(":ClientCertificate") === true
            ? [
                  {
                      name: resource.urn.split("::").at(-1) ?? "",
                      certificatePem: resource.outputs.certificatePem,
                  },
              ]
            : [],
    );
}
