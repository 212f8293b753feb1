/** What issuers cannot be without: asked for first, since nothing else can be judged before. */
import {
    entryFailures,
    isTable,
    isTableOrAbsent,
    isText,
    isThere,
    isWhole,
    refuseWithout,
    requiredFailures,
    within,
    type Requirements,
} from "../required";
import type { CertIssuersArgs } from "./args";

const TABLE = "Give an object, or leave it out.";

function isIdentity(value: unknown): boolean {
    if (!isTable(value)) return false;
    switch (value.type) {
        case "irsa":
            return isThere(value.oidcProviderArn) || isThere(value.roleArn);
        case "podIdentity":
            return isThere(value.clusterName);
        default:
            return value.type === "ambient";
    }
}

const REQUIRED: Requirements = {
    certManager: [isTableOrAbsent, TABLE],
    letsEncrypt: [isTableOrAbsent, TABLE],
    "letsEncrypt.email": [isThere, "Give an address of electronic mail that is read."],
    "letsEncrypt.zones": [Array.isArray, 'Give a list of DNS zones, as ["example.org"].'],
    "letsEncrypt.hostedZoneId": [isThere, 'Give the id of the hosted zone, as "Z0123456789ABCDEFGHIJ".'],
    "letsEncrypt.region": [isText, 'Give the region in plain text, as "eu-west-3".'],
    "letsEncrypt.identity": [
        isIdentity,
        'Say where the rights come from: { type: "irsa", oidcProviderArn }, { type: "irsa", roleArn }, { type: "podIdentity", clusterName } or { type: "ambient" }.',
    ],
    vault: [isTableOrAbsent, "Give issuers by their names, or leave it out."],
};

const SECRET_KEY: Requirements = {
    name: [isThere, "Give the name of the secret."],
    key: [isThere, 'Give the key in the secret, as "ca.crt".'],
};

/** Of each issuer for Vault. */
const ISSUER: Requirements = {
    server: [isThere, 'Give Vault\'s address, as "https://vault.example.org:8200".'],
    path: [isThere, 'Give "<mount>/sign/<role>": VaultPki\'s signPath.'],
    caBundleSecretRef: [isTableOrAbsent, "Give { name, key }, or caBundle in its place."],
    ...within("caBundleSecretRef", SECRET_KEY),
    auth: [isWhole, "Say how cert-manager signs in to Vault: { appRole }, { kubernetes } or { aws }."],
    "auth.appRole": [isTableOrAbsent, "Give { roleId, secretRef }."],
    "auth.appRole.roleId": [isThere, "Give the role id: VaultPki's approles.certManager has it."],
    "auth.appRole.secretRef": [isTable, "Give the secret with the secret id: { name, key }."],
    ...within("auth.appRole.secretRef", SECRET_KEY),
    "auth.kubernetes": [isTableOrAbsent, "Give { role, serviceAccount }."],
    "auth.kubernetes.role": [isThere, "Give the role that Vault gives."],
    "auth.kubernetes.serviceAccount": [isText, "Give a name for the service account in plain text."],
    "auth.aws": [isTableOrAbsent, "Give { role }."],
    "auth.aws.role": [isThere, "Give the role that Vault gives."],
    "auth.aws.irsa": [isTableOrAbsent, "Give { serviceAccount, roleArn }, or leave it out."],
    "auth.aws.irsa.serviceAccount": [isText, "Give a name for the service account in plain text."],
    "auth.aws.irsa.roleArn": [isThere, "Give the ARN of the role that its tokens are good for."],
};

/** @throws PortcullisError `InvalidInput` with everything that is missing, or has the wrong shape altogether */
export function refuseMissing(name: string, args: CertIssuersArgs): void {
    refuseWithout("CertIssuers", name, args, () => [
        ...requiredFailures(args, REQUIRED),
        ...entryFailures(
            "vault",
            { entries: args.vault, of: "table" },
            ISSUER,
            "Give { server, path, caBundle, auth }.",
        ),
    ]);
}
