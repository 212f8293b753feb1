/** The least that VaultPki can be given, and what Vault would have answered. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VaultPkiArgs } from "../../../../components/vault-pki/args";
import { offlineTiers, type OfflineTiers } from "../../../support/openssl-authority";

export const DOMAIN = "priv.example.org";

export const LEAST: VaultPkiArgs = {
    address: "https://vault.example.org:8200/",
    commonName: "Ogenki Vault Issuer",
    organization: "Ogenki",
    country: "FR",
    domains: [DOMAIN],
    certManager: { boundCidrs: ["10.0.0.0/16"] },
};

export interface Material {
    readonly tiers: OfflineTiers;
    readonly csr: string;
    readonly otherCsr: string;
    /** A private key, PEM. */
    readonly key: string;
}

/** Two requests, as Vault would make them, and the tiers above. */
export function material(): Material {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-vault-pki-"));
    const request = (name: string): string => {
        execFileSync(
            "openssl",
            [
                ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes"],
                ...["-sha384", "-subj", `/C=FR/O=Ogenki/CN=Ogenki Vault Issuer ${name}`],
                ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
            ],
            { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
        );
        return readFileSync(join(folder, `${name}.csr`), "utf8");
    };
    return {
        tiers: offlineTiers(join(folder, "tiers"), DOMAIN),
        csr: request("one"),
        otherCsr: request("other"),
        key: readFileSync(join(folder, "one.key"), "utf8"),
    };
}
