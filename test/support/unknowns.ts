/** Values as a preview sees them: each of their parts unknown in turn. */
import { UNKNOWN } from "../../provider/resource";

/** Every path into a value, with the value that has UNKNOWN there. */
export function withUnknowns(value: unknown, path = ""): [string, unknown][] {
    const here: [string, unknown][] = [[path, UNKNOWN]];
    if (Array.isArray(value)) {
        return here.concat(
            value.flatMap((item, index) =>
                withUnknowns(item, `${path}[${index}]`).map(([inner, planned]): [string, unknown] => [
                    inner,
                    value.with(index, planned),
                ]),
            ),
        );
    }
    if (typeof value !== "object" || value === null) return here;
    return here.concat(
        Object.entries(value).flatMap(([key, part]) =>
            withUnknowns(part, `${path}.${key}`).map(([inner, planned]): [string, unknown] => [
                inner,
                { ...value, [key]: planned },
            ]),
        ),
    );
}
