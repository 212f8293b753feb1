/** The resource CertificateRequest: a key made here and a request for its certificate, which is signed elsewhere. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { z } from "zod";
import { changedProperties } from "../changes";
import { PortcullisError } from "../errors";
import { checkInputs, isKnown } from "../inputs";
import type { CheckFailure, PlannedInputs, ResourceType } from "../resource";
import { existingAuthorityKey, newAuthorityKey } from "./authority-key";
import { keyIdentifier } from "./certificates";
import { isMalformed } from "./der";
import { keyAlgorithmField, keyFileField, nameField, pemField } from "./fields";
import type { KeyFile } from "./key-file";
import { DEFAULT_OFFLINE_KEY, type KeyAlgorithm } from "./keys";
import { answeredRequest } from "./offline/answered-request";
import { isDnsName, normaliseIp } from "./offline/general-names";
import { normaliseRange } from "./offline/ip-ranges";
import { makeRequest } from "./offline/make-request";
import { parseCertificate } from "./parsed-certificate";
import { invalidInput, normalisePem } from "./pem";
import { publicKeyOfRequest } from "./request";

/** What is requested: an authority's certificate, or a server's. */
export const REQUESTED_TIERS = ["intermediate", "issuer", "server"] as const;
export type RequestedTier = (typeof REQUESTED_TIERS)[number];

export interface CertificateRequestInputs {
    readonly tier: RequestedTier;
    /** The subject's common name: 1 to 64 characters. */
    readonly commonName: string;
    readonly organization?: string | undefined;
    /** Two capital letters (ISO 3166). */
    readonly country?: string | undefined;
    /** A server's DNS names, in lower case: at least one. */
    readonly dnsNames?: readonly string[] | undefined;
    /** A server's IP addresses, in their normal form. */
    readonly ipAddresses?: readonly string[] | undefined;
    /** The DNS domains that an authority asks to be constrained to. */
    readonly permittedDnsDomains?: readonly string[] | undefined;
    /** The IP ranges beside those domains; loopback alone unless said. */
    readonly permittedIpRanges?: readonly string[] | undefined;
    /** "EC-P384" unless said. Another one makes a new key. */
    readonly keyAlgorithm: KeyAlgorithm;
    /** Another number makes a new key: 1 unless said. */
    readonly generation: number;
    /** Keeps the private key in this encrypted file and out of the state. */
    readonly privateKeyFile?: KeyFile | undefined;
    /**
     * The certificate in use. Where a change makes another request, the one that this certificate answers is kept with
     * its key in `previous`. It changes nothing by itself.
     */
    readonly certificatePem?: string | undefined;
}

/** A request, and the key that it is for. */
export interface RequestWithKey {
    readonly requestPem: string;
    /** PKCS#8 PEM; absent where the key is in a file. */
    readonly privateKeyPem?: string | undefined;
}

export interface CertificateRequestState extends CertificateRequestInputs, RequestWithKey {
    /** The request that `certificatePem` answered when the present one was made; secret, at most one. */
    readonly previous: readonly RequestWithKey[];
}

const GENERATION = "Give a whole number from 1 on; raise it by one for a new key.";
const DNS = 'Give DNS names, as "vault.example.org".';
const IP = 'Give IP addresses, as "10.0.0.1".';

const dnsField = z
    .string({ error: DNS })
    .refine(isDnsName, { error: DNS })
    .transform((name) => name.toLowerCase());
const domainField = dnsField.refine((name) => !name.startsWith("*"), {
    error: 'Give DNS domains, as "example.org", without "*".',
});
const ipField = z.string({ error: IP }).transform((text, context) => {
    const ip = normaliseIp(text);
    if (ip !== undefined) return ip;
    context.addIssue({ code: "custom", message: IP });
    return z.NEVER;
});
const RANGE = 'Give IP ranges, as "10.0.0.0/16", one address as "10.0.0.7/32".';
const rangeField = z.string({ error: RANGE }).transform((text, context) => {
    const range = normaliseRange(text);
    if (range !== undefined && !range.endsWith("/0")) return range;
    context.addIssue({ code: "custom", message: RANGE });
    return z.NEVER;
});

const schema = z.object({
    tier: z.enum(REQUESTED_TIERS, { error: `Use one of: ${REQUESTED_TIERS.join(", ")}.` }),
    commonName: nameField("subject's common name"),
    organization: nameField("organization").optional(),
    country: z
        .string()
        .regex(/^[A-Z]{2}$/, { error: 'Give two capital letters, as "FR".' })
        .optional(),
    dnsNames: z.array(dnsField).nonempty({ error: DNS }).optional(),
    ipAddresses: z.array(ipField).optional(),
    permittedDnsDomains: z
        .array(domainField)
        .nonempty({ error: "Give at least one domain, or leave it out." })
        .optional(),
    permittedIpRanges: z.array(rangeField).optional(),
    keyAlgorithm: keyAlgorithmField.default(DEFAULT_OFFLINE_KEY),
    generation: z
        .number({ error: GENERATION })
        .int({ error: GENERATION })
        .min(1, { error: GENERATION })
        .default(1),
    privateKeyFile: keyFileField.optional(),
    certificatePem: pemField("certificate in use", (pem) => normalisePem(pem)).optional(),
});

