/** Which object of the account a creation takes over instead of making another: its twin, or one to adopt. */
import { PortcullisError } from "../errors";

/** What is wanted, what is there, and when an object is the one. */
export interface Candidates<T> {
    readonly inputs: { readonly adopt: boolean; readonly adoptId?: string | undefined };
    readonly present: readonly T[];
    /** The ids of the objects that a resource of this process holds. */
    readonly claimed: ReadonlySet<string>;
    readonly idOf: (object: T) => string;
    /** Equal in every field: what an interrupted run left behind, since nothing else tells two such objects apart. */
    readonly isTwin: (object: T) => boolean;
    /** What `adopt` looks for, whatever the description. */
    readonly isAlike: (object: T) => boolean;
    /** What `adopt` looks for, after "have", and the kind of object: "a rule". */
    readonly words: { readonly kind: string; readonly alike: string; readonly missing: string };
    /** What to do where `adoptId` names nothing. */
    readonly remedy: string;
}

/** An object to take over, and whether it was somebody's and is owed back. */
export interface TakenOver<T> {
    readonly object: T;
    readonly isAdopted: boolean;
}

/**
 * The object to take over, if any.
 * @throws PortcullisError `AmbiguousMatch` where `adoptId` names none of them, or several are there to adopt.
 */
export function takenOver<T>(candidates: Candidates<T>): TakenOver<T> | undefined {
    const { inputs, present, claimed, idOf, isTwin, isAlike, words, remedy } = candidates;
    const { adopt, adoptId } = inputs;
    if (adoptId !== undefined) {
        const named = present.find((object) => idOf(object) === adoptId);
        if (named !== undefined) return { object: named, isAdopted: true };
        throw new PortcullisError({
            code: "AmbiguousMatch",
            property: "adoptId",
            problem: `Cannot adopt ${adoptId}: the account has no ${words.missing}.`,
            remedy,
        });
    }
    const free = present.filter((object) => !claimed.has(idOf(object)));
    const twin = free.find(isTwin);
    if (twin !== undefined) return { object: twin, isAdopted: adopt };
    if (!adopt) return undefined;
    const [first, ...others] = free.filter(isAlike);
    if (first === undefined) return undefined;
    if (others.length === 0) return { object: first, isAdopted: true };
    throw new PortcullisError({
        code: "AmbiguousMatch",
        property: "adopt",
        problem: `Cannot choose ${words.kind} to adopt: ${[first, ...others].map(idOf).join(", ")} have ${words.alike}.`,
        remedy: "Name the one to take over in `adoptId`.",
    });
}
