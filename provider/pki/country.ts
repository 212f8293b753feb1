/** Countries as certificates name them: the two letters of ISO 3166-1. */
import { invalidInput } from "./pem";

/** Two letters that Unicode knows as regions and ISO 3166-1 does not assign to a country. */
const UNASSIGNED = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ".split(" ");

/** The languages in which a country's name is understood, to suggest its letters. */
const LANGUAGES = ["en", "fr", "de", "es", "it", "pt", "nl"];

const names = LANGUAGES.map(
    (language) => new Intl.DisplayNames([language], { type: "region", fallback: "none" }),
);

/** Whether the text is the code of a country: two capital letters that are assigned today. */
export function isCountryCode(text: string): boolean {
    return (
        /^[A-Z]{2}$/.test(text) &&
        !UNASSIGNED.includes(text) &&
        // A code that was withdrawn has another one in its place.
        Intl.getCanonicalLocales(`und-${text}`)[0] === `und-${text}` &&
        names[0]?.of(text) !== undefined
    );
}

/** All codes, in alphabetical order. */
export function countryCodes(): readonly string[] {
    const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
    return letters.flatMap((first) => letters.map((second) => first + second)).filter(isCountryCode);
}

/**
 * The text, where it is the code of a country.
 *
 * @throws PortcullisError `InvalidInput`, with the code in the remedy where the text is a country's name
 */
export function countryCode(text: string, property: string): string {
    if (isCountryCode(text)) return text;
    const meant = suggestion(text);
    throw invalidInput(
        property,
        `It is ${JSON.stringify(text.slice(0, 40))}, which is no country's code.`,
        meant === undefined
            ? 'Write the two capital letters of ISO 3166, as in "FR".'
            : `Write ${JSON.stringify(meant)}, the two letters of ISO 3166.`,
    );
}

function suggestion(text: string): string | undefined {
    const wanted = plain(text);
    const capital = text.trim().toUpperCase();
    if (isCountryCode(capital)) return capital;
    if (/^[A-Z]{2}$/.test(capital)) {
        const successor = Intl.getCanonicalLocales(`und-${capital}`)[0]?.slice("und-".length);
        if (successor !== undefined && isCountryCode(successor)) return successor;
    }
    return countryCodes().find((code) => names.some((name) => plain(name.of(code) ?? "") === wanted));
}

/** A name without accents and capitals. */
function plain(text: string): string {
    return text.normalize("NFD").replace(/\p{M}/gu, "").trim().toLowerCase();
}
