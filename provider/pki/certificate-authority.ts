/** The resource CertificateAuthority: a root made here, renewed with the same key before it ends. */
import { createPublicKey } from "node:crypto";
import { z } from "zod";
import { changedProperties } from "../changes";
import { durationField, parseDuration } from "../duration";
import { checkInputs, isKnown } from "../inputs";
import type { CheckFailure, PlannedInputs, ResourceType } from "../resource";
import { existingAuthorityKey, newAuthorityKey } from "./authority-key";
import { keyIdentifier, makeAuthorityCertificate } from "./certificates";
import { keyAlgorithmField, keyFileField, nameField, renewalFailures } from "./fields";
import type { KeyFile } from "./key-file";
import { DEFAULT_KEY_ALGORITHM, type KeyAlgorithm } from "./keys";
import { parseCertificate } from "./parsed-certificate";
import { factsOf, isDue, sameDurations, type CertificateFacts } from "./renewal";

export interface CertificateAuthorityInputs {
    /** The authority's common name: 1 to 64 characters. Another one is another authority. */
    readonly commonName: string;
    /** Its organization, 1 to 64 characters; none unless given. */
    readonly organization?: string | undefined;
    /** "RSA-4096" unless said. */
    readonly keyAlgorithm: KeyAlgorithm;
    /** How long each certificate of the authority holds, as "365d", the default. A change issues a new one. */
    readonly validity: string;
    /** How long before its end the certificate is renewed by the next update, as "30d", the default. */
    readonly renewBefore: string;
    /** How many authorities may stand between this one and a client: 0 to 10, 1 unless said. */
    readonly pathLength: number;
    /**
     * Keeps the private key in this encrypted file (PKCS#8, AES-256) and out of the state. A file that is already
     * there is adopted where the passphrase opens it and its key is of `keyAlgorithm`; it is never overwritten, and
     * kept when the authority is deleted. Only what signs needs it: it may be offline at any other time.
     */
    readonly privateKeyFile?: KeyFile | undefined;
    /** Whether a change that makes another authority is refused; false unless said. */
    readonly permanent: boolean;
}

export interface CertificateAuthorityState extends CertificateAuthorityInputs, CertificateFacts {
    /** The private key, PKCS#8 PEM. Secret; absent with `privateKeyFile`. */
    readonly privateKeyPem?: string | undefined;
}

const PATH_LENGTH = "Give a whole number from 0 to 10.";

const schema = z.object({
    commonName: nameField("authority's common name"),
    organization: nameField("organization").optional(),
    keyAlgorithm: keyAlgorithmField.default(DEFAULT_KEY_ALGORITHM),
    validity: durationField().default("365d"),
    renewBefore: durationField().default("30d"),
    pathLength: z
        .number({ error: PATH_LENGTH })
        .int({ error: PATH_LENGTH })
        .min(0, { error: PATH_LENGTH })
        .max(10, { error: PATH_LENGTH })
        .default(1),
    privateKeyFile: keyFileField.optional(),
    permanent: z.boolean().default(false),
});

/** What makes another authority. Renewal, by contrast, keeps key and subject, so that what it issued still holds. */
const REPLACING = ["commonName", "organization", "keyAlgorithm", "pathLength"] as const;
const UPDATING = ["validity", "renewBefore", "privateKeyFile", "permanent"] as const;

export const certificateAuthority: ResourceType<
    CertificateAuthorityInputs,
    CertificateAuthorityState,
    unknown
> = {
    token: "pki:CertificateAuthority",

    check: (inputs, _now, last) =>
        checkInputs(schema, inputs, (planned) => [
            ...renewalFailures(planned),
            ...permanenceFailures(planned, last),
        ]),

    diff(state, inputs, now) {
        const replaces = changedProperties(state, inputs, REPLACING);
        const renewBefore = isKnown<string>(inputs.renewBefore) ? inputs.renewBefore : state.renewBefore;
        const due = isDue(state.notAfter, renewBefore, now) ? ["notAfter"] : [];
        return {
            changed: [...replaces, ...changedProperties(state, inputs, UPDATING, sameDurations), ...due],
            replaces,
        };
    },

    async create(inputs, context) {
        const key = await newAuthorityKey(inputs.keyAlgorithm, inputs.privateKeyFile);
        const state = stateOf(inputs, key, await certify(inputs, key, context.now()));
        return { id: keyIdentifier(createPublicKey(key)), state };
    },

    /** There is nothing elsewhere to read; a key file may be offline between signatures. */
    read: (id, state) => Promise.resolve({ id, state }),

    async update(_id, state, inputs, context) {
        const changed = changedProperties(state, inputs, UPDATING, sameDurations);
        const renews =
            changed.includes("validity") || isDue(state.notAfter, inputs.renewBefore, context.now());
        if (!renews && !changed.includes("privateKeyFile")) {
            return stateOf(inputs, state.privateKeyPem, state.certificatePem);
        }
        const { publicKey } = parseCertificate(state.certificatePem);
        const key = await existingAuthorityKey({ ...state, publicKey }, inputs.privateKeyFile);
        const certificate = renews ? await certify(inputs, key, context.now()) : state.certificatePem;
        return stateOf(inputs, key, certificate);
    },

    /** A key file is kept: deleting a key cannot be undone, and what it issued may still be in use. */
    delete: () => Promise.resolve(),
};

/** One failure for each property whose change would put another authority in the place of a permanent one. */
function permanenceFailures(
    planned: PlannedInputs<CertificateAuthorityInputs>,
    last: unknown,
): readonly CheckFailure[] {
    const before = schema.safeParse(last);
    if (planned.permanent !== true || !before.success) return [];
    return changedProperties(before.data, planned, REPLACING).map((property) => ({
        property,
        reason:
            "It would make another authority, and certificates of this one would no longer be accepted. Leave it as " +
            "it was; in AccountMfa raise `authority.generation`, and it counts from that generation on.",
    }));
}

async function certify(inputs: CertificateAuthorityInputs, key: string, now: Date): Promise<string> {
    return makeAuthorityCertificate({
        subject: { commonName: inputs.commonName, organization: inputs.organization },
        privateKeyPem: key,
        pathLength: inputs.pathLength,
        validity: parseDuration(inputs.validity, "validity"),
        now,
    });
}

function stateOf(
    inputs: CertificateAuthorityInputs,
    key: string | undefined,
    certificatePem: string,
): CertificateAuthorityState {
    return {
        ...inputs,
        ...factsOf(certificatePem),
        ...(inputs.privateKeyFile === undefined ? { privateKeyPem: key } : {}),
    };
}
