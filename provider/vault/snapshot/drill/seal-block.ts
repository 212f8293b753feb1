/** The `seal` block of a server's configuration: read strictly, so that nothing else comes in with it, and written anew. */
import { refuseSetting } from "../refuse";

/** One seal: nothing but a type and plain settings. */
export interface SealBlock {
    /** As "awskms". */
    readonly type: string;
    /** In the file's order; values as HCL has them: a quoted text, a number, true or false. */
    readonly settings: readonly (readonly [name: string, value: string])[];
}

const LONGEST = 64 * 1024;
/** Spaces and comments, of every form that HCL has. */
const GAP = /(?:[ \t\r\n]|#[^\n]*(?:\n|$)|\/\/[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y;
/** Within `${…}` HCL's own scanner counts quotes differently: such a text is refused. */
const TEXT = /"(?:[^"\\\n\r$]|\\["\\nrt]|\$(?!\{))*"/y;
const NUMBER = /-?\d+(?:\.\d+)?(?![A-Za-z0-9_.])/y;
const SECRET = /secret|token|password|pin$|^access_key$|^current_key$|^previous_key$/;

/**
 * Reads a file that holds one `seal` block and nothing else.
 * @throws PortcullisError `InvalidConfiguration`, with nothing of the file's content
 */
export function parseSealBlock(text: string): SealBlock {
    const file = scannerOf(text.slice(0, LONGEST + 1));
    if (text.length > LONGEST || !file.take(/seal\b/y)) throw refuseSeal("does not begin with a seal block");
    const label = file.take(TEXT)?.slice(1, -1) ?? file.take(NAME) ?? "";
    if (!/^[a-z][a-z0-9_-]*$/.test(label) || !file.take(/\{/y)) throw refuseSeal("names no type of seal");
    const settings: (readonly [string, string])[] = [];
    while (!file.take(/\}/y)) {
        const name = file.take(NAME);
        const value =
            file.take(/=/y) && (file.take(TEXT) ?? file.take(NUMBER) ?? file.take(/(?:true|false)\b/y));
        if (name === undefined || value === undefined)
            throw refuseSeal("holds more in its seal block than settings with plain values");
        if (settings.some(([other]) => other === name)) throw refuseSeal(`says ${name} twice`);
        settings.push([name, value]);
    }
    if (!file.isOver()) throw refuseSeal("holds something behind its seal block");
    const disabled = settings.some(
        ([name, value]) => name === "disabled" && !/^"?(?:false|0)"?$/i.test(value),
    );
    if (label === "shamir" || disabled) throw refuseSeal("names a seal that opens nothing by itself");
    return { type: label, settings };
}

/** The block as HCL. */
export function sealHcl({ type, settings }: SealBlock): string {
    return [`seal "${type}" {`, ...settings.map(([name, value]) => `  ${name} = ${value}`), "}"].join("\n");
}

/** Texts of a seal that are not to be seen in what a server writes. */
export function secretsOf({ settings }: SealBlock): readonly string[] {
    return settings
        .filter(([name, value]) => SECRET.test(name) && value.startsWith('"'))
        .map(([, value]) => value.slice(1, -1))
        .filter((value) => value !== "" && !/^(?:file|env):\/\//.test(value));
}

interface Scanner {
    /** What comes next behind spaces and comments, where it is such a thing. */
    readonly take: (what: RegExp) => string | undefined;
    readonly isOver: () => boolean;
}

function scannerOf(text: string): Scanner {
    let at = 0;
    const match = (what: RegExp): string | undefined => {
        what.lastIndex = at;
        const found = what.exec(text)?.[0];
        at += found?.length ?? 0;
        return found;
    };
    return {
        take: (what) => {
            match(GAP);
            return match(what);
        },
        isOver: () => {
            match(GAP);
            return at === text.length;
        },
    };
}

function refuseSeal(why: string): Error {
    return refuseSetting(
        "--seal-file",
        `The file named by --seal-file ${why}.`,
        'Give exactly the block `seal "awskms" { … }` of the cluster\'s own configuration, or that of another seal that opens by itself, with plain settings.',
    );
}