const KEY = ["keyAlgorithm", "generation"] as const;
const CONTENT = [
    "commonName",
    "organization",
    "country",
    "dnsNames",
    "ipAddresses",
    "permittedDnsDomains",
    "permittedIpRanges",
] as const;

export const certificateRequest: ResourceType<CertificateRequestInputs, CertificateRequestState, unknown> = {
    token: "pki:CertificateRequest",

    check: (inputs) => checkInputs(schema, inputs, tierFailures),

    diff(state, inputs) {
        const replaces = changedProperties(state, inputs, ["tier"]);
        const changed = changedProperties(state, inputs, [...KEY, ...CONTENT, "privateKeyFile"]);
        return { changed: [...replaces, ...changed], replaces };
    },

    async create(inputs) {
        const key = await newAuthorityKey(inputs.keyAlgorithm, inputs.privateKeyFile);
        const state = stateOf(inputs, key, await request(inputs, key), []);
        return { id: keyIdentifier(createPublicKey(key)), state };
    },

    /** There is nothing elsewhere to read; a key file may be offline between requests. */
    read: (id, state) => Promise.resolve({ id, state }),

    async update(_id, state, inputs) {
        const publicKey = publicKeyOfRequest(state.requestPem, "requestPem");
        const renewsKey = changedProperties(state, inputs, KEY).length > 0;
        const renews = renewsKey || changedProperties(state, inputs, CONTENT).length > 0;
        const key = renewsKey
            ? await newAuthorityKey(inputs.keyAlgorithm, inputs.privateKeyFile)
            : await existingAuthorityKey({ ...state, publicKey }, inputs.privateKeyFile);
        if (renewsKey && createPublicKey(createPrivateKey(key)).equals(publicKey)) throw sameFile();
        const requestPem = renews ? await request(inputs, key) : state.requestPem;
        return stateOf(inputs, key, requestPem, renews ? inUse(state, inputs) : state.previous);
    },

    /** A key file is kept: deleting a key cannot be undone, and its certificate may still be in use. */
    delete: () => Promise.resolve(),
};

function sameFile(): PortcullisError {
    return invalidInput(
        "privateKeyFile.path",
        "A new key is asked for, and the file holds the present one, which is never overwritten.",
        "Name a path where no file is yet.",
    );
}

function tierFailures(planned: PlannedInputs<CertificateRequestInputs>): readonly CheckFailure[] {
    const { tier, dnsNames, ipAddresses, permittedDnsDomains, permittedIpRanges } = planned;
    if (!isKnown<RequestedTier>(tier)) return [];
    const misplaced = (property: string, value: unknown, reason: string): readonly CheckFailure[] =>
        value === undefined ? [] : [{ property, reason }];
    if (tier !== "server") {
        const reason = "An authority has no names of that kind. Leave them out.";
        return [
            ...misplaced("dnsNames", dnsNames, reason),
            ...misplaced("ipAddresses", ipAddresses, reason),
            ...(permittedDnsDomains === undefined
                ? misplaced(
                      "permittedIpRanges",
                      permittedIpRanges,
                      "They bound nothing here without DNS domains. Give permittedDnsDomains as well.",
                  )
                : []),
        ];
    }
    const missing = { property: "dnsNames", reason: `It is missing: clients look for names. ${DNS}` };
    return [
        ...(dnsNames === undefined ? [missing] : []),
        ...misplaced(
            "permittedDnsDomains",
            permittedDnsDomains,
            "A server's certificate has no name constraints. Leave it out.",
        ),
        ...misplaced(
            "permittedIpRanges",
            permittedIpRanges,
            "A server's certificate has no name constraints. Leave it out.",
        ),
    ];
}

async function request(inputs: CertificateRequestInputs, key: string): Promise<string> {
    const { commonName, organization, country, tier, permittedDnsDomains, permittedIpRanges } = inputs;
    const names =
        tier === "server"
            ? { dnsNames: inputs.dnsNames ?? [], ipAddresses: inputs.ipAddresses ?? [] }
            : undefined;
    return makeRequest(
        {
            subject: { commonName, organization, country },
            tier,
            names,
            permittedDnsDomains,
            permittedIpRanges,
        },
        key,
    );
}

/** The request among those in the state that the certificate in use answers, if any. */
function inUse(state: CertificateRequestState, inputs: CertificateRequestInputs): readonly RequestWithKey[] {
    const { certificatePem, tier } = inputs;
    if (certificatePem === undefined) return [];
    const { requestPem, privateKeyPem } = state;
    const held = [{ requestPem, privateKeyPem }, ...state.previous];
    const requests = held.map((one) => one.requestPem);
    try {
        const { index } = answeredRequest(parseCertificate(certificatePem), tier, requests);
        const one = index === undefined ? undefined : held[index];
        return one === undefined ? [] : [one];
    } catch (error) {
        // A certificate that cannot be read is in use nowhere; its own check says what is wrong with it.
        if (error instanceof PortcullisError || isMalformed(error)) return [];
        throw error;
    }
}

function stateOf(
    inputs: CertificateRequestInputs,
    key: string,
    requestPem: string,
    previous: readonly RequestWithKey[],
): CertificateRequestState {
    return {
        ...inputs,
        requestPem,
        previous,
        ...(inputs.privateKeyFile === undefined ? { privateKeyPem: key } : {}),
    };
}
