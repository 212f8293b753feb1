/** The report on an account's access as text for people. */
import type {
    AccessReport,
    AccessSource,
    CertificateSummary,
    KeyReport,
    Loss,
    PolicyReport,
} from "../../../provider/outscale/explain/report";
import { columns } from "./columns";

/** Where nothing is known of the terminal, or there is none. */
const WIDTH = 110;

/** `width` is that of the terminal, in characters: 110 where it is not known. */
export function renderReport(report: AccessReport, width = WIDTH): string {
    const numbers = new Map([
        ...report.rules.map(({ id }, index): [string, string] => [id, `R${index + 1}`]),
        ...report.authorities.map(({ id }, index): [string, string] => [id, `A${index + 1}`]),
    ]);
    const numbered = (ids: readonly string[]): string =>
        ids.length === 0 ? "-" : ids.map((id) => numbers.get(id) ?? id).join(", ");
    const table = (rows: readonly (readonly string[])[]): readonly string[] => columns(rows, 2, width);
    const sections = [
        columns([[headline(report.source)], [`Decided for ${report.at}.`]], 0, width),
        section("IDENTITIES", identities(report, numbered, table)),
        section("ACCESS RULES", rules(report, numbered, width)),
        section("AUTHORITIES", authorities(report, numbered, table)),
        section("ACCESS KEYS", keys(report, table)),
        section("IF ONE OF THEM WENT", table(without(report, numbered))),
        section("TRUSTED SESSION", table(trustedSession(report.policy))),
        ...(report.notes.length === 0
            ? []
            : [section("NOTES", table(report.notes.map((note) => ["-", note])))]),
    ];
    return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

type Numbered = (ids: readonly string[]) => string;
type Table = (rows: readonly (readonly string[])[]) => readonly string[];

function section(title: string, lines: readonly string[]): readonly string[] {
    return [title, ...(lines.length === 0 ? ["  none"] : lines)];
}

function headline(source: AccessSource): string {
    switch (source.kind) {
        case "account":
            return `The OUTSCALE account at ${source.endpoint} (${source.region})`;
        case "state":
            return `The OUTSCALE account of the stack ${source.stack ?? "(unnamed)"}, as ${source.file} has it`;
    }
}

function identities(report: AccessReport, numbered: Numbered, table: Table): readonly string[] {
    if (report.identities.length === 0) return [];
    return table([
        ["NAME", "VERDICT", "BY", "FROM", "CERTIFICATE"],
        ...report.identities.map(({ name, verdict, by, sourceIp, certificate }) => [
            name,
            // Refused as a whole, and yet admitted from some of its addresses.
            verdict === "refused" && by.length > 0 ? "in part" : verdict,
            numbered(by),
            sourceIp ?? "any IPv4 address",
            certificate === null ? "none" : certificateText(certificate),
        ]),
    ]);
}

function certificateText({ commonName, notAfter }: CertificateSummary): string {
    return `CN ${commonName ?? "(none)"}, until ${notAfter.slice(0, 10)}`;
}

function rules(report: AccessReport, numbered: Numbered, width: number): readonly string[] {
    return report.rules.flatMap(({ id, summary, verdicts }) => [
        ...columns([[numbered([id]), summary]], 2, width),
        ...columns(
            verdicts.map(({ identity, verdict, reason }) => [identity, verdict, reason]),
            6,
            width,
        ),
    ]);
}

function authorities(report: AccessReport, numbered: Numbered, table: Table): readonly string[] {
    return table(
        report.authorities.map(({ id, description, certificate, rules: named }) => [
            numbered([id]),
            id,
            `named by ${numbered(named)}`,
            [
                certificate === null ? "certificate not known" : certificateText(certificate),
                ...(description === "" ? [] : [JSON.stringify(description)]),
            ].join("; "),
        ]),
    );
}

function keys(report: AccessReport, table: Table): readonly string[] {
    if (report.keys === null) return table([["not known"]]);
    return table(report.keys.map((key) => [key.id, owner(key), key.state, expiry(key, report.at)]));
}

function owner({ user }: KeyReport): string {
    return user === null ? "root user" : `EIM user ${user}`;
}

function expiry({ expiresAt }: KeyReport, at: string): string {
    if (expiresAt === null) return "never expires";
    return `${Date.parse(expiresAt) <= Date.parse(at) ? "expired" : "expires"} ${expiresAt}`;
}

function without(report: AccessReport, numbered: Numbered): readonly (readonly string[])[] {
    return [
        ...report.rules.map(({ id, without: lost, isLast }) => [
            `rule ${numbered([id])}`,
            isLast
                ? `${lossText(lost)}; it is the last rule, which the API refuses to delete`
                : lossText(lost),
        ]),
        ...report.authorities.map(({ id, without: lost, rules: named }) => [
            `authority ${numbered([id])}`,
            named.length === 0 ? `${lossText(lost)}; no rule names it` : lossText(lost),
        ]),
        ...(report.keys ?? []).map((key) => [`key ${key.id}`, keyLoss(key)]),
    ];
}

function lossText(lost: readonly Loss[]): string {
    const names = (effect: Loss["effect"]): string =>
        lost
            .filter((each) => each.effect === effect)
            .map(({ identity }) => identity)
            .join(", ");
    const parts = [
        [names("lockedOut"), "would no longer be admitted"],
        [names("narrowed"), "would be admitted from fewer addresses"],
        [names("uncertain"), "might lose access"],
    ] as const;
    const said = parts.filter(([who]) => who !== "").map(([who, what]) => `${who} ${what}`);
    return said.length === 0 ? "nobody would lose access" : said.join("; ");
}

function keyLoss(key: KeyReport): string {
    const parts = [
        ...(key.isUsable ? [] : ["nothing: it cannot be used as it is"]),
        ...(key.isLastUsable ? [`the ${owner(key)} would have no usable key left`] : []),
        ...(key.isUsable && !key.isLastUsable ? [`the ${owner(key)} has another usable key`] : []),
        ...(key.isCalling ? ["this command calls with it"] : []),
    ];
    return parts.join("; ");
}

function trustedSession(policy: PolicyReport | null): readonly (readonly string[])[] {
    if (policy === null) return [["not known"]];
    const { requireTrustedEnv, maxAccessKeyExpirationSeconds: seconds, blockers, losses } = policy;
    const lifetime =
        seconds === 0 ? "no maximum lifetime of access keys" : `access keys live ${seconds} seconds at most`;
    return [
        [`${requireTrustedEnv ? "on" : "off"}; ${lifetime}`],
        ...blockers.map((blocker) => [`${requireTrustedEnv ? "contradicts it" : "in its way"}: ${blocker}`]),
        ...(losses.length === 0 ? [] : [[`without the rules that name no authority: ${lossText(losses)}`]]),
    ];
}
