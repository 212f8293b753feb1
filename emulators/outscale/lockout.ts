/** The lock against brute force: four bad signatures in a row block an access key, for longer each time. */
import { gateway, type Refusal } from "./refusals";

const FAILURES = 4;
const MINUTE = 60_000;
const LONGEST_MINUTES = 10;
/** More names than this are those of an attack on the emulator itself. */
const LIMIT = 10_000;

interface Entry {
    readonly failures: number;
    /** How often it was locked since the last good signature. */
    readonly locks: number;
    readonly lockedUntil: number;
}

const NEW: Entry = { failures: 0, locks: 0, lockedUntil: Number.NEGATIVE_INFINITY };

/**
 * Counts by access key, existing or not. One minute for the first lock and one more for each further four failures,
 * ten at most. A good signature clears the count; so it is here, while documentation says only "in a row".
 */
export class BruteForceLock {
    private readonly entries = new Map<string, Entry>();
    private readonly forGood = new Set<string>();

    /** The refusal of a key that is locked now, whatever its signature. Times are milliseconds. */
    public refusal(accessKey: string, now: number): Refusal | undefined {
        if (this.forGood.has(accessKey)) return gateway.lockedForGood();
        const until = (this.entries.get(accessKey) ?? NEW).lockedUntil;
        return now < until ? gateway.lockedFor(Math.ceil((until - now) / 1000)) : undefined;
    }

    public failed(accessKey: string, now: number): void {
        const entry = this.entries.get(accessKey) ?? NEW;
        const failures = entry.failures + 1;
        if (!this.entries.has(accessKey) && this.entries.size >= LIMIT) this.entries.clear();
        if (failures < FAILURES) {
            this.entries.set(accessKey, { ...entry, failures });
            return;
        }
        const locks = entry.locks + 1;
        const lockedUntil = now + Math.min(locks, LONGEST_MINUTES) * MINUTE;
        this.entries.set(accessKey, { failures: 0, locks, lockedUntil });
    }

    public succeeded(accessKey: string): void {
        this.entries.delete(accessKey);
    }

    /** The permanent lock of error 11. When the real API resorts to it is not documented: a test does, by this. */
    public lockForGood(accessKey: string): void {
        this.forGood.add(accessKey);
    }
}
