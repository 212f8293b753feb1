/** Who this machine is to a Vault cluster: from the stack's configuration, then the environment. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { readNamedFile } from "../settings/files";
import { refuse } from "../settings/refuse";
import type { FileSources, Named } from "../settings/sources";
import type { ReadConfig } from "../serve";
import { certificatesIn } from "./administrators";
import { openServer, type ClientIdentity, type VaultServer, type VaultTarget } from "./client";

/** What a resource needs to reach a cluster and to enter it. */
export interface VaultAccess {
    /** The administrator's certificate and key; absent where none are configured. */
    readonly identity?: ClientIdentity | undefined;
    /** A root token that the holders of the recovery shares made, to let administrators in again. */
    readonly recoveryToken?: string | undefined;
    /** Opens no connection before the first call; trusts the authorities of VAULT_CACERT where the target names none. */
    open(target: VaultTarget): VaultServer;
}

/** Where one setting stands, the first that is there counts. */
const SETTINGS = {
    certificate: ["portcullis:vaultClientCert", "VAULT_CLIENT_CERT", "BAO_CLIENT_CERT"],
    privateKey: ["portcullis:vaultClientKey", "VAULT_CLIENT_KEY", "BAO_CLIENT_KEY"],
    authorities: ["portcullis:vaultCaCert", "VAULT_CACERT", "BAO_CACERT"],
} as const;

/** The environment variable with a root token that stands in where no administrator can sign in. */
export const RECOVERY_TOKEN = "PORTCULLIS_VAULT_RECOVERY_TOKEN";

/**
 * The files named by `portcullis:vaultClientCert`, `portcullis:vaultClientKey` and `portcullis:vaultCaCert` of the
 * stack's configuration, else by VAULT_CLIENT_CERT, VAULT_CLIENT_KEY and VAULT_CACERT (or BAO_…). Nothing switches the
 * verification of the server's certificate off.
 * @throws PortcullisError `InvalidConfiguration`, naming the setting and the remedy, and nothing of a key
 */
export function connectVault(
    config: ReadConfig,
    environment: Readonly<Record<string, string | undefined>> = process.env,
): VaultAccess {
    const find = (names: readonly string[]): Named | undefined =>
        names
            .map((name) => ({ name, value: (name.includes(":") ? config(name) : environment[name]) ?? "" }))
            .find(({ value }) => value.trim() !== "");
    const sources: FileSources = {
        home: homedir(),
        readFile: (path) => readFileSync(path, "utf8"),
    };
    const identity = identityOf(find(SETTINGS.certificate), find(SETTINGS.privateKey), sources);
    const authorities = find(SETTINGS.authorities);
    const caCertificatePem = authorities && readNamedFile(authorities, sources);
    const recoveryToken = environment[RECOVERY_TOKEN]?.trim();
    return {
        identity,
        ...(recoveryToken ? { recoveryToken } : {}),
        open: (target) =>
            openServer(
                { ...target, caCertificatePem: target.caCertificatePem ?? caCertificatePem },
                identity,
            ),
    };
}

function identityOf(
    certificate: Named | undefined,
    privateKey: Named | undefined,
    sources: FileSources,
): ClientIdentity | undefined {
    if (certificate === undefined && privateKey === undefined) return undefined;
    if (certificate === undefined || privateKey === undefined) {
        const given = (certificate ?? privateKey)?.name ?? "";
        const missing = certificate === undefined ? SETTINGS.certificate[1] : SETTINGS.privateKey[1];
        return refuse(missing, `${given} is set, but ${missing} is not.`, "Set both, or neither.");
    }
    const certificatePem = certificatesOf(certificate, sources);
    const privateKeyPem = readNamedFile(privateKey, sources);
    try {
        if (new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem)))
            return { certificatePem, privateKeyPem };
    } catch {
        // The platform's error is dropped: nothing of a key may reach a log.
        return refuse(
            privateKey.name,
            `The file that ${privateKey.name} names holds no private key that can be read.`,
            "Give it in PEM and unencrypted, in a file that only you can read.",
        );
    }
    return refuse(
        privateKey.name,
        `The private key of ${privateKey.name} does not belong to the certificate of ${certificate.name}.`,
        "Give the key from which the certificate was requested; where the file holds a chain, put that certificate first.",
    );
}

function certificatesOf(certificate: Named, sources: FileSources): string {
    const text = readNamedFile(certificate, sources);
    const problem = `The file that ${certificate.name} names holds no certificate in PEM that can be read.`;
    const remedy = "Give the client's certificate, followed by its intermediates where there are any.";
    try {
        const pems = certificatesIn(text);
        if (pems.length > 0) return pems.join("");
    } catch {
        return refuse(certificate.name, problem, remedy);
    }
    return refuse(certificate.name, problem, remedy);
}
