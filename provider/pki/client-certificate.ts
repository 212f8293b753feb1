/** The resource ClientCertificate: issued by an authority for a key made here or for a request, renewed before its end. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { durationField, parseDuration } from "../duration";
import { checkInputs, isKnown } from "../inputs";
import type { CheckFailure, PlannedInputs, ResourceType } from "../resource";
import { refusalOfAuthority, validityOf, verifyClientCertificate } from "./chain";
import { credentialsAfter, type Credential } from "./credentials";
import * as fields from "./fields";
import { issueClientCertificate, PAIR_REMEDY, type Issued } from "./issue";
import type { KeyFile } from "./key-file";
import { DEFAULT_KEY_ALGORITHM, keyMatchesCertificate, normalisePrivateKey, type KeyAlgorithm } from "./keys";
import { invalidInput, normalisePem } from "./pem";
import { isDue, sameDurations } from "./renewal";
import { normaliseRequest } from "./request";

export interface ClientCertificateInputs {
    /** The subject's common name, exactly so: 1 to 64 characters. */
    readonly commonName: string;
    /** The issuing authority's certificate: a self-signed CA, PEM. */
    readonly authorityCertificatePem: string;
    /** The authority's private key, PEM. Secret. Either this or `authorityKeyFile`. */
    readonly authorityPrivateKeyPem?: string | undefined;
    /** The encrypted file of the authority's private key; needed only when a certificate is issued. */
    readonly authorityKeyFile?: KeyFile | undefined;
    /**
     * A certificate request (PKCS#10, PEM) for a key that stays where it is, on a card or in an HSM. Only its key
     * is taken from it. Without it, a key is made here.
     */
    readonly csrPem?: string | undefined;
    /** The kind of key made here: "RSA-4096" unless said. Not together with `csrPem`. */
    readonly keyAlgorithm?: KeyAlgorithm | undefined;
    /** How long each certificate holds, as "365d", the default; cut short where the authority ends sooner. */
    readonly validity: string;
    /** How long before its end the certificate is renewed by the next update, as "30d", the default. */
    readonly renewBefore: string;
}

/** With what was issued; `privateKeyPem` is secret, and absent with `csrPem`. */
export interface ClientCertificateState extends ClientCertificateInputs, Issued {
    /** Secret; the present certificate with its key first. Empty with `csrPem`. */
    readonly credentials: readonly Credential[];
}

const schema = z.object({
    commonName: fields.nameField("client's common name"),
    authorityCertificatePem: fields.pemField("authority's certificate", authorityPem),
    authorityPrivateKeyPem: fields
        .pemField("authority's private key", (pem) => normalisePrivateKey(pem))
        .optional(),
    authorityKeyFile: fields.keyFileField.optional(),
    csrPem: fields.pemField("certificate request", (pem) => normaliseRequest(pem)).optional(),
    keyAlgorithm: fields.keyAlgorithmField.optional(),
    validity: durationField().default("365d"),
    renewBefore: durationField().default("30d"),
});

/** What a certificate says or is for: a change issues another one. */
const REISSUING = ["commonName", "csrPem", "keyAlgorithm", "validity"] as const;
/** What may change under a certificate that stays. */
const AROUND = [
    "authorityCertificatePem",
    "authorityPrivateKeyPem",
    "authorityKeyFile",
    "renewBefore",
] as const;

/**
 * Nothing replaces it: there is no object elsewhere, and the certificate before stays valid until its own end, so an
 * update that issues another one leaves no moment without. Each issue makes a new key, as is usual, unless the key is
 * that of a request. A renewed authority with the same key keeps the certificate.
 */
export const clientCertificate: ResourceType<ClientCertificateInputs, ClientCertificateState, unknown> = {
    token: "pki:ClientCertificate",

    check(inputs) {
        const result = checkInputs(schema, inputs, acrossFailures);
        const { csrPem, keyAlgorithm = DEFAULT_KEY_ALGORITHM, ...others } = result.inputs;
        return {
            inputs: csrPem === undefined ? { ...others, keyAlgorithm } : result.inputs,
            failures: result.failures,
        };
    },

    diff(state, inputs, now) {
        const changed = changedProperties(state, inputs, [...REISSUING, ...AROUND], sameDurations);
        const due = isRenewalUseful(state, { ...state, ...known(inputs) }, now) ? ["notAfter"] : [];
        return { changed: [...changed, ...due], replaces: [] };
    },

    async create(inputs, context) {
        const now = context.now();
        const issued = await issue(inputs, now);
        const credentials = credentialsAfter([], issued, now);
        return { id: issued.serialNumber, state: { ...inputs, ...issued, credentials } };
    },

    /** There is nothing elsewhere to read. */
    read: (id, state) => Promise.resolve({ id, state }),

    async update(_id, state, inputs, context) {
        const now = context.now();
        const keeps =
            changedProperties(state, inputs, REISSUING, sameDurations).length === 0 &&
            !isRenewalUseful(state, inputs, now) &&
            stillHolds(state, inputs, now);
        const issued = keeps ? issuedIn(state) : await issue(inputs, now);
        return { ...inputs, ...issued, credentials: credentialsAfter(state.credentials, issued, now) };
    },

    /** A certificate cannot be called back; it ends when its time is over, or when no rule trusts its authority. */
    delete: () => Promise.resolve(),
};

