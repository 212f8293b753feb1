/** What looks like a private key in a text: refused wherever only what is public may stand. */
import { invalidInput } from "../pem";

/** The forms in which keys are written: PEM of every kind, PuTTY's files, and what `openssl pkey -text` prints. */
const FORMS = [
    /PRIVATE[ _-]+KEY[ -]*(BLOCK)?-----/i,
    /-----\s*BEGIN[^\n]*PRIVATE/i,
    /^PuTTY-User-Key-File|^Private-Lines:/im,
    /^\s*Private-?Key:|^\s*(priv|privateExponent|prime1):/im,
];

/** Whether anything in a text looks like a private key, encrypted or not, whole or cut short. */
export function looksLikePrivateKey(text: string): boolean {
    return FORMS.some((form) => form.test(text));
}

/**
 * Refuses a text with a private key in it.
 *
 * @throws PortcullisError `InvalidInput`, which names the property and quotes nothing
 */
export function refusePrivateKey(text: string, property: string): void {
    if (!looksLikePrivateKey(text)) return;
    throw invalidInput(
        property,
        "There is a private key in it, where only certificates may stand.",
        "Give the certificate alone, and treat that key as exposed if this text was ever stored or shared.",
    );
}
