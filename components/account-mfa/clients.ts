/** The clients of AccountMfa: certificates issued or given, the protected identities, and the operator. */
import * as pulumi from "@pulumi/pulumi";
import { PortcullisError } from "../../provider/errors";
import type { ClientCertificateArgs, ProtectedIdentityArgs } from "../../provider/outscale/program/shared";
import { ClientCertificate } from "../../provider/pki/program/client-certificate";
import type { AccountMfaArgs, GivenClientArgs, IssuedClientArgs, ProtectedClientArgs } from "./args";
import type { Authorities, Issuer } from "./authority";

/** A client's certificate; its key only where it is not on a card or elsewhere. */
export interface Client {
    readonly name: string;
    readonly certificatePem: pulumi.Output<string>;
    readonly privateKeyPem?: pulumi.Output<string>;
    /** What it can present, the present certificate first; only where its key is here. */
    readonly credentials?: pulumi.Input<ClientCertificateArgs[]>;
}

/** The client on whose certificates the provider falls back. */
export interface Operator {
    readonly present: ClientCertificateArgs;
    readonly credentials: pulumi.Input<ClientCertificateArgs[]>;
}

/** Issues the clients' certificates, or takes those given. */
export function clients(
    name: string,
    args: AccountMfaArgs["clients"],
    issuer: Issuer,
    parent: pulumi.Resource,
): readonly Client[] {
    return Object.entries(args).map(([client, each]) =>
        "certificatePem" in each
            ? bring(client, each)
            : issue(`${name}-client-${client}`, client, each, issuer, parent),
    );
}

function bring(name: string, { certificatePem, privateKeyPem }: GivenClientArgs): Client {
    const certificate = pulumi.output(certificatePem);
    if (privateKeyPem === undefined) return { name, certificatePem: certificate };
    const key = pulumi.secret(privateKeyPem);
    return {
        name,
        certificatePem: certificate,
        privateKeyPem: key,
        credentials: [{ certificatePem: certificate, privateKeyPem: key }],
    };
}

function issue(
    resourceName: string,
    name: string,
    args: IssuedClientArgs,
    issuer: Issuer,
    parent: pulumi.Resource,
): Client {
    const { privateKeyPem, privateKeyFile } = issuer;
    if (privateKeyPem === undefined && privateKeyFile === undefined) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: `clients.${name}`,
            problem: `No certificate can be issued for the client "${name}": the authority is given without its private key.`,
            remedy: "Give `authority.privateKeyPem` or `authority.privateKeyFile`, or the client's own `certificatePem`.",
        });
    }
    const certificate = new ClientCertificate(
        resourceName,
        {
            ...args,
            commonName: args.commonName ?? name,
            authorityCertificatePem: issuer.certificatePem,
            ...(privateKeyFile === undefined
                ? { authorityPrivateKeyPem: privateKeyPem }
                : { authorityKeyFile: privateKeyFile }),
        },
        { parent },
    );
    if (args.csrPem !== undefined) return { name, certificatePem: certificate.certificatePem };
    // Without a request the provider always makes a key.
    const key = certificate.privateKeyPem.apply((pem) => pem ?? "");
    return {
        name,
        certificatePem: certificate.certificatePem,
        privateKeyPem: pulumi.secret(key),
        credentials: certificate.credentials,
    };
}

/** The identities to protect: those asked for, or else every client from any address. */
export function protectedIdentities(
    protect: AccountMfaArgs["protect"],
    all: readonly Client[],
    { accepted }: Authorities,
): ProtectedIdentityArgs[] {
    const authorityPems = accepted.map(({ certificatePem }) => certificatePem);
    const everyone = all.map(({ name }): ProtectedClientArgs => ({ client: name }));
    return (protect ?? everyone).map((each): ProtectedIdentityArgs => {
        if (!("client" in each)) return each;
        const { certificatePem } = named(each.client, all, "protect");
        const from = each.sourceIp === undefined ? {} : { sourceIp: each.sourceIp };
        return { name: each.client, ...from, certificatePem, authorityPems };
    });
}

/** The operator, if any client has a key here. */
export function operator(wanted: AccountMfaArgs["operator"], all: readonly Client[]): Operator | undefined {
    if (typeof wanted === "object") return { present: wanted, credentials: [wanted] };
    const client =
        wanted === undefined
            ? all.find(({ privateKeyPem }) => privateKeyPem !== undefined)
            : named(wanted, all, "operator");
    if (client === undefined) return undefined;
    const { certificatePem, privateKeyPem, credentials } = client;
    if (privateKeyPem !== undefined && credentials !== undefined) {
        return { present: { certificatePem, privateKeyPem }, credentials };
    }
    throw new PortcullisError({
        code: "InvalidInput",
        property: "operator",
        problem: `The client "${client.name}" cannot be the operator: its private key is not here.`,
        remedy: "Name a client whose key is, or put the certificate in the provider's configuration.",
    });
}

/** A client whose private key is here. */
export function holderOfKey(
    name: string,
    all: readonly Client[],
    property: string,
): Client & Required<Pick<Client, "privateKeyPem">> {
    const client = named(name, all, property);
    const { privateKeyPem } = client;
    if (privateKeyPem !== undefined) return { ...client, privateKeyPem };
    throw new PortcullisError({
        code: "InvalidInput",
        property,
        problem: `\`${property}\` needs the private key of the client "${name}", which is not here.`,
        remedy: "Name a client whose key is; for a key on a card or in an HSM, configure that tool by hand.",
    });
}

function named(name: string, all: readonly Client[], property: string): Client {
    const client = all.find((candidate) => candidate.name === name);
    if (client !== undefined) return client;
    throw new PortcullisError({
        code: "InvalidInput",
        property,
        problem: `\`${property}\` names the client "${name}", which is not among \`clients\`.`,
        remedy: `Use one of: ${all.map((candidate) => candidate.name).join(", ") || "(there is none)"}.`,
    });
}
