/** A whole PKI by @pulumi/tls, its root's key included: for development, where nothing hangs on it. */
import * as pulumi from "@pulumi/pulumi";
import type * as Tls from "@pulumi/tls";
import { PortcullisError } from "../../provider/errors";
import { SignedCertificates } from "../../provider/pki/program/signed-certificates";
import { optionalPeer } from "../optional-peer";
import type { OfflineAuthorityArgs } from "./args";
import type { Hierarchy } from "./hierarchy";

/** Hours that each certificate holds, and before its end is renewed. */
const HOURS = { root: 87_600, intermediate: 43_800, server: 8_760, renewal: 720 } as const;
const AUTHORITY_USES = ["cert_signing", "crl_signing"];

/** Arguments of the offline way, which would be without effect here: keys and signatures are all made by @pulumi/tls. */
function refuseOffline({ intermediate, server, signed }: OfflineAuthorityArgs): void {
    const given = Object.entries({
        signed,
        "intermediate.request": intermediate.request,
        "intermediate.privateKeyFile": intermediate.privateKeyFile,
        "intermediate.permittedIpRanges": intermediate.permittedIpRanges,
        "intermediate.keyAlgorithm": intermediate.keyAlgorithm,
        "intermediate.generation": intermediate.generation,
        "server.keyAlgorithm": server.keyAlgorithm,
        "server.generation": server.generation,
    }).flatMap(([property, value]) => (value === undefined ? [] : [property]));
    const [first] = given;
    if (first === undefined) return;
    throw new PortcullisError({
        code: "InvalidInput",
        property: first,
        problem: `Development mode makes every key and certificate anew, and would leave ${given.join(", ")} without effect.`,
        remedy: 'Remove what is named here, or set mode: "offline".',
    });
}

/** Makes all three certificates, and has them judged as those of an operator are, but for name constraints. */
export function development(name: string, args: OfflineAuthorityArgs, parent: pulumi.Resource): Hierarchy {
    refuseOffline(args);
    // What a package of this name exports is declared by its own types.
    const tls = optionalPeer("@pulumi/tls", "OfflineAuthority in development") as typeof Tls;
    const child = { parent };
    const { organization, country, intermediate, server } = args;
    const subject = (commonName: string) => ({
        commonName,
        ...(organization === undefined ? {} : { organization }),
        ...(country === undefined ? {} : { country }),
    });
    const key = (tier: string, ecdsaCurve: string): Tls.PrivateKey =>
        new tls.PrivateKey(`${name}-${tier}-key`, { algorithm: "ECDSA", ecdsaCurve }, child);
    const own = `${pulumi.getProject()} ${pulumi.getStack()} ${name}`;

    const rootKey = key("root", "P384");
    const root = new tls.SelfSignedCert(
        `${name}-root`,
        {
            privateKeyPem: rootKey.privateKeyPem,
            subject: subject(`${own} development root`),
            isCaCertificate: true,
            maxPathLength: 2,
            setSubjectKeyId: true,
            setAuthorityKeyId: true,
            allowedUses: AUTHORITY_USES,
            validityPeriodHours: HOURS.root,
            earlyRenewalHours: HOURS.renewal,
        },
        child,
    );
    const intermediateKey = key("intermediate", "P384");
    const intermediateRequest = new tls.CertRequest(
        `${name}-intermediate-request`,
        {
            privateKeyPem: intermediateKey.privateKeyPem,
            subject: subject(intermediate.commonName ?? `${own} intermediate`),
        },
        child,
    );
    const intermediateCertificate = new tls.LocallySignedCert(
        `${name}-intermediate`,
        {
            certRequestPem: intermediateRequest.certRequestPem,
            caPrivateKeyPem: rootKey.privateKeyPem,
            caCertPem: root.certPem,
            isCaCertificate: true,
            maxPathLength: 1,
            setSubjectKeyId: true,
            allowedUses: AUTHORITY_USES,
            validityPeriodHours: HOURS.intermediate,
            earlyRenewalHours: HOURS.renewal,
        },
        child,
    );
    const serverKey = key("server", "P256");
    const serverRequest = new tls.CertRequest(
        `${name}-server-request`,
        {
            privateKeyPem: serverKey.privateKeyPem,
            subject: subject(server.commonName ?? server.dnsNames[0] ?? ""),
            dnsNames: server.dnsNames,
            ...(server.ipAddresses === undefined ? {} : { ipAddresses: server.ipAddresses }),
        },
        child,
    );
    const serverCertificate = new tls.LocallySignedCert(
        `${name}-server`,
        {
            certRequestPem: serverRequest.certRequestPem,
            caPrivateKeyPem: intermediateKey.privateKeyPem,
            caCertPem: intermediateCertificate.certPem,
            setSubjectKeyId: true,
            allowedUses: ["digital_signature", "server_auth", "client_auth"],
            validityPeriodHours: HOURS.server,
            earlyRenewalHours: HOURS.renewal,
        },
        child,
    );
    const requests = {
        intermediate: intermediateRequest.certRequestPem,
        server: serverRequest.certRequestPem,
    };
    const signed = new SignedCertificates(
        `${name}-signed`,
        {
            signed: {
                root: root.certPem,
                intermediate: intermediateCertificate.certPem,
                server: serverCertificate.certPem,
            },
            requests: { intermediate: [requests.intermediate], server: [requests.server] },
        },
        child,
    );
    const privateKey = pulumi.all([signed.id, serverKey.privateKeyPemPkcs8]).apply(([, pem]) => pem);
    return { requests, signed, privateKey };
}
