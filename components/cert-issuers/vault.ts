/** Issuers that have Vault or OpenBao sign: what is refused of them, and the objects. */
import type * as pulumi from "@pulumi/pulumi";
import { durationOrUndefined } from "../../provider/duration";
import { isLabel, isSubdomain } from "../../provider/kubernetes/names";
import type { KubernetesObject } from "../../provider/kubernetes/object";
import type { CheckFailure } from "../../provider/resource";
import {
    addressFault,
    bundleFault,
    isAuthMount,
    isRole,
    isServerName,
} from "../../provider/vault/connection-faults";
import { isRoleArn } from "../iam-policies";
import type { VaultAuthArgs, VaultIssuerArgs } from "./args";
import type { Manager } from "./manager";

export type KnownVault = pulumi.Unwrap<VaultIssuerArgs>;
type KnownAuth = pulumi.Unwrap<VaultAuthArgs>;

/** The service account that has to be made for an issuer, if any. */
export function serviceAccountOf(auth: VaultAuthArgs): string | undefined {
    if ("kubernetes" in auth) return auth.kubernetes.serviceAccount;
    return "aws" in auth ? auth.aws.irsa?.serviceAccount : undefined;
}

/** What is wrong with one issuer. */
export function vaultFailures(
    name: string,
    args: KnownVault,
    { minor }: Pick<Manager, "minor">,
    now: Date,
): readonly CheckFailure[] {
    const property = `vault["${name}"]`;
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}${part}`, reason });
    if (!isSubdomain(name))
        refuse("", 'That is no name of an issuer. Write lower-case letters, digits and hyphens, as "vault".');
    if (args.namespace !== undefined && !isLabel(args.namespace)) {
        refuse(".namespace", "It is no name of a namespace. Write letters, digits and hyphens.");
    }
    const fault = addressFault(args.server);
    if (fault !== undefined) refuse(".server", fault);
    if (args.serverName !== undefined && !isServerName(args.serverName)) {
        refuse(".serverName", 'It is no name of a server. Write it as "vault.example.org".');
    }
    if (args.serverName !== undefined && minor < 18) {
        refuse(
            ".serverName",
            `cert-manager 1.${minor} passes it over, and would look for the name of \`server\`; 1.18 and later read it. Leave it out, or use a newer version.`,
        );
    }
    const wrongPath = pathFault(args.path);
    if (wrongPath !== undefined) refuse(".path", wrongPath);
    failures.push(...trustFailures(args, property, now), ...authFailures(args, property, minor));
    const { leafLifetime } = args.limits ?? {};
    if (leafLifetime !== undefined && durationOrUndefined(leafLifetime) === undefined) {
        refuse(".limits.leafLifetime", 'It is no duration. Write it as "90d".');
    }
    return failures;
}

const SIGN_PATH = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*\/sign\/[A-Za-z0-9_-]+$/;

function pathFault(path: string): string | undefined {
    if (/(^|\/)issue\//.test(path)) {
        return "By issue/ Vault would make a key of its own, and cert-manager would ask again without end. Write sign/ in its place: VaultPki's signPath.";
    }
    if (/(^|\/)sign-verbatim(\/|$)/.test(path)) {
        return "By sign-verbatim Vault signs whatever it is asked to, beyond every role. Write sign/ in its place: VaultPki's signPath.";
    }
    if (SIGN_PATH.test(path) && !path.startsWith("v1/")) return undefined;
    return 'It is no path of a role that signs. Write "<mount>/sign/<role>", without "v1/" and slashes around: VaultPki\'s signPath.';
}

function trustFailures(args: KnownVault, property: string, now: Date): readonly CheckFailure[] {
    const { caBundle, caBundleSecretRef: reference } = args;
    if ((caBundle === undefined) === (reference === undefined)) {
        const reason =
            caBundle === undefined
                ? "Nothing says which authority the server's certificate is verified by. Give caBundle or caBundleSecretRef."
                : "It stands beside caBundleSecretRef, and cert-manager takes one of them. Leave one out.";
        return [{ property: `${property}.caBundle`, reason }];
    }
    if (reference !== undefined) return secretFailures(reference, `${property}.caBundleSecretRef`);
    const reason = bundleFault(caBundle ?? "", now);
    return reason === undefined ? [] : [{ property: `${property}.caBundle`, reason }];
}

function secretFailures(
    { name, key }: { readonly name: string; readonly key: string },
    property: string,
): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    if (!isSubdomain(name)) {
        failures.push({
            property: `${property}.name`,
            reason: "It is no name of a secret. Write lower-case letters, digits, hyphens and dots.",
        });
    }
    if (!/^[-._A-Za-z0-9]{1,253}$/.test(key)) {
        failures.push({
            property: `${property}.key`,
            reason: 'It is no key of a secret. Write letters, digits, "-", "_" and ".".',
        });
    }
    return failures;
}

