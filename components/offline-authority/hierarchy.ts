/** The offline way: requests for keys made here or elsewhere, and the certificates that an operator signed for them. */
import * as pulumi from "@pulumi/pulumi";
import { PortcullisError } from "../../provider/errors";
import { DEFAULT_OFFLINE_KEY } from "../../provider/pki/keys";
import { CertificateRequest } from "../../provider/pki/program/certificate-request";
import { SignedCertificates } from "../../provider/pki/program/signed-certificates";
import { normaliseRequest } from "../../provider/pki/request";
import type { OfflineAuthorityArgs, SignedArgs } from "./args";
import { keyInUse } from "./files";
import { refusePrivateKey } from "../../provider/pki/pem";

/** What the component is made of, whichever way it was made. */
export interface Hierarchy {
    readonly requests: Readonly<Record<"intermediate" | "server", pulumi.Output<string>>>;
    /** Undefined while nothing was signed. */
    readonly signed?: SignedCertificates;
    /** The key of the server's certificate; secret. Undefined while that is not signed. */
    readonly privateKey?: pulumi.Output<string>;
}

/** Declares the requests, and judges what was signed, whose texts hold certificates and nothing else. */
export function offline(
    name: string,
    args: OfflineAuthorityArgs,
    given: SignedArgs,
    parent: pulumi.Resource,
): Hierarchy {
    const intermediate = intermediateRequest(name, args, given, parent);
    const server = serverRequest(name, args, given, parent);
    const requests = { intermediate: intermediate.present, server: server.requestPem };
    if (Object.keys(given).length === 0) return { requests };

    const held = pulumi
        .all([server.requestPem, server.privateKeyPem, server.previous])
        .apply(([requestPem, privateKeyPem, previous]) => [{ requestPem, privateKeyPem }, ...previous]);
    // Requests are public; what is secret beside them is their keys.
    const ofServer = pulumi.unsecret(held.apply((all) => all.map(({ requestPem }) => requestPem)));
    const { permittedDnsDomains } = args.intermediate;
    const signed = new SignedCertificates(
        `${name}-signed`,
        {
            signed: { ...given },
            requests: { intermediate: intermediate.all, server: ofServer },
            ...(permittedDnsDomains === undefined
                ? {}
                : { permittedDnsDomains: { intermediate: permittedDnsDomains } }),
        },
        { parent },
    );
    if (given.server === undefined) return { requests, signed };
    const privateKey = pulumi
        .all([signed.answered, held])
        .apply(([answered, all]) => keyInUse(answered.server ?? 0, all));
    return { requests, signed, privateKey: pulumi.secret(privateKey) };
}

interface IntermediateRequest {
    readonly present: pulumi.Output<string>;
    /** The present one first. */
    readonly all: pulumi.Output<string[]>;
}

function intermediateRequest(
    name: string,
    args: OfflineAuthorityArgs,
    given: SignedArgs,
    parent: pulumi.Resource,
): IntermediateRequest {
    const { request, privateKeyFile, commonName, permittedDnsDomains, ...key } = args.intermediate;
    if ((request === undefined) === (privateKeyFile === undefined)) {
        throw new PortcullisError({
            code: "InvalidInput",
            property: "intermediate",
            problem:
                request === undefined
                    ? "intermediate: Where the key of the intermediate is was not said."
                    : "intermediate: There is a key file as well as a request.",
            remedy: "Give exactly one of privateKeyFile, an encrypted file, and request, for a key that is elsewhere.",
        });
    }
    if (request !== undefined) {
        refusePrivateKey(request, "intermediate.request");
        const present = normaliseRequest(request, "intermediate.request");
        return { present: pulumi.output(present), all: pulumi.output([present]) };
    }
    const made = new CertificateRequest(
        `${name}-intermediate-request`,
        {
            tier: "intermediate",
            commonName: commonName ?? `${pulumi.getProject()} ${pulumi.getStack()} ${name} intermediate`,
            ...subjectOf(args),
            ...(permittedDnsDomains === undefined ? {} : { permittedDnsDomains }),
            keyAlgorithm: DEFAULT_OFFLINE_KEY,
            ...key,
            ...(privateKeyFile === undefined ? {} : { privateKeyFile }),
            ...(given.intermediate === undefined ? {} : { certificatePem: given.intermediate }),
        },
        { parent },
    );
    const all = pulumi
        .all([made.requestPem, made.previous])
        .apply(([present, previous]) => [present, ...previous.map(({ requestPem }) => requestPem)]);
    return { present: made.requestPem, all: pulumi.unsecret(all) };
}

function serverRequest(
    name: string,
    args: OfflineAuthorityArgs,
    given: SignedArgs,
    parent: pulumi.Resource,
): CertificateRequest {
    const { commonName, dnsNames, ...others } = args.server;
    return new CertificateRequest(
        `${name}-server-request`,
        {
            tier: "server",
            commonName: commonName ?? dnsNames[0] ?? "",
            ...subjectOf(args),
            dnsNames,
            keyAlgorithm: "EC-P256",
            ...others,
            ...(given.server === undefined ? {} : { certificatePem: given.server }),
        },
        { parent },
    );
}

function subjectOf({ organization, country }: OfflineAuthorityArgs) {
    return {
        ...(organization === undefined ? {} : { organization }),
        ...(country === undefined ? {} : { country }),
    };
}
