/** Durations as flags give them. */
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../../provider/duration";

/** For commander: a duration ("2s", "20m") in milliseconds; its refusal calls it `what`. */
export function durationNamed(what: string) {
    return (text: string): number => {
        try {
            return parseDuration(text, what);
        } catch (error) {
            throw new InvalidArgumentError(error instanceof Error ? error.message : "Give a duration.");
        }
    };
}
