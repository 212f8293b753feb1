/** The identities of VaultBackup: three roles on AWS, each for exactly one service account of the cluster. */
import type { Role } from "@pulumi/aws/iam/role";
import type { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import * as pulumi from "@pulumi/pulumi";
import { irsaTrust, type PolicyDocument } from "../iam-policies";
import type { Room } from "../room";
import { aws } from "./aws";
import { restorePolicy, retentionPolicy, writerPolicy, type BackupPlace } from "./policies";

/** What a role is for; service accounts and jobs have the name behind the component's. */
export const DUTIES = ["save", "prune", "restore"] as const;
export type Duty = (typeof DUTIES)[number];

const DESCRIPTIONS: Readonly<Record<Duty, string>> = {
    save: "Vault's snapshots: writes them, and reads none",
    prune: "Vault's snapshots: deletes those beyond the newest so many",
    restore: "Vault's snapshots: reads them, and writes none",
};

export interface RoleArgs {
    readonly namespace: string;
    readonly oidcProviderArn: pulumi.Input<string>;
    readonly place: pulumi.Output<BackupPlace>;
    readonly kmsKeyArn: pulumi.Output<string>;
}

export function dutyRole(
    { name, parent, tags }: Room,
    duty: Duty,
    { namespace, oidcProviderArn, place, kmsKeyArn }: RoleArgs,
): { readonly role: Role; readonly rights: RolePolicy } {
    const account = { namespace, name: `${name}-${duty}` };
    const role = new (aws("iam/role").Role)(
        `${name}-${duty}-role`,
        {
            description: DESCRIPTIONS[duty],
            assumeRolePolicy: pulumi
                .output(oidcProviderArn)
                .apply((arn) => JSON.stringify(irsaTrust(arn, account))),
            tags,
        },
        { parent },
    );
    const policy = pulumi
        .all([place, kmsKeyArn])
        .apply(([at, arn]) => JSON.stringify(policyOf(duty, at, arn)));
    const rights = new (aws("iam/rolePolicy").RolePolicy)(
        `${name}-${duty}-policy`,
        { role: role.name, policy },
        { parent },
    );
    return { role, rights };
}

function policyOf(duty: Duty, place: BackupPlace, kmsKeyArn: string): PolicyDocument {
    switch (duty) {
        case "save":
            return writerPolicy(place, kmsKeyArn);
        case "prune":
            return retentionPolicy(place);
        case "restore":
            return restorePolicy(place, kmsKeyArn);
    }
}
