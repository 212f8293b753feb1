/** The moment that a user names. */
import { refuse } from "./files";

const FORM = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * A date, which means its midnight UTC, or a moment of ISO 8601 with its offset.
 * @throws PortcullisError `InvalidInput`
 */
export function momentOf(text: string): Date {
    const moment = new Date(text);
    // A date that no month has, as 2027-02-30, is moved to the next month by the platform.
    const isWhole = !Number.isNaN(moment.getTime()) && isDay(text.slice(0, 10));
    if (FORM.test(text) && isWhole) return moment;
    throw refuse(
        "--at",
        `--at: ${JSON.stringify(text)} is no moment.`,
        "Write it as 2027-01-31, or with time and offset as 2027-01-31T12:00:00Z.",
    );
}

function isDay(text: string): boolean {
    const day = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
