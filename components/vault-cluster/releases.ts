/** Decides by the address of a server program whether its release can run here, and is maintained at all. */
import type { CheckFailure } from "../../provider/resource";
import type { NodeSettings } from "./node/settings";

type Product = NodeSettings["product"];
type Line = readonly [major: number, minor: number];

/** The oldest line that is taken, and since when the one before it gets no corrections. */
interface Maintained {
    readonly name: string;
    readonly oldest: Line;
    readonly since: string;
    /** Where its makers say how long a line is maintained. */
    readonly source: string;
}

/**
 * As of November 2026. OpenBao maintains its newest line; 2.6 is taken all the same, for it is the last with a built-in
 * seal by AWS KMS. Of Vault's lines, a community edition's ends with the next one; 1.19 is the older of those with
 * long-term support.
 */
const MAINTAINED: Readonly<Record<Product, Maintained>> = {
    openbao: {
        name: "OpenBao",
        oldest: [2, 6],
        since: "2026-07-14",
        source: "https://openbao.org/community/policies/support/",
    },
    vault: {
        name: "Vault",
        oldest: [1, 19],
        since: "2025-03-04",
        source: "https://developer.hashicorp.com/vault/docs/enterprise/lts",
    },
};

/** OpenBao's last line with a built-in seal by AWS KMS. */
const LAST_WITH_SEAL: Line = [2, 6];

/** The line of a release by its address: of the last version in its path, which is the file's. */
function lineOf(url: string): Line | undefined {
    const path = URL.canParse(url) ? new URL(url).pathname : "";
    const versions = [...path.matchAll(/(?<![0-9.])([0-9]{1,2})\.([0-9]{1,2})\.[0-9]+/g)];
    const [, major, minor] = versions.at(-1) ?? [];
    return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

function isBefore([major, minor]: Line, [otherMajor, otherMinor]: Line): boolean {
    return major === otherMajor ? minor < otherMinor : major < otherMajor;
}

/** What is wrong with the release at this address, where the address names one. */
export function releaseFailures(product: Product, url: string): readonly CheckFailure[] {
    const line = lineOf(url);
    if (line === undefined) return [];
    const { name, oldest, since, source } = MAINTAINED[product];
    const refused = (reason: string) => [{ property: "binary.url", reason }];
    if (isBefore(line, oldest)) {
        const taken = product === "openbao" ? "of the line 2.6" : `of the line ${oldest.join(".")} or later`;
        return refused(
            `${name} ${line.join(".")} is out of support, as everything before ${oldest.join(".")} has been since ${since} (${source}): what is found in it is not mended any more. Give a release ${taken}.`,
        );
    }
    if (product === "openbao" && isBefore(LAST_WITH_SEAL, line)) {
        return refused(
            `OpenBao ${line.join(".")} has no built-in seal by AWS KMS, so that no node would unseal. Give a release of the line 2.6.`,
        );
    }
    return [];
}
