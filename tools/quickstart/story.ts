/** What the quickstart does on the account, and the few lines that show it. */
import {
    createOutscaleApi,
    OutscaleError,
    type ClientCertificate,
    type OutscaleApi,
} from "../../provider/outscale/api/client";
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Progress } from "../progress";
import { EngineError } from "../pulumi/engine-error";
import type { EngineStack } from "../pulumi/engine";
import type { Connection } from "./emulator";

export interface StoryParts {
    readonly stack: EngineStack;
    readonly emulator: Connection;
    readonly progress: Progress;
    /** The program without the rule that admits certificates. */
    readonly sabotaged: () => Promise<Record<string, unknown>>;
    readonly print: (line: string) => void;
}

const operator = z.object({ operator: z.object({ certificatePem: z.string(), privateKeyPem: z.string() }) });

/** Tells the story, or throws at the first thing that is not as it should be. */
export async function tell({ stack, emulator, progress, sabotaged, print }: StoryParts): Promise<void> {
    const keyAlone = account(emulator);
    const before = await rules(keyAlone);

    progress.step("pulumi preview");
    const preview = await stack.preview();
    progress.done(`pulumi preview: ${preview.changes.create ?? 0} to create`);
    progress.step("pulumi up");
    const { outputs } = await stack.up();
    progress.done("pulumi up");
    const certificate: ClientCertificate = operator.parse(outputs.certificates?.value).operator;
    const withCertificate = account(emulator).presenting(certificate);
    const after = await rules(withCertificate);

    print("\nAccess rules before:");
    for (const rule of before) print(`  ${rule}`);
    print("Access rules after:");
    for (const rule of after) print(`  ${rule}`);
    print("");
    print(`With key and secret alone:     ${await refusal(keyAlone)}`);
    await withCertificate.call("ReadApiAccessRules", {});
    print("With the client certificate:   accepted");

    progress.step("pulumi preview, once more");
    const unchanged = await stack.preview();
    const changes = Object.entries(unchanged.changes).filter(([operation]) => operation !== "same");
    if (changes.length > 0) throw new Error(`The second preview wants changes: ${JSON.stringify(changes)}.`);
    progress.done("pulumi preview, once more");
    print(`Second preview:                no change (${unchanged.changes.same ?? 0} resources)`);

    progress.step("pulumi preview, without the rule that admits certificates");
    const reason = await refusedPreview(stack, sabotaged);
    progress.done("pulumi preview, without the rule that admits certificates: refused, as it should be");
    print("\nThe same program without its certificate rule, at preview:");
    print(`  ${reason.replaceAll("\n", "\n  ")}`);
    const still = await rules(withCertificate);
    if (still.join() !== after.join())
        throw new Error("The refused preview has changed the account's rules.");
    print("Nothing has changed on the account.\n");
}

function account({ endpoint, caFile, accessKey, secretKey, region }: Connection): OutscaleApi {
    return createOutscaleApi({ endpoint, caPem: readFileSync(caFile, "utf8"), accessKey, secretKey, region });
}

async function rules(api: OutscaleApi): Promise<string[]> {
    const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
    return ApiAccessRules.map(({ CaIds, IpRanges, Description }) => {
        const criteria = [CaIds.length > 0 ? "a certificate of the authority" : "", IpRanges.join(", ")];
        return `${criteria.filter((text) => text !== "").join(" from ")}   (${Description})`;
    });
}

async function refusal(api: OutscaleApi): Promise<string> {
    try {
        await api.call("ReadApiAccessRules", {});
    } catch (error) {
        if (error instanceof OutscaleError && error.status === 401 && error.apiCode === "14") {
            return `refused (HTTP ${error.status}, code ${error.apiCode})`;
        }
        throw error;
    }
    throw new Error("A call with key and secret alone was accepted: the account is still open.");
}

async function refusedPreview(stack: EngineStack, program: StoryParts["sabotaged"]): Promise<string> {
    try {
        await stack.preview({ program });
    } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        const lockOut = error.report.diagnostics.find(({ message }) => message.includes("Lock-out refused"));
        if (lockOut !== undefined) return lockOut.message;
        throw error;
    }
    throw new Error("The preview without the certificate rule was not refused.");
}
