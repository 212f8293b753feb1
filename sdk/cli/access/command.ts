/** `portcullis access`: who may open an account, read and explained; nothing on it is changed. */
import { Command } from "commander";
import { PortcullisError } from "../../../provider/errors";
import { createOutscaleApi } from "../../../provider/outscale/api/client";
import { explainAccess, type AccountPicture } from "../../../provider/outscale/explain/explain";
import { readAccount } from "../../../provider/outscale/explain/read-account";
import { readState, type StateAccess } from "../../../provider/outscale/explain/read-state";
import type { AccessReport } from "../../../provider/outscale/explain/report";
import { parseExportedState } from "../../../provider/exported-state";
import { accountSettings, type AccountFlags } from "./account-settings";
import { readText } from "../files";
import { readAuthorities, readIdentities, refuseSameNames } from "./identities";
import { momentOf } from "./moment";
import { renderReport } from "./text";

interface ExplainFlags extends AccountFlags {
    readonly state?: string;
    readonly live?: true;
    readonly identity?: readonly string[];
    readonly identities?: string;
    readonly authority?: readonly string[];
    readonly at?: string;
    readonly json?: true;
    readonly requireAdmitted?: true;
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function accessCommand(): Command {
    const explain = new Command("explain")
        .description(
            "Show which identities each access rule of an OUTSCALE account admits, and what would happen if a rule, " +
                "an authority or an access key went. It makes no change. Keys come from the environment " +
                "(OSC_ACCESS_KEY, OSC_SECRET_KEY) or from a profile, never from the command line.",
        )
        .option(
            "--state <file>",
            "read a stack's state (`pulumi stack export`) in place of an account; - for stdin",
        )
        .option(
            "--live",
            "with --state: read the account itself, and only identities and authorities from the state",
        )
        .option(
            "--identity <fields>",
            "an identity, as name=ada,certificate=ada.pem,ip=192.0.2.7 (certificate or ip may be left out); repeatable",
            collect,
        )
        .option(
            "--identities <file>",
            "a JSON file with a list of them: name, sourceIp, certificatePem or certificateFile",
        )
        .option(
            "--authority <file>",
            "a PEM file of the account's authorities, whose certificates the API never returns; repeatable",
            collect,
        )
        .option(
            "--at <moment>",
            "decide for this moment (2027-01-31 or 2027-01-31T12:00:00Z) in place of now",
        )
        .option("--json", "print the report as JSON")
        .option("--require-admitted", "fail, after the report, unless every identity is admitted")
        .option("--profile <name>", "the profile of the account")
        .option("--config-file <file>", "the file of profiles, in place of ~/.osc/config.json")
        .option("--region <region>", "the account's region")
        .option("--endpoint <url>", "the API's endpoint, in place of OUTSCALE's own")
        .option("--ca-file <file>", "a PEM file of the authority behind the endpoint's TLS certificate")
        .option("--x509-cert-path <file>", "the client certificate to call with, PEM")
        .option("--x509-key-path <file>", "its private key, PEM")
        .action(explainCommand);
    return new Command("access").description("Explain who may open an account.").addCommand(explain);
}

async function explainCommand(flags: ExplainFlags): Promise<void> {
    const report = await reportFor(flags);
    process.stdout.write(
        flags.json === true
            ? `${JSON.stringify(report, null, 2)}\n`
            : renderReport(report, process.stdout.columns),
    );
    if (flags.requireAdmitted === true) refuseUnlessAdmitted(report);
}

async function reportFor(flags: ExplainFlags): Promise<AccessReport> {
    const at = flags.at === undefined ? new Date() : momentOf(flags.at);
    const given = await readIdentities(flags.identity ?? [], flags.identities);
    const authorityPems = await readAuthorities(flags.authority ?? []);
    const state = flags.state === undefined ? undefined : await stateOf(flags.state);
    const identities = [...(state?.identities ?? []), ...given];
    refuseSameNames(identities);
    const picture = state === undefined || flags.live === true ? await accountOf(flags) : state.picture;
    return explainAccess(
        { ...picture, notes: [...picture.notes, ...(state?.unread ?? [])] },
        { identities, authorityPems: [...(state?.authorityPems ?? []), ...authorityPems] },
        at,
    );
}

async function stateOf(path: string): Promise<StateAccess> {
    const file = path === "-" ? "standard input" : path;
    return readState(parseExportedState(await readText(path, "--state"), file), file);
}

function accountOf(flags: AccountFlags): Promise<AccountPicture> {
    const settings = accountSettings(flags);
    return readAccount(createOutscaleApi(settings), settings);
}

function refuseUnlessAdmitted({ identities }: AccessReport): void {
    const others = identities.filter(({ verdict }) => verdict !== "admitted");
    if (identities.length > 0 && others.length === 0) return;
    const names = others.map(({ name, verdict }) => `"${name}" (${verdict})`).join(", ");
    throw new PortcullisError({
        code: "ProofFailed",
        problem:
            identities.length === 0
                ? "Nobody was shown to be admitted: no identity was given."
                : `Not every identity is admitted: ${names}.`,
        remedy:
            identities.length === 0
                ? "Name the identities with --identity or --identities."
                : "The report says which rule refuses whom, and why.",
    });
}