async function issue(inputs: ClientCertificateInputs, now: Date): Promise<Issued> {
    return issueClientCertificate({ ...inputs, validity: parseDuration(inputs.validity, "validity") }, now);
}

function issuedIn(state: ClientCertificateState): Issued {
    const { certificatePem, notBefore, notAfter, fingerprintSha1, serialNumber, privateKeyPem } = state;
    return {
        certificatePem,
        notBefore,
        notAfter,
        fingerprintSha1,
        serialNumber,
        ...(privateKeyPem === undefined ? {} : { privateKeyPem }),
    };
}

type Timing = Pick<ClientCertificateInputs, "authorityCertificatePem" | "renewBefore" | "validity">;

/** The known ones among the inputs that decide about renewal. */
function known(inputs: PlannedInputs<ClientCertificateInputs>): Partial<Timing> {
    const { authorityCertificatePem, renewBefore, validity } = inputs;
    return {
        ...(isKnown<string>(authorityCertificatePem) ? { authorityCertificatePem } : {}),
        ...(isKnown<string>(renewBefore) ? { renewBefore } : {}),
        ...(isKnown<string>(validity) ? { validity } : {}),
    };
}

/**
 * Whether the certificate is due, and a new one would last longer. One that was cut short by its authority's end
 * waits for the authority's own renewal, instead of being issued anew at every update; once it has ended, it is due
 * whatever follows.
 */
function isRenewalUseful(state: ClientCertificateState, timing: Timing, now: Date): boolean {
    if (!isDue(state.notAfter, timing.renewBefore, now)) return false;
    const end = Date.parse(state.notAfter);
    const authorityEnd = validityOf(timing.authorityCertificatePem).notAfter.getTime();
    const nextEnd = Math.min(now.getTime() + parseDuration(timing.validity, "validity"), authorityEnd);
    return now.getTime() >= end || Math.floor(nextEnd / 1000) * 1000 > end;
}

/** Whether the certificate also holds under the authority's present certificate, and does not outlive it. */
function stillHolds(state: ClientCertificateState, inputs: ClientCertificateInputs, now: Date): boolean {
    const { authorityCertificatePem } = inputs;
    return (
        verifyClientCertificate(state.certificatePem, authorityCertificatePem, now).trusted &&
        Date.parse(state.notAfter) <= validityOf(authorityCertificatePem).notAfter.getTime()
    );
}

/** An authority's certificate in its normal form; whether it is valid now is asked only when it issues. */
function authorityPem(text: string): string {
    const pem = normalisePem(text);
    const refusal = refusalOfAuthority(pem);
    if (refusal === undefined) return pem;
    throw invalidInput(undefined, refusal, "Give the certificate of a root CA.");
}

function acrossFailures(inputs: PlannedInputs<z.output<typeof schema>>): readonly CheckFailure[] {
    const failures: CheckFailure[] = [...fields.renewalFailures(inputs)];
    const { authorityCertificatePem, authorityPrivateKeyPem, authorityKeyFile, csrPem, keyAlgorithm } =
        inputs;
    const refuse = (property: string, reason: string): void => void failures.push({ property, reason });
    if (authorityPrivateKeyPem === undefined && authorityKeyFile === undefined) {
        refuse(
            "authorityPrivateKeyPem",
            "The authority's key is missing. Give it here or as authorityKeyFile.",
        );
    } else if (authorityPrivateKeyPem !== undefined && authorityKeyFile !== undefined) {
        refuse("authorityKeyFile", "authorityPrivateKeyPem is given as well. Remove one of the two.");
    } else if (
        isKnown<string>(authorityCertificatePem) &&
        authorityPrivateKeyPem !== undefined &&
        isKnown<string>(authorityPrivateKeyPem) &&
        !keyMatchesCertificate(authorityPrivateKeyPem, authorityCertificatePem)
    ) {
        refuse(
            "authorityPrivateKeyPem",
            `The private key is not the authority certificate's. ${PAIR_REMEDY}`,
        );
    }
    if (csrPem !== undefined && keyAlgorithm !== undefined) {
        refuse("keyAlgorithm", "The key is the request's (csrPem). Remove keyAlgorithm or csrPem.");
    }
    return failures;
}
