/** The package @pulumi/vault, which VaultPki is made of, loaded when one is declared. */
import type * as Vault from "@pulumi/vault";
import { optionalPeer } from "../optional-peer";

/** @throws PortcullisError InvalidConfiguration where the package is not installed */
export function vault(): typeof Vault {
    // What a package of this name exports is declared by its own types.
    return optionalPeer("@pulumi/vault", "VaultPki") as typeof Vault;
}
