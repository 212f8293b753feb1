/** Chains, right ones and each wrong in one way, that the access decision and openssl both judge. */
import "reflect-metadata";
import { createPublicKey } from "node:crypto";
import * as library from "@peculiar/x509";
import { keyIdentifier } from "../../../../provider/pki/certificates";
import {
    authority,
    client,
    CLIENT_AUTH,
    daysFromNow,
    NOW,
    rsaKey,
    SERVER_AUTH,
    type Wishes,
} from "./support";

/** A chain, what it is called, whether it is trusted, and what `openssl verify -purpose sslclient` says of it. */
export interface Case {
    readonly title: string;
    readonly client: string;
    readonly authority: string;
    readonly trusted: boolean;
    /** A part of the reason. */
    readonly reason?: RegExp;
    /** Where openssl is more lenient than the access decision: why. */
    readonly stricter?: string;
}

/** Every chain that the decision is tried on, at `NOW`. */
export async function cases(): Promise<readonly Case[]> {
    const ca = await authority();
    const good = await client(ca.key);
    const stranger = await authority();
    const { keyCertSign, cRLSign, keyEncipherment, digitalSignature, keyAgreement } = library.KeyUsageFlags;
    const { BasicConstraintsExtension, Extension } = library;

    /** One authority of another make, and a proper client of it. */
    const under = async (wishes: Wishes): Promise<Pick<Case, "client" | "authority">> => {
        const other = await authority(wishes);
        const issuer = wishes.subject === undefined ? {} : { issuer: wishes.subject };
        return { client: (await client(other.key, issuer)).pem, authority: other.pem };
    };
    /** One client of another make. */
    const as = async (wishes: Wishes, key?: string): Promise<Pick<Case, "client" | "authority">> => ({
        client: (await client(ca.key, wishes, key)).pem,
        authority: ca.pem,
    });
    const trusted = true;
    const small = await rsaKey(1024);
    const nobodyKnows = new Extension("1.3.6.1.4.1.99999.1", true, Buffer.from("0500", "hex"));
    const netscape = (bits: string) =>
        new Extension("2.16.840.1.113730.1.1", false, Buffer.from(`0302${bits}`, "hex"));
    // Permits any directory name: a constraint that this client fulfils.
    const constraint = new Extension("2.5.29.30", true, Buffer.from("3008a0063004a4023000", "hex"));
    const pretender = await authority({ authorityKeyId: null }, undefined, stranger.key);
    const intermediate = await authority({ issuer: [{ CN: ["Root"] }] }, undefined, stranger.key);

    return [
        { title: "a proper chain", client: good.pem, authority: ca.pem, trusted },
        { title: "no key identifiers", trusted, ...(await as({ authorityKeyId: null, subjectKeyId: null })) },
        {
            title: "no keyUsage, no basicConstraints",
            trusted,
            ...(await as({ keyUsage: null, basicConstraints: null })),
        },
        {
            title: "clientAuth among others",
            trusted,
            ...(await as({ extendedKeyUsage: [SERVER_AUTH, CLIENT_AUTH] })),
        },
        {
            title: "a path length of 0",
            trusted,
            ...(await under({ basicConstraints: new BasicConstraintsExtension(true, 0, true) })),
        },
        { title: "an authority without keyUsage", trusted, ...(await under({ keyUsage: null })) },
        {
            title: "an authority without key identifiers",
            trusted,
            ...(await under({ subjectKeyId: null, authorityKeyId: null })),
        },
        {
            title: "an authority for TLS clients",
            trusted,
            ...(await under({ extendedKeyUsage: [CLIENT_AUTH] })),
        },
        { title: "a Netscape SSL client", trusted, ...(await as({ extra: [netscape("0780")] })) },
        {
            title: "a client expired",
            trusted: false,
            reason: /"alice" expired on 2026-06-14T12:00:00Z/,
            ...(await as({ notAfter: daysFromNow(-1) })),
        },
        {
            title: "a client that ends now",
            trusted: false,
            reason: /expired on 2026-06-15T12:00:00Z/,
            ...(await as({ notAfter: NOW })),
        },
        { title: "a client that begins now", trusted, ...(await as({ notBefore: NOW })) },
        {
            title: "a client not yet valid",
            trusted: false,
            reason: /"alice" is not valid before 2026-06-16T12:00:00Z/,
            ...(await as({ notBefore: daysFromNow(1) })),
        },
        {
            title: "an authority expired",
            trusted: false,
            reason: /"Test authority" expired on 2026-06-14/,
            ...(await under({ notAfter: daysFromNow(-1) })),
        },
        {
            title: "an authority not yet valid",
            trusted: false,
            reason: /"Test authority" is not valid before/,
            ...(await under({ notBefore: daysFromNow(1) })),
        },
        {
            title: "an EKU for servers alone",
            trusted: false,
            reason: /lacks clientAuth/,
            ...(await as({ extendedKeyUsage: [SERVER_AUTH] })),
        },
        {
            title: "an EKU for any purpose",
            trusted: false,
            reason: /lacks clientAuth/,
            ...(await as({ extendedKeyUsage: ["2.5.29.37.0"] })),
        },
        {
            title: "no EKU",
            trusted: false,
            reason: /no extendedKeyUsage/,
            stricter: "the documentation asks for clientAuth",
            ...(await as({ extendedKeyUsage: null })),
        },
        {
            title: "a keyUsage without signature",
            trusted: false,
            reason: /lacks digitalSignature/,
            ...(await as({ keyUsage: keyEncipherment })),
        },
        {
            title: "a keyUsage of agreement alone",
            trusted: false,
            reason: /lacks digitalSignature/,
            stricter: "no modern handshake uses it",
            ...(await as({ keyUsage: keyAgreement })),
        },
        {
            title: "a Netscape SSL server",
            trusted: false,
            reason: /Netscape/,
            ...(await as({ extra: [netscape("0640")] })),
        },
        {
            title: "a client that is a CA",
            trusted: false,
            reason: /is itself a CA/,
            stricter: "an authority is no client",
            ...(await as({
                basicConstraints: new BasicConstraintsExtension(true, undefined, true),
                keyUsage: digitalSignature | keyCertSign,
            })),
        },
        {
            title: "the authority itself",
            trusted: false,
            reason: /is itself a CA/,
            client: ca.pem,
            authority: ca.pem,
        },
        {
            title: "an authority that is no CA",
            trusted: false,
            reason: /is not a CA/,
            ...(await under({ basicConstraints: new BasicConstraintsExtension(false, undefined, true) })),
        },
        {
            title: "an authority without basicConstraints",
            trusted: false,
            reason: /is not a CA/,
            stricter: "openssl takes keyCertSign for it",
            ...(await under({ basicConstraints: null })),
        },
        {
            title: "an authority with basicConstraints not critical",
            trusted: false,
            reason: /not marked critical/,
            stricter: "OUTSCALE asks for critical",
            ...(await under({ basicConstraints: new BasicConstraintsExtension(true, 1, false) })),
        },
        {
            title: "an authority without keyCertSign",
            trusted: false,
            reason: /lacks keyCertSign/,
            ...(await under({ keyUsage: cRLSign })),
        },
        {
            title: "an authority for servers alone",
            trusted: false,
            reason: /may not issue for TLS clients/,
            ...(await under({ extendedKeyUsage: [SERVER_AUTH] })),
        },
        {
            title: "an authority with name constraints",
            trusted: false,
            reason: /name constraints/,
            stricter: "they are not evaluated",
            ...(await under({ extra: [constraint] })),
        },
        {
            title: "an intermediate authority",
            trusted: false,
            reason: /not self-signed/,
            client: (await client(intermediate.key)).pem,
            authority: intermediate.pem,
        },
        {
            title: "an authority that bears its own name over another's signature",
            trusted: false,
            reason: /not self-signed/,
            stricter: "openssl does not look at a root's signature",
            client: (await client(pretender.key)).pem,
            authority: pretender.pem,
        },
        {
            title: "another authority of the same name",
            trusted: false,
            reason: /another key/,
            client: good.pem,
            authority: stranger.pem,
        },
        {
            title: "the same, without key identifiers",
            trusted: false,
            reason: /signature is not by that authority/,
            client: (await client(stranger.key, { authorityKeyId: null })).pem,
            authority: ca.pem,
        },
        {
            title: "the same, with a forged key identifier",
            trusted: false,
            reason: /signature is not by that authority/,
            client: (await client(stranger.key, { authorityKeyId: keyIdentifier(createPublicKey(ca.key)) }))
                .pem,
            authority: ca.pem,
        },
        {
            title: "another issuer's name",
            trusted: false,
            reason: /names another issuer/,
            ...(await as({ issuer: [{ CN: ["Somebody"] }] })),
        },
        {
            title: "the issuer's name in other letters",
            trusted: false,
            reason: /names another issuer/,
            stricter: "verifiers differ",
            ...(await as({ issuer: [{ CN: ["TEST  authority"] }] })),
        },
        {
            title: "an unknown critical extension",
            trusted: false,
            reason: /critical extension \(1\.3\.6\.1\.4\.1\.99999\.1\)/,
            ...(await as({ extra: [nobodyKnows] })),
        },
        {
            title: "an unknown critical extension of the authority",
            trusted: false,
            reason: /"Test authority" has a critical extension/,
            ...(await under({ extra: [nobodyKnows] })),
        },
        {
            title: "a short RSA key",
            trusted: false,
            reason: /1024 bits/,
            stricter: "TLS servers refuse it",
            ...(await as({}, small)),
        },
        {
            title: "SHA-1",
            trusted: false,
            reason: /signed with SHA-1/,
            stricter: "TLS servers refuse it",
            ...(await as({ hash: "SHA-1" })),
        },
    ];
}
