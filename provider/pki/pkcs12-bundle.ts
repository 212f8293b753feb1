/** The resource Pkcs12Bundle: a certificate with its key and chain as one file for browsers, made anew when they change. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { checkInputs, isKnown } from "../inputs";
import { UNKNOWN, type CheckFailure, type PlannedInputs, type ResourceType } from "../resource";
import { commonNameOf } from "./chain";
import * as fields from "./fields";
import { keyMatchesCertificate, normalisePrivateKey } from "./keys";
import { parseCertificate } from "./parsed-certificate";
import { fingerprintSha1, normalisePem } from "./pem";
import { makePkcs12, PKCS12_ENCRYPTIONS, type Pkcs12Contents, type Pkcs12Encryption } from "./pkcs12";

/**
 * What the file holds, as `check` lets it through: the chain in order, a password of 12 to 128 printable ASCII characters,
 * 10,000 to 600,000 rounds. `friendlyName` is the certificate's common name unless given. Key and password are secret.
 */
export type Pkcs12BundleInputs = Pkcs12Contents;

export interface Pkcs12BundleState extends Pkcs12BundleInputs {
    /** The file, base64. Secret. */
    readonly pkcs12: string;
}

/**
 * The rounds unless said. The .NET runtime's loader refuses files of more than 300,000, so OWASP's 600,000 would shut
 * out importers. Triple DES derives three blocks where AES derives one, with a derivation that node:crypto does not
 * have: the same rounds would take ten seconds.
 */
const DEFAULT_ITERATIONS = { modern: 250_000, legacy: 50_000 } as const satisfies Readonly<
    Record<Pkcs12Encryption, number>
>;

const ITERATIONS = "Give a whole number from 10000 to 600000.";
/**
 * The standard takes the password as UTF-16 for one key and leaves the other's to each program, and Java opens nothing
 * but ASCII. The file can be guessed at offline, at any speed: hence the length.
 */
const PASSWORD =
    "Give 12 to 128 printable ASCII characters, no space at either end: importers disagree about any others.";
const NAME_IN_BMP =
    "Give a name without characters beyond U+FFFF, such as emoji: importers disagree about them.";

const schema = z.object({
    certificatePem: fields.pemField("certificate", (pem) => normalisePem(pem)),
    privateKeyPem: fields.pemField("certificate's private key", (pem) => normalisePrivateKey(pem)),
    chainPems: z.array(fields.pemField("authority's certificate", (pem) => normalisePem(pem))).default([]),
    password: z
        .string({ error: PASSWORD })
        .refine((text) => /^[!-~][ -~]{10,126}[!-~]$/.test(text), { error: PASSWORD }),
    friendlyName: fields
        .nameField("name that importers show")
        .refine(isInBmp, { error: NAME_IN_BMP })
        .optional(),
    encryption: z
        .enum(PKCS12_ENCRYPTIONS, { error: `Use one of: ${PKCS12_ENCRYPTIONS.join(", ")}.` })
        .default("modern"),
    iterations: z
        .number({ error: ITERATIONS })
        .int({ error: ITERATIONS })
        .min(10_000, { error: ITERATIONS })
        .max(600_000, { error: ITERATIONS })
        .optional(),
});

const PROPERTIES = [
    "certificatePem",
    "privateKeyPem",
    "chainPems",
    "password",
    "friendlyName",
    "encryption",
    "iterations",
] as const;

/**
 * Salts are random, so a file is kept as it is until something in it changes. Nothing replaces it: there is no object
 * elsewhere, and no file is written here.
 */
export const pkcs12Bundle: ResourceType<Pkcs12BundleInputs, Pkcs12BundleState, unknown> = {
    token: "pki:Pkcs12Bundle",

    check(inputs) {
        const result = checkInputs(schema, inputs, acrossFailures);
        const { encryption, iterations = defaultIterations(encryption), ...others } = result.inputs;
        return { inputs: { ...others, encryption, iterations }, failures: result.failures };
    },

    diff: (state, inputs) => ({ changed: changedProperties(state, inputs, PROPERTIES), replaces: [] }),

    async create(inputs) {
        return { id: fingerprintSha1(inputs.certificatePem), state: await make(inputs) };
    },

    /** There is nothing elsewhere to read. */
    read: (id, state) => Promise.resolve({ id, state }),

    async update(_id, state, inputs) {
        const isSame = changedProperties(state, inputs, PROPERTIES).length === 0;
        return isSame ? { ...inputs, pkcs12: state.pkcs12 } : await make(inputs);
    },

    /** Copies that were handed out stay, and open as before. */
    delete: () => Promise.resolve(),
};

async function make(inputs: Pkcs12BundleInputs): Promise<Pkcs12BundleState> {
    const friendlyName = inputs.friendlyName ?? nameIn(inputs.certificatePem);
    const der = await makePkcs12({ ...inputs, friendlyName });
    return { ...inputs, pkcs12: der.toString("base64") };
}

/** The certificate's common name, where it can stand in a BMPString. */
function nameIn(certificatePem: string): string | undefined {
    const name = commonNameOf(certificatePem);
    return name !== undefined && isInBmp(name) ? name : undefined;
}

/** Whether every character is one of the Basic Multilingual Plane, as a BMPString wants it. */
function isInBmp(text: string): boolean {
    return !/[\u{10000}-\u{10FFFF}]/u.test(text);
}

function defaultIterations(encryption: unknown): number | typeof UNKNOWN {
    if (!isKnown(encryption)) return UNKNOWN;
    // What is none of them has failed the check.
    return encryption === "legacy" ? DEFAULT_ITERATIONS.legacy : DEFAULT_ITERATIONS.modern;
}

function acrossFailures({
    certificatePem,
    privateKeyPem,
    chainPems,
}: PlannedInputs<z.output<typeof schema>>): readonly CheckFailure[] {
    if (!isKnown<string>(certificatePem)) return [];
    const failures: CheckFailure[] = [];
    if (isKnown<string>(privateKeyPem) && !keyMatchesCertificate(privateKeyPem, certificatePem)) {
        const reason =
            "The private key is another certificate's. Give the key that this certificate was requested with.";
        failures.push({ property: "privateKeyPem", reason });
    }
    return isKnown<string[]>(chainPems)
        ? [...failures, ...chainFailures(certificatePem, chainPems)]
        : failures;
}

/** One failure for each certificate of the chain that did not issue the one before it. */
function chainFailures(certificatePem: string, chainPems: readonly string[]): readonly CheckFailure[] {
    return chainPems.flatMap((pem, index) => {
        const issued = parseCertificate(chainPems[index - 1] ?? certificatePem);
        const issuer = parseCertificate(pem);
        if (issued.x509.checkIssued(issuer.x509) && issued.x509.verify(issuer.publicKey)) return [];
        const before = index === 0 ? "the certificate" : `chainPems[${index - 1}]`;
        const reason = `It did not issue ${before}. Give the chain in order, from the certificate's issuer upwards.`;
        return [{ property: `chainPems[${index}]`, reason }];
    });
}
