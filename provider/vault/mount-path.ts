/** Paths at which secrets engines and auth methods are mounted. */

/** Whether a text is such a path: letters, digits, hyphens and underscores, without slashes around it. */
export function isMountPath(text: string): boolean {
    return /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/.test(text);
}
