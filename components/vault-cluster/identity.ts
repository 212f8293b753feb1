/** The identity of VaultCluster's nodes: a role for instances, and exactly what it may do. */
import * as pulumi from "@pulumi/pulumi";
import type { InstanceProfile } from "@pulumi/aws/iam/instanceProfile";
import type { Role } from "@pulumi/aws/iam/role";
import { aws } from "./aws";
import type { Place } from "../iam-policies";
import { nodePolicy, sessionPolicy, trustPolicy } from "./policies";
import type { Room } from "../room";

/** The role, with no rights yet: the key's policy names it, and the rights name the key. */
export function nodeRole(room: Room, place: pulumi.Output<Place>): Role {
    return new (aws("iam/role").Role)(
        `${room.name}-role`,
        {
            description: "The nodes of the Vault cluster",
            assumeRolePolicy: place.apply((known) => JSON.stringify(trustPolicy(known))),
            tags: room.tags,
        },
        { parent: room.parent },
    );
}

export interface RightsArgs {
    readonly role: Role;
    readonly place: pulumi.Output<Place>;
    readonly kmsKeyArn: pulumi.Output<string>;
    readonly tlsSecretArn: pulumi.Output<string>;
    readonly autoScalingGroupName: string;
    /** Whether Session Manager may open the nodes. */
    readonly enableSsm: boolean;
}

/** Gives the role its rights; nodes need them from their first second to their last. */
export function rights(room: Room, args: RightsArgs): readonly pulumi.Resource[] {
    const { RolePolicy } = aws("iam/rolePolicy");
    const { autoScalingGroupName } = args;
    const policy = pulumi
        .all([args.place, args.kmsKeyArn, args.tlsSecretArn])
        .apply(([place, kmsKeyArn, tlsSecretArn]) =>
            JSON.stringify(nodePolicy(place, { kmsKeyArn, tlsSecretArn, autoScalingGroupName })),
        );
    const opts = { parent: room.parent };
    const role = args.role.name;
    const node = new RolePolicy(`${room.name}-role-policy`, { role, policy }, opts);
    if (!args.enableSsm) return [node];
    const session = { role, policy: JSON.stringify(sessionPolicy()) };
    return [node, new RolePolicy(`${room.name}-role-session`, session, opts)];
}

/** The profile by which instances take the role. */
export function profile(room: Room, role: Role): InstanceProfile {
    return new (aws("iam/instanceProfile").InstanceProfile)(
        `${room.name}-profile`,
        { role: role.name, tags: room.tags },
        { parent: room.parent },
    );
}
