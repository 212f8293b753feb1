/** What cert-manager does for a Certificate whose issuer is Vault, by what it finds at the API server and nothing else. */
import { request } from "node:https";
import { z } from "zod";
import type { KubernetesClient, ObjectName } from "../../tools/pulumi/plugins/kubernetes/client";
import type { Operator } from "./signing";

const CERTIFICATE = z.object({
    spec: z.object({
        secretName: z.string(),
        dnsNames: z.array(z.string()),
        duration: z.string(),
        issuerRef: z.object({ name: z.string(), kind: z.literal("ClusterIssuer"), group: z.string() }),
        privateKey: z.object({ algorithm: z.literal("ECDSA"), size: z.literal(256) }),
    }),
});
const ISSUER = z.object({
    spec: z.object({
        vault: z.object({
            server: z.string(),
            path: z.string(),
            caBundle: z.string(),
            auth: z.object({
                appRole: z.object({
                    path: z.string(),
                    roleId: z.string(),
                    secretRef: z.object({ name: z.string(), key: z.string() }),
                }),
            }),
        }),
    }),
});
const SECRET = z.object({ data: z.record(z.string(), z.string()) });
const LOGIN = z.object({ auth: z.object({ client_token: z.string() }) });
const SIGNED = z.object({ data: z.object({ certificate: z.string(), ca_chain: z.array(z.string()) }) });

/** Where ClusterIssuers have their secrets. */
const NAMESPACE = "cert-manager";

export interface Issued {
    /** PEM. */
    readonly leaf: string;
    /** Those above it as the issuer answered them, PEM, the nearest first. */
    readonly chain: readonly string[];
    /** What it asked for. */
    readonly dnsNames: readonly string[];
    readonly secretName: string;
    /** The path that signed it. */
    readonly path: string;
    /** The secret id and the token by which it signed in. */
    readonly secrets: readonly string[];
}

/** A call of Vault's API below `/v1/`; it rejects where the status is no 2xx. */
type Call = (path: string, body: object, token?: string) => Promise<unknown>;

/**
 * @param operator whose folder the key and the request are made in, by openssl
 * @param port where the server listens on loopback: DNS would lead its name there
 */
export async function issue(
    client: KubernetesClient,
    certificate: ObjectName,
    operator: Operator,
    port: number,
): Promise<Issued> {
    const { dnsNames, duration, secretName, issuerRef } = CERTIFICATE.parse(
        await client.read(certificate),
    ).spec;
    const { name, kind, group } = issuerRef;
    const { vault } = ISSUER.parse(await client.read({ apiVersion: `${group}/v1`, kind, name })).spec;
    const { roleId, secretRef, path: mount } = vault.auth.appRole;
    const { data } = SECRET.parse(
        await client.read({ apiVersion: "v1", kind: "Secret", name: secretRef.name, namespace: NAMESPACE }),
    );
    const secretId = Buffer.from(data[secretRef.key] ?? "", "base64").toString("utf8");
    const call = caller(vault.server, Buffer.from(vault.caBundle, "base64").toString("utf8"), port);
    const login = LOGIN.parse(await call(`auth/${mount}/login`, { role_id: roleId, secret_id: secretId }));
    const token = login.auth.client_token;
    const signed = SIGNED.parse(
        await call(
            vault.path,
            {
                csr: requestOf(operator, secretName, dnsNames),
                common_name: "",
                alt_names: dnsNames.join(","),
                ttl: duration,
                exclude_cn_from_sans: "true",
            },
            token,
        ),
    );
    return {
        leaf: signed.data.certificate,
        chain: signed.data.ca_chain,
        ...{ dnsNames, secretName, path: vault.path },
        secrets: [secretId, token],
    };
}

/** A request without a subject, of a new key, PEM. */
function requestOf(operator: Operator, name: string, dnsNames: readonly string[]): string {
    operator.openssl(
        ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/"],
        ...["-addext", `subjectAltName=critical,${dnsNames.map((each) => `DNS:${each}`).join(",")}`],
        ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    );
    return operator.read(`${name}.csr`);
}

/** Calls the server under its own name, verified by those authorities. */
function caller(server: string, ca: string, port: number): Call {
    const { hostname: servername } = new URL(server);
    return (path, body, token) =>
        new Promise((resolve, reject) => {
            const outgoing = request({
                ...{ host: "127.0.0.1", port, servername, ca, method: "POST", path: `/v1/${path}` },
                headers: {
                    "Content-Type": "application/json",
                    ...(token !== undefined && { "X-Vault-Token": token }),
                },
            });
            outgoing.on("error", reject);
            outgoing.on("response", (incoming) => {
                let text = "";
                incoming
                    .setEncoding("utf8")
                    .on("data", (part: string) => (text += part))
                    .on("error", reject)
                    .on("end", () => {
                        const { statusCode: status = 0 } = incoming;
                        if (status >= 200 && status <= 299) resolve(JSON.parse(text));
                        else reject(new Error(`POST ${path}: HTTP ${status} ${text}`));
                    });
            });
            outgoing.end(JSON.stringify(body));
        });
}
