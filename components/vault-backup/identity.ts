/** The identities of VaultBackup: roles on AWS, each for exactly one service account of the cluster. */
import type { Role } from "@pulumi/aws/iam/role";
import type { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import * as pulumi from "@pulumi/pulumi";
import { irsaTrust, type PolicyDocument } from "../iam-policies";
import type { Room } from "../room";
import { aws } from "./aws";
import { drillPolicy, restorePolicy, retentionPolicy, writerPolicy, type BackupPlace } from "./policies";

/** What every backup has a role for. */
export const DUTIES = ["save", "prune", "restore"] as const;
/** What a role is for; service accounts and jobs have the name behind the component's. */
export type Duty = (typeof DUTIES)[number] | "drill";

const DESCRIPTIONS: Readonly<Record<Duty, string>> = {
    save: "Vault's snapshots: writes them, and reads none",
    prune: "Vault's snapshots: deletes those beyond the newest so many",
    restore: "Vault's snapshots: reads them, and writes none",
    drill: "Vault's snapshots: restores them to a server of its own, and looks at it",
};

/** The longest name that IAM takes for a role. */
const LONGEST_NAME = 64;
const DRILL = "-drill";
/** The longest name of a bucket that a drill's role can be named after. */
export const LONGEST_DRILLED_BUCKET = LONGEST_NAME - DRILL.length;

/** A bucket's name is nobody else's, so that its role's is free in every account. */
export function drillRoleName(bucketName: string): string {
    return `${bucketName}${DRILL}`;
}

export interface RoleArgs {
    readonly namespace: string;
    readonly oidcProviderArn: pulumi.Input<string>;
    readonly place: pulumi.Output<BackupPlace>;
    readonly kmsKeyArn: pulumi.Output<string>;
    readonly bucketName: string;
    /** Of the cluster's seal; absent where nothing is drilled. */
    readonly sealKeyArn: pulumi.Input<string> | undefined;
}

export function dutyRole(
    { name, parent, tags }: Room,
    duty: Duty,
    { namespace, oidcProviderArn, place, kmsKeyArn, bucketName, sealKeyArn = "" }: RoleArgs,
): { readonly role: Role; readonly rights: RolePolicy } {
    const account = { namespace, name: `${name}-${duty}` };
    const role = new (aws("iam/role").Role)(
        `${name}-${duty}-role`,
        {
            // The seal's key has to name this one before it is there.
            ...(duty === "drill" && { name: drillRoleName(bucketName) }),
            description: DESCRIPTIONS[duty],
            assumeRolePolicy: pulumi
                .output(oidcProviderArn)
                .apply((arn) => JSON.stringify(irsaTrust(arn, account))),
            tags,
        },
        { parent },
    );
    const policy = pulumi
        .all([place, kmsKeyArn, sealKeyArn])
        .apply(([at, arn, seal]) => JSON.stringify(policyOf(duty, at, arn, seal)));
    const rights = new (aws("iam/rolePolicy").RolePolicy)(
        `${name}-${duty}-policy`,
        { role: role.name, policy },
        { parent },
    );
    return { role, rights };
}

function policyOf(duty: Duty, place: BackupPlace, kmsKeyArn: string, sealKeyArn: string): PolicyDocument {
    switch (duty) {
        case "save":
            return writerPolicy(place, kmsKeyArn);
        case "prune":
            return retentionPolicy(place);
        case "restore":
            return restorePolicy(place, kmsKeyArn);
        case "drill":
            return drillPolicy(place, kmsKeyArn, sealKeyArn);
    }
}
