/** How refreshes share what they read. */

/**
 * How old an answer may be that several resources of a refresh share, in milliseconds. A refresh shows how things
 * are, and decides nothing: every decision reads afresh. No answer is shared across a change made by this process.
 */
export const REFRESH_SHARED_MS = 5_000;
