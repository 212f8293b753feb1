/** Arguments with any one of their parts left out, as programs without types may leave it. */
import { PortcullisError } from "../../provider/errors";

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Each path of the arguments, and the arguments without what is there. */
export function withoutEach(args: Table): readonly (readonly [path: string, args: Table])[] {
    return Object.entries(args).flatMap(([key, value]) => {
        const { [key]: _left, ...rest } = args;
        const within = isTable(value) ? withoutEach(value) : [];
        return [
            [key, rest] as const,
            ...within.map(([path, changed]) => [`${key}.${path}`, { ...args, [key]: changed }] as const),
        ];
    });
}

/** The properties that are named by a refusal; none where nothing is refused. Other errors pass through. */
export function refusedProperties(work: () => void): readonly string[] {
    try {
        work();
        return [];
    } catch (error) {
        if (!(error instanceof PortcullisError)) throw error;
        return error.problem.split("\n").flatMap((line) => /^ {2}- ([^ ]+): /.exec(line)?.[1] ?? []);
    }
}
