/** Schemas of the inputs that several OUTSCALE resources share, with messages that say what to do. */
import { z } from "zod";
import { commonNameOf } from "../pki/chain";
import { refusalOfPair } from "../pki/keys";
import { normalisePem } from "../pki/pem";
import { isRange } from "./ranges";

/** A certificate in PEM, normalised: white space and text around it are never a difference. */
export const certificatePem = z.string().transform((text, context) => {
    try {
        const pem = normalisePem(text);
        commonNameOf(pem);
        return pem;
    } catch (error) {
        context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
        return z.NEVER;
    }
});

/** An IPv4 or IPv6 address or CIDR range. */
export const ipRange = z
    .string()
    .refine(
        isRange,
        'Not an IP address or CIDR range. Write it as "192.0.2.7", "192.0.2.0/24" or "2001:db8::/32".',
    );

/** A client certificate and its private key, both PEM. */
export const clientCertificate = z
    .object({ certificatePem, privateKeyPem: z.string() })
    .superRefine((given, context) => {
        const message = refusalOfPair(given.privateKeyPem, given.certificatePem);
        if (message !== undefined) context.addIssue({ code: "custom", path: ["privateKeyPem"], message });
    });

/** An identity whose access must never be taken away. */
export const protectedIdentity = z
    .strictObject({
        name: z.string().min(1, "Give the identity a name: refusals speak of it by that name."),
        sourceIp: ipRange.optional(),
        certificatePem: certificatePem.optional(),
        authorityPems: z.array(certificatePem).default([]),
    })
    .refine(
        (identity) => identity.sourceIp !== undefined || identity.certificatePem !== undefined,
        "Say where the identity comes from (`sourceIp`), or which client certificate it presents (`certificatePem`).",
    );

/** What OUTSCALE resources take besides their own: the plan only `protect`, the record only `clientCertificates`. */
export const shared = {
    protect: z
        .array(protectedIdentity)
        .default([])
        .refine(
            (identities) => new Set(identities.map(({ name }) => name)).size === identities.length,
            "Two identities have the same name. Give each its own: refusals speak of them by it.",
        ),
    clientCertificates: z.array(clientCertificate).default([]),
};

/** The shared inputs, normalised. */
export interface SharedInputs {
    readonly protect: z.output<typeof protectedIdentity>[];
    readonly clientCertificates: z.output<typeof clientCertificate>[];
}

/** A set of texts: order and repetition mean nothing. */
export const textSet = (item: z.ZodType<string, string>): z.ZodType<string[], string[] | undefined> =>
    z
        .array(item)
        .default([])
        .transform((items) => [...new Set(items)]);
