/**
 * A simulator of IAM (`@cloud-copilot/iam-simulate`) that evaluates what moto does not: conditions, and policies of
 * buckets and keys. Its licence is the AGPL, so that it runs as a program of its own and is no dependency of this package.
 */
import { join } from "node:path";
import { runProgram } from "../../tools/pulumi/processes";
import { kept } from "../../tools/services/kept";

const NAME = "@cloud-copilot/iam-simulate";
const VERSION = "0.1.173";

export interface Simulator {
    readonly folder: string;
}

/** A call, and the policies that it is held to. */
export interface Attempt {
    /** ARN of who calls. */
    readonly principal: string;
    readonly action: string;
    /** ARN of what the call is about. */
    readonly resource: string;
    readonly context: Readonly<Record<string, string | readonly string[]>>;
    /** The policy of who calls; none unless given. */
    readonly identityPolicy?: object;
    /** The policy of what is called; none unless given. */
    readonly resourcePolicy?: object;
}

/** What IAM would say, or that the attempt is none that AWS knows. */
export type Verdict = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied" | `no such attempt: ${string}`;

/** The simulator, from the registry where it is not there yet; or why there is none. */
export async function findSimulator(): Promise<Simulator | { readonly missing: string }> {
    const file = join("node_modules", NAME, "package.json");
    const found = await kept(`iam-simulate-${VERSION}`, file, async (draft) => {
        const args = ["install", "--silent", "--ignore-scripts", "--prefix", draft, `${NAME}@${VERSION}`];
        const { code, stderr } = await runProgram("npm", args, { cwd: draft, limit: 180_000 });
        if (code !== 0) throw new Error(stderr.trim() || "npm did not install it");
    });
    if ("why" in found) return { missing: `${NAME} ${VERSION} could not be installed (${found.why})` };
    return { folder: join(found.path, "..", "..", "..", "..") };
}

const PROGRAM = `
const { runSimulation } = require(${JSON.stringify(NAME)});
let text = "";
process.stdin.on("data", (part) => (text += part)).on("end", async () => {
    const verdicts = [];
    for (const { principal, action, resource, context, identityPolicy, resourcePolicy } of JSON.parse(text)) {
        const accountId = principal.split(":")[4];
        const all = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
        const found = await runSimulation({
            request: { principal, action, resource: { resource, accountId }, contextVariables: context },
            identityPolicies: identityPolicy === undefined ? [] : [{ name: "own", policy: identityPolicy }],
            serviceControlPolicies: [{ orgIdentifier: "r-root", policies: [{ name: "all", policy: all }] }],
            resourceControlPolicies: [],
            resourcePolicy,
        }, {});
        verdicts.push(
            found.resultType === "error" ? "no such attempt: " + JSON.stringify(found.errors) : found.overallResult,
        );
    }
    process.stdout.write(JSON.stringify(verdicts));
});`;

/** What becomes of each attempt, in their order. */
export async function simulate(
    { folder }: Simulator,
    attempts: readonly Attempt[],
): Promise<readonly Verdict[]> {
    const { code, stdout, stderr } = await runProgram(process.execPath, ["-e", PROGRAM], {
        cwd: folder,
        input: JSON.stringify(attempts),
        limit: 60_000,
    });
    if (code !== 0) throw new Error(stderr);
    // The program above prints exactly this.
    return JSON.parse(stdout) as Verdict[];
}