function authFailures(
    { auth, namespace }: KnownVault,
    property: string,
    minor: number,
): readonly CheckFailure[] {
    const ways = Object.keys(auth).filter((key) => ["appRole", "kubernetes", "aws"].includes(key));
    const [way] = ways;
    if (ways.length !== 1 || way === undefined) {
        return [
            {
                property: `${property}.auth`,
                reason: "Give exactly one of appRole, kubernetes and aws: of several, cert-manager takes the first without a word.",
            },
        ];
    }
    const failures: CheckFailure[] = [];
    const refuse = (part: string, reason: string) =>
        failures.push({ property: `${property}.auth.${way}${part}`, reason });
    const { mount = way.toLowerCase(), role } = detailsOf(auth);
    if (!isAuthMount(mount)) {
        refuse(
            ".mount",
            `It is no path of an auth method. Write it without "v1/auth/" and slashes around, as "${way.toLowerCase()}".`,
        );
    }
    if (!isRole(role)) {
        refuse(
            way === "appRole" ? ".roleId" : ".role",
            "It is no role of Vault. Write letters, digits, hyphens, dots and underscores.",
        );
    }
    if ("appRole" in auth)
        failures.push(...secretFailures(auth.appRole.secretRef, `${property}.auth.appRole.secretRef`));
    const account =
        "kubernetes" in auth
            ? auth.kubernetes.serviceAccount
            : "aws" in auth
              ? auth.aws.irsa?.serviceAccount
              : undefined;
    if (account !== undefined && !isSubdomain(account)) {
        refuse(
            "kubernetes" in auth ? ".serviceAccount" : ".irsa.serviceAccount",
            "It is no name of a service account. Write lower-case letters, digits and hyphens.",
        );
    }
    if ("kubernetes" in auth && auth.kubernetes.audiences !== undefined && minor < 15) {
        refuse(
            ".audiences",
            `cert-manager 1.${minor} passes it over; 1.15 and later read it. Leave it out, or use a newer version.`,
        );
    }
    if (!("aws" in auth)) return failures;
    if (minor < 21) {
        refuse(
            "",
            `cert-manager 1.${minor} cannot sign in so; 1.21 and later can. Use appRole or kubernetes, or a newer version.`,
        );
    }
    if (auth.aws.irsa === undefined && namespace !== undefined) {
        refuse(
            "",
            "Without irsa the rights are the controller's own, which it lends to ClusterIssuers alone. Give irsa, or leave namespace out.",
        );
    }
    if (auth.aws.irsa !== undefined && !isRoleArn(auth.aws.irsa.roleArn)) {
        refuse(".irsa.roleArn", 'It is no ARN of a role. Write it as "arn:aws:iam::123456789012:role/…".');
    }
    return failures;
}

function detailsOf(auth: KnownAuth): { readonly mount?: string | undefined; readonly role: string } {
    if ("appRole" in auth) return { mount: auth.appRole.mount, role: auth.appRole.roleId };
    return "kubernetes" in auth ? auth.kubernetes : auth.aws;
}

export function vaultObject(name: string, args: KnownVault): KubernetesObject {
    const { namespace, server, path, caBundle, caBundleSecretRef, serverName, vaultNamespace, auth } = args;
    return {
        apiVersion: "cert-manager.io/v1",
        kind: namespace === undefined ? "ClusterIssuer" : "Issuer",
        metadata: { name, ...(namespace !== undefined && { namespace }) },
        spec: {
            vault: {
                server: new URL(server).origin,
                path,
                ...(serverName !== undefined && { serverName }),
                ...(vaultNamespace !== undefined && { namespace: vaultNamespace }),
                ...(caBundle !== undefined && { caBundle: Buffer.from(caBundle).toString("base64") }),
                ...(caBundleSecretRef !== undefined && { caBundleSecretRef }),
                auth: authObject(auth),
            },
        },
    };
}

function authObject(auth: KnownAuth): object {
    if ("appRole" in auth) {
        const { mount = "approle", roleId, secretRef } = auth.appRole;
        return { appRole: { path: mount, roleId, secretRef } };
    }
    if ("kubernetes" in auth) {
        const { mount = "kubernetes", role, serviceAccount: name, audiences } = auth.kubernetes;
        return {
            kubernetes: {
                mountPath: `/v1/auth/${mount}`,
                role,
                serviceAccountRef: { name, ...(audiences !== undefined && { audiences }) },
            },
        };
    }
    const { mount = "aws", role, region, headerValue, irsa } = auth.aws;
    return {
        aws: {
            mountPath: `/v1/auth/${mount}`,
            role,
            ...(region !== undefined && { region }),
            ...(headerValue !== undefined && { vaultHeaderValue: headerValue }),
            ...(irsa !== undefined && {
                serviceAccountRef: { name: irsa.serviceAccount },
                iamRoleArn: irsa.roleArn,
            }),
        },
    };
}
