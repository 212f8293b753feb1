/** Signed certificates for tests of what is refused: right ones, and makers of such as are wrong in one way. */
import "reflect-metadata";
import * as library from "@peculiar/x509";
import { checkSigned, type ExpectedCertificate } from "../../../../../provider/pki/offline/check-signed";
import type { Tier } from "../../../../../provider/pki/offline/tiers";
import { makeTiers, type Tiers } from "../../../../support/tiers";
import { authority, client, CLIENT_AUTH, daysFromNow, NOW, SERVER_AUTH, type Wishes } from "../support";

/** A PKI in tiers, and another one of the same names. */
export let tiers: Tiers;
export let others: Tiers;

/** Makes them, before the first test of a file. */
export async function prepare(): Promise<void> {
    [tiers, others] = await Promise.all([makeTiers(), makeTiers()]);
}

export type Texts = Partial<Record<Tier, string>>;

export const right = (): Texts => ({
    root: tiers.root.pem,
    intermediate: tiers.intermediate.pem,
    server: tiers.server.pem,
});

export function expectedOf(texts: Texts, over: Partial<ExpectedCertificate> = {}): ExpectedCertificate[] {
    return (["root", "intermediate", "issuer", "server"] as const).flatMap((tier) => {
        const pem = texts[tier];
        if (pem === undefined) return [];
        const requests = tier === "root" ? {} : { requests: [tiers[tier].request] };
        return { tier, property: `signed.${tier}`, pem, ...requests, ...over };
    });
}

/** Every fault as `tier: problem`. */
export function faultsOf(texts: Texts, over: Partial<ExpectedCertificate> = {}, now = NOW): string[] {
    return checkSigned(expectedOf(texts, over), now).faults.map(({ tier, problem }) => `${tier}: ${problem}`);
}

const NAME = [{ O: [{ utf8String: "Example" }] }];
export const named = (commonName: string) => [...NAME, { CN: [{ utf8String: commonName }] }];
export const basic = (ca: boolean, pathLength?: number, critical = true) =>
    new library.BasicConstraintsExtension(ca, pathLength, critical);

/** An intermediate for the request's own key, issued by the root, wrong as wished. */
export async function intermediate(wishes: Wishes): Promise<Texts> {
    const { pem } = await authority(
        {
            subject: named("Intermediate"),
            issuer: named("Root"),
            notAfter: daysFromNow(1000),
            ...wishes,
        },
        tiers.intermediate.key,
        tiers.root.key,
    );
    return { root: tiers.root.pem, intermediate: pem };
}

/** A root for another key than any here, wrong as wished. */
export async function root(wishes: Wishes, key?: string): Promise<Texts> {
    return {
        root: (
            await authority({ basicConstraints: basic(true, 2), notAfter: daysFromNow(1000), ...wishes }, key)
        ).pem,
    };
}

export const ALTERNATIVES = [
    { type: "dns", value: "vault.example.org" },
    { type: "ip", value: "127.0.0.1" },
] as const;

export async function server(
    wishes: Wishes,
    names: readonly library.JsonGeneralName[] = ALTERNATIVES,
): Promise<Texts> {
    const { pem } = await client(
        tiers.intermediate.key,
        {
            subject: [{ CN: ["vault"] }],
            issuer: named("Intermediate"),
            notAfter: daysFromNow(100),
            extendedKeyUsage: [SERVER_AUTH, CLIENT_AUTH],
            extra: [new library.SubjectAlternativeNameExtension([...names])],
            ...wishes,
        },
        tiers.server.key,
    );
    return { ...right(), server: pem };
}
