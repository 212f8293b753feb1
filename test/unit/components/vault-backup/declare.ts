/** VaultBackup under mocks, with what AWS would answer, and what it is made of. */
import { jest } from "@jest/globals";
import type { VaultBackupArgs } from "../../../../components/vault-backup/args";
import { VaultBackup } from "../../../../components/vault-backup/vault-backup";
import { childrenWith, type Child } from "../../../support/children";

// The SDKs are loaded with the first component: on a busy machine that takes seconds.
jest.setTimeout(60_000);

export const KEY = "arn:aws:kms:eu-west-3:123456789012:key/k";
export const arnOf = (role: string): string => `arn:aws:iam::123456789012:role/${role}`;

/** Declares a backup. */
export async function declare(
    args: VaultBackupArgs,
): Promise<{ made: VaultBackup; found: readonly Child[] }> {
    let made: VaultBackup | undefined;
    const found = await childrenWith((opts) => (made = new VaultBackup("backup", args, opts)), {
        outputs: ({ type, name }) => {
            if (type === "aws:iam/role:Role") return { arn: arnOf(name), name };
            return type === "aws:kms/key:Key" ? { arn: KEY } : {};
        },
        functions: {
            "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com" },
            "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
        },
    });
    if (made === undefined) throw new Error("no backup");
    return { made, found };
}

/** Of the child of this name; fails where there is none. */
export const inputsOf = (found: readonly Child[], name: string): Child["inputs"] => {
    const child = found.find((one) => one.name === name);
    if (child === undefined) throw new Error(`no ${name}`);
    return child.inputs;
};

/** Parts of the bucket that jobs come after. */
export const BEFORE_JOBS = [
    "backup-versioning",
    "backup-public-access",
    "backup-ownership",
    "backup-encryption",
    "backup-lifecycle",
    "backup-bucket-policy",
];
export const RIGHTS = ["backup-save-policy", "backup-prune-policy", "backup-restore-policy"];
export const OBJECTS = ["backup-save", "backup-prune", "backup-restore", "backup-program", "backup-vault-ca"];

/** Name, type and what each comes after, without the component itself. */
export const outline = (found: readonly Child[]): readonly unknown[] =>
    found.slice(1).map(({ name, type, dependsOn }) => [name, type, dependsOn]);
