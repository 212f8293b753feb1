/** Keeps secrets out of texts that are shown, logged or thrown. */

/** The text with each secret replaced by the mark: the longest first, for one may be a part of another. */
export function withoutSecrets(text: string, secrets: readonly string[], mark: string): string {
    return [...secrets]
        .filter((secret) => secret !== "")
        .sort((one, other) => other.length - one.length)
        .reduce((rest, secret) => rest.replaceAll(secret, mark), text);
}
