/** The files of a PKI, by the names that they usually have on disk. */
import * as pulumi from "@pulumi/pulumi";
import type { RequestWithKey } from "../../provider/pki/certificate-request";
import type { SignedCertificates } from "../../provider/pki/program/signed-certificates";

/** The text of each file, PEM. Everything is public except `vault-key.pem`. */
export interface AuthorityFiles {
    /** The root's certificate: what clients trust. */
    readonly "root-ca.pem": pulumi.Output<string>;
    /** The intermediate's certificate. */
    readonly "intermediate-ca.pem": pulumi.Output<string>;
    /** The intermediate's certificate, then the root's. */
    readonly "ca-chain.pem": pulumi.Output<string>;
    /** The server's certificate. */
    readonly "vault.pem": pulumi.Output<string>;
    /** The server's certificate, the intermediate's, then the root's. It holds no key. */
    readonly "bundle.pem": pulumi.Output<string>;
    /** The server's private key, PKCS#8. Secret. */
    readonly "vault-key.pem": pulumi.Output<string>;
}

/** What a server's TLS configuration is made of, as VaultCluster takes it. */
export interface AuthorityTls {
    /** The server's certificate, then the intermediate's, PEM. */
    readonly certificate: pulumi.Output<string>;
    /** PKCS#8 PEM. Secret. */
    readonly privateKey: pulumi.Output<string>;
    /** The root's certificate, PEM. */
    readonly authorities: pulumi.Output<string>;
}

/** The files of certificates that were found to be right; known only then. */
export function filesOf(signed: SignedCertificates, privateKey: pulumi.Output<string>): AuthorityFiles {
    const texts = (...tiers: readonly ("root" | "intermediate" | "server")[]): pulumi.Output<string> =>
        signed.certificates.apply((certificates) => tiers.map((tier) => certificates[tier] ?? "").join(""));
    return {
        "root-ca.pem": texts("root"),
        "intermediate-ca.pem": texts("intermediate"),
        "ca-chain.pem": texts("intermediate", "root"),
        "vault.pem": texts("server"),
        "bundle.pem": texts("server", "intermediate", "root"),
        "vault-key.pem": pulumi.secret(privateKey),
    };
}

export function tlsOf(signed: SignedCertificates, files: AuthorityFiles): AuthorityTls {
    return {
        certificate: signed.certificates.apply(
            ({ server = "", intermediate = "" }) => `${server}${intermediate}`,
        ),
        privateKey: files["vault-key.pem"],
        authorities: files["root-ca.pem"],
    };
}

/** The key of the request that the server's certificate answers: of the present one, or of the one before. */
export function keyInUse(index: number, held: readonly RequestWithKey[]): string {
    const key = held[index]?.privateKeyPem;
    // The server's request is always made with its key in state.
    if (key === undefined) throw new Error("the server's certificate answers a request without its key");
    return key;
}
