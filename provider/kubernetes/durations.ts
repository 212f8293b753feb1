/** Durations as Go writes them, for fields of Kubernetes: it knows no days. */

const UNITS = [
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1_000],
] as const;

/** A whole number of the largest unit that leaves no rest: 7,776,000,000 milliseconds are "2160h". */
export function goDuration(milliseconds: number): string {
    const [unit, length] = UNITS.find(([, length]) => milliseconds % length === 0) ?? ["s", 1_000];
    return `${Math.round(milliseconds / length)}${unit}`;
}
