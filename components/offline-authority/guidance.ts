/** What is left to sign, with the exact commands, for whoever reads a preview. */
import { signCommand } from "../../provider/pki/offline/tiers";
import type { OfflineAuthorityArgs, SignedArgs } from "./args";

/** The tiers whose certificates the program takes, from the top down. */
export const TAKEN = ["root", "intermediate", "server"] as const satisfies readonly (keyof SignedArgs)[];
export type Taken = (typeof TAKEN)[number];

/** Those that are not there yet. */
export function missing(signed: SignedArgs): readonly Taken[] {
    return TAKEN.filter((tier) => signed[tier] === undefined);
}

/** The steps that are left, a line each. */
export function guidance(args: OfflineAuthorityArgs, signed: SignedArgs): string {
    const left = missing(signed);
    const steps = left.map((tier) => `  ${step(tier, args)}`);
    return [
        `To be signed, away from the platform: ${left.join(", ")}. What needs these certificates waits; all else proceeds.`,
        ...steps,
        `Then give the certificates' texts: signed: { ${TAKEN.join(", ")} }. Give no key: the root's key stays where it is.`,
    ].join("\n");
}

function step(tier: Taken, args: OfflineAuthorityArgs): string {
    return `${command(tier, args)}   (${note(tier, args)})`;
}

function command(tier: Taken, { intermediate: { permittedDnsDomains = [] } }: OfflineAuthorityArgs): string {
    switch (tier) {
        case "root":
            return signCommand(tier, { key: "root-key.pem", out: "root-ca.pem" });
        case "intermediate":
            return signCommand(tier, {
                csr: "intermediate.csr",
                ca: "root-ca.pem",
                key: "root-key.pem",
                permittedDnsDomains,
                out: "intermediate-ca.pem",
            });
        case "server":
            return signCommand(tier, {
                csr: "vault.csr",
                ca: "intermediate-ca.pem",
                key: "intermediate-ca-key.pem",
                out: "vault.pem",
            });
    }
}

function note(tier: Taken, { intermediate }: OfflineAuthorityArgs): string {
    switch (tier) {
        case "root":
            return "unless there is a root";
        case "intermediate":
            return "intermediate.csr: the output requests.intermediate";
        case "server":
            return `vault.csr: the output requests.server; the key: ${intermediate.request === undefined ? "the intermediate's key file" : "where the request was made"}`;
    }
}
