/** Arguments of CertIssuers that tests change, and what is said of them. */
import { checkIssuers, type KnownArgs } from "../../../../components/cert-issuers/plan";
import { PortcullisError } from "../../../../provider/errors";

/** An issuer for Vault, with the least that is accepted. */
export const VAULT = {
    server: "https://vault.priv.example.org:8200",
    path: "pki/sign/server",
    caBundleSecretRef: { name: "vault-ca", key: "ca.crt" },
    auth: {
        appRole: {
            roleId: "f8363d0f-b7db-9b08-67ab-8425ab527587",
            secretRef: { name: "vault-approle", key: "secretId" },
        },
    },
} as const;

/** Issuers for Let's Encrypt, with the least that is accepted. */
export const ACME = {
    email: "ops@ogenki.io",
    zones: ["cloud.ogenki.io"],
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
    region: "eu-west-3",
    identity: { type: "ambient" },
} as const;

export const IRSA = { type: "irsa", roleArn: "arn:aws:iam::123456789012:role/dns" } as const;

export const acme = (changes: object): KnownArgs => ({
    letsEncrypt: { ...ACME, zones: [...ACME.zones], ...changes },
});
export const vault = (changes: object): KnownArgs => ({ vault: { vault: { ...VAULT, ...changes } } });
export const appRole = (changes: object): KnownArgs =>
    vault({ auth: { appRole: { ...VAULT.auth.appRole, ...changes } } });
export const kubernetes = (changes: object): KnownArgs =>
    vault({ auth: { kubernetes: { role: "cert-manager", serviceAccount: "vault-issuer", ...changes } } });
export const aws = (changes: object, more: object = {}): KnownArgs =>
    vault({ auth: { aws: { role: "cert-manager", ...changes } }, ...more });
export const accountOf = (serviceAccount: string): object => ({
    ...VAULT,
    auth: { kubernetes: { role: "cert-manager", serviceAccount } },
});

/** What is said of each fault. Programs without types may give anything, so the arguments are of no type. */
export function refusals(args: object, now = new Date("2026-11-22T12:00:00Z")): readonly string[] {
    try {
        checkIssuers("certs", args, now);
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        return error.problem.split("\n").flatMap((line) => (line.startsWith("  - ") ? [line.slice(4)] : []));
    }
    return [];
}
