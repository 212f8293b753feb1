/** The zod fields that the resources of this folder share, with messages that say what to write. */
import { z } from "zod";
import { durationOrUndefined } from "../duration";
import { PortcullisError } from "../errors";
import { isKnown } from "../inputs";
import type { CheckFailure, Planned } from "../resource";
import { KEY_ALGORITHMS } from "./keys";

/** Names as RFC 5280 bounds them (64 characters), and as no verifier can read them in two ways. */
export function nameField(what: string) {
    const message = `Give the ${what}: 1 to 64 characters, no control characters, no space at either end.`;
    return z
        .string({ error: message })
        .refine((text) => text.trim() === text && /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,64}$/u.test(text), {
            error: message,
        });
}

export const keyAlgorithmField = z.enum(KEY_ALGORITHMS, {
    error: `Use one of: ${KEY_ALGORITHMS.join(", ")}.`,
});

export const keyFileField = z.strictObject(
    {
        path: z
            .string({ error: "Give the path of the key file." })
            .refine((path) => /^[^~\0][^\0]*$/.test(path), {
                error: 'Give the path of the key file; a leading "~" is not expanded here.',
            }),
        passphraseVariable: z
            .string({ error: "Give the name of the environment variable that holds the passphrase." })
            .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
                error: "Give the name of an environment variable (letters, digits, _), never the passphrase itself.",
            }),
    },
    {
        error: "Give the key file as { path, passphraseVariable }, with nothing else in it.",
    },
);

/** PEM text brought to its one normal form by a function that throws a PortcullisError where it cannot. */
export function pemField(what: string, normalise: (pem: string) => string) {
    return z.string({ error: `Give the ${what} in PEM form.` }).transform((text, context) => {
        try {
            return normalise(text);
        } catch (error) {
            if (!(error instanceof PortcullisError)) throw error;
            // The input stays out of the issue: it may hold a private key.
            context.addIssue({ code: "custom", message: `${error.problem} ${error.remedy}` });
            return z.NEVER;
        }
    });
}

/** A certificate whose renewal is due before it is made would be renewed at every update. */
export function renewalFailures(inputs: {
    readonly validity: Planned<string>;
    readonly renewBefore: Planned<string>;
}): readonly CheckFailure[] {
    if (!isKnown<string>(inputs.validity) || !isKnown<string>(inputs.renewBefore)) return [];
    const validity = durationOrUndefined(inputs.validity) ?? Infinity;
    const renewBefore = durationOrUndefined(inputs.renewBefore) ?? 0;
    if (renewBefore < validity) return [];
    const reason = `It must be shorter than validity (${inputs.validity}). Shorten it, or lengthen validity.`;
    return [{ property: "renewBefore", reason }];
}
