/** The moment that a user names. */
import { instantOf } from "../../../provider/outscale/dates";
import { refuse } from "../files";

const FORM = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * A date, which means its midnight UTC, or a moment of ISO 8601 with its offset.
 * @throws PortcullisError `InvalidInput`
 */
export function momentOf(text: string): Date {
    const moment = FORM.test(text) ? instantOf(text) : undefined;
    if (moment !== undefined) return moment;
    throw refuse(
        "--at",
        `--at: ${JSON.stringify(text)} is no moment.`,
        "Write it as 2027-01-31, or with time and offset as 2027-01-31T12:00:00Z.",
    );
}
