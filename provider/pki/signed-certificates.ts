/** The resource SignedCertificates: certificates signed elsewhere, judged whole at preview, and again when deployed. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { checkInputs, hasUnknown } from "../inputs";
import type { CheckFailure, PlannedInputs, ResourceType } from "../resource";
import { pemField } from "./fields";
import { checkSigned, refuseFaults, type ExpectedCertificate } from "./offline/check-signed";
import { TIERS, type Tier } from "./offline/tiers";
import { parseCertificate } from "./parsed-certificate";
import { normalisePem, refusePrivateKey } from "./pem";
import { normaliseRequest } from "./request";

/** A value for some of the tiers. */
export type ByTier<T> = { readonly [Key in Tier]?: T | undefined };

export interface SignedCertificatesInputs {
    /** The certificates, each exactly one, PEM. */
    readonly signed: ByTier<string>;
    /** The requests that each may answer, PEM, the present one first; not compared where there are none. */
    readonly requests?: ByTier<readonly string[]> | undefined;
    /** The DNS domains that an authority must be constrained to, or to less. */
    readonly permittedDnsDomains?: ByTier<readonly string[]> | undefined;
    /** The DNS domains that an authority will issue for. */
    readonly issuesFor?: ByTier<readonly string[]> | undefined;
}

export interface SignedCertificatesState extends SignedCertificatesInputs {
    /** The certificates in their normal form, there once they were found to be right. */
    readonly certificates: ByTier<string>;
    /** Which of its requests each answers, from 0 on; none for a root. */
    readonly answered: ByTier<number>;
    /** When the first of them ends, ISO 8601 in UTC. */
    readonly notAfter: string;
}

function byTier<Field extends z.ZodType>(field: Field) {
    const optional = field.optional();
    return z.strictObject({ root: optional, intermediate: optional, issuer: optional, server: optional });
}

const publicPem = pemField("certificate", (pem) => {
    refusePrivateKey(pem, "certificate");
    return normalisePem(pem);
});
const domains = byTier(z.array(z.string())).optional();

const schema = z.object({
    signed: byTier(publicPem),
    requests: byTier(z.array(pemField("certificate request", (pem) => normaliseRequest(pem)))).optional(),
    permittedDnsDomains: domains,
    issuesFor: domains,
});

const PROPERTIES = ["signed", "requests", "permittedDnsDomains", "issuesFor"] as const;

export const signedCertificates: ResourceType<SignedCertificatesInputs, SignedCertificatesState, unknown> = {
    token: "pki:SignedCertificates",

    check: (inputs, now) => checkInputs(schema, inputs, (planned) => failuresOf(planned, now)),

    diff: (state, inputs) => ({ changed: changedProperties(state, inputs, PROPERTIES), replaces: [] }),

    create: (inputs, context) =>
        Promise.resolve().then(() => ({ id: "signed", state: judged(inputs, context.now()) })),

    /** There is nothing elsewhere to read. */
    read: (id, state) => Promise.resolve({ id, state }),

    update: (_id, _state, inputs, context) => Promise.resolve().then(() => judged(inputs, context.now())),

    /** What was signed stays signed. */
    delete: () => Promise.resolve(),
};

function failuresOf(planned: PlannedInputs<SignedCertificatesInputs>, now: Date): readonly CheckFailure[] {
    return checkSigned(expected(planned), now).faults.map(({ property, problem, remedy }) => ({
        property,
        reason: `${problem} ${remedy}`,
    }));
}

/** What is known of each certificate; what is not yet is judged when it is deployed. */
function expected(planned: PlannedInputs<SignedCertificatesInputs>): readonly ExpectedCertificate[] {
    return TIERS.flatMap((tier) => {
        const pem = known(planned.signed, tier);
        if (typeof pem !== "string") return [];
        return {
            tier,
            property: `signed.${tier}`,
            pem,
            requests: listOf(known(planned.requests, tier)),
            permittedDnsDomains: listOf(known(planned.permittedDnsDomains, tier)),
            issuesFor: listOf(known(planned.issuesFor, tier)),
        };
    });
}

function known(record: unknown, tier: Tier): unknown {
    if (typeof record !== "object" || record === null) return undefined;
    const value: unknown = Object.entries(record).find(([key]) => key === tier)?.[1];
    return hasUnknown(value) ? undefined : value;
}

/** The schema let nothing but lists of texts through here. */
function listOf(value: unknown): readonly string[] | undefined {
    return value as readonly string[] | undefined;
}

function judged(inputs: SignedCertificatesInputs, now: Date): SignedCertificatesState {
    const verdict = checkSigned(expected(inputs), now);
    refuseFaults(verdict);
    const { certificates, answered } = verdict;
    const ends = Object.values(certificates).map((pem) => parseCertificate(pem).notAfter.getTime());
    return {
        ...inputs,
        certificates,
        answered,
        notAfter: new Date(Math.min(...ends)).toISOString(),
    };
}
