/** The SignedCertificates resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { Tier } from "../offline/tiers";
import type { ByTier } from "../signed-certificates";

/** By tier: "root", "intermediate", "issuer" (the authority within Vault) and "server". */
export type ByTierInput<T> = { [Key in Tier]?: pulumi.Input<T> };

/** The certificates, and what they must be. Nothing of it is secret: a private key anywhere in it is refused. */
export interface SignedCertificatesArgs {
    /** Each exactly one certificate, PEM. Each is judged against the one above it, where that is given too. */
    signed: ByTierInput<string>;
    /** The requests of which each may be the answer, PEM, the present one first. Not compared unless given. */
    requests?: ByTierInput<pulumi.Input<string>[]>;
    /** The DNS domains that an authority must be constrained to, or to less. Any constraint will do unless given. */
    permittedDnsDomains?: ByTierInput<pulumi.Input<string>[]>;
    /** The DNS domains that an authority will issue for, which no constraint may exclude. */
    issuesFor?: ByTierInput<pulumi.Input<string>[]>;
}

/**
 * Certificates that were signed away from the platform. Preview refuses them, naming every fault, unless they are
 * exactly the expected ones: for the key of their request, of their tier's kind, a chain, within its constraints, valid.
 */
export class SignedCertificates extends DynamicResource {
    /** The certificates, PEM: known once they were found to be right. */
    declare readonly certificates: pulumi.Output<ByTier<string>>;
    /** Which of its requests each answers, from 0 on. */
    declare readonly answered: pulumi.Output<ByTier<number>>;
    /** When the first of them ends, ISO 8601 in UTC. */
    declare readonly notAfter: pulumi.Output<string>;

    constructor(name: string, args: SignedCertificatesArgs, opts?: pulumi.CustomResourceOptions) {
        super("pki:SignedCertificates", name, { ...args }, opts);
    }
}
