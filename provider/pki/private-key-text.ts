/** What looks like a private key in a text: refused wherever only what is public may stand. */

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
