/** The program that most deployments of the tests start from: two clients, a backup address, everyone protected. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { AccountMfa, type AccountMfaArgs } from "../../sdk";
import type { UpResult } from "../../tools/pulumi/engine";
import { z } from "zod";

/** Keys that are made in no time. */
export const EC = { keyAlgorithm: "EC-P256" } as const;

/** The address of the backup rule. */
export const OFFICE = "198.51.100.7";

export const ACCOUNT: AccountMfaArgs = {
    authority: EC,
    clients: { operator: EC, ci: EC },
    rules: { certificate: {} },
    backupIpRanges: [`${OFFICE}/32`],
    protect: [{ client: "operator" }, { client: "ci" }, { name: "office", sourceIp: OFFICE }],
};

/** `ACCOUNT` with some of its arguments in other words; its outputs are those of the component. */
export function accountProgram(change: Partial<AccountMfaArgs> = {}): PulumiFn {
    const args = { ...ACCOUNT, ...change };
    const program = () => {
        const { certificates, ruleIds, caIds, authorityPems } = new AccountMfa("account", args);
        return Promise.resolve({ certificates, ruleIds, caIds, authorityPems });
    };
    argsOf.set(program, args);
    return program;
}

const argsOf = new WeakMap<PulumiFn, AccountMfaArgs>();

const INDEX = `const { AccountMfa } = require("pulumi-portcullis");
const { certificates, ruleIds, caIds, authorityPems } = new AccountMfa("account", require("./args.json"));
module.exports = { certificates, ruleIds, caIds, authorityPems };
`;

/** A program of `accountProgram` as the files of a project, for plain runs. Throws for any other. */
export function asProject(program: PulumiFn): Readonly<Record<string, string>> {
    const args = argsOf.get(program);
    if (args === undefined)
        throw new Error("This program is a function of its test, and no project: it runs inline.");
    return { "package.json": '{ "main": "index.js" }', "index.js": INDEX, "args.json": JSON.stringify(args) };
}

const certificates = z.record(
    z.string(),
    z.object({ certificatePem: z.string(), privateKeyPem: z.string().optional() }),
);

/** The clients' certificates and keys as the run put them out, by client. */
export function certificatesOf({ outputs }: UpResult): z.output<typeof certificates> {
    return certificates.parse(outputs.certificates?.value);
}
