/** The KMS key of VaultCluster: it unseals the nodes, and encrypts the secret of their TLS files. */
import * as pulumi from "@pulumi/pulumi";
import type { Key } from "@pulumi/aws/kms/key";
import { aws } from "./aws";
import type { Place } from "../iam-policies";
import { keyPolicy } from "./policies";
import type { Room } from "../room";
import { checkedSealUsers } from "./seal-users";

/** The longest that KMS waits before it deletes a key, in days. */
const DELETION_WINDOW = 30;

/**
 * The key. It is protected, and not merely kept when it leaves the program (`retainOnDelete`): a key that is kept but in
 * no state has nobody who looks after its policy and its rotation, whereas a refusal makes its owner decide. Who does
 * want to give the cluster up says so by `deletionProtection: false`, and then still has 30 days.
 */
export function unsealKey(
    room: Room,
    place: pulumi.Output<Place>,
    roleArn: pulumi.Output<string>,
    sealUsers: readonly pulumi.Input<string>[],
): Key {
    return new (aws("kms/key").Key)(
        `${room.name}-key`,
        {
            description:
                "Unseals the Vault cluster. Without it, its nodes and backups cannot be read ever again.",
            enableKeyRotation: true,
            deletionWindowInDays: DELETION_WINDOW,
            policy: pulumi
                .all([place, roleArn, pulumi.all([...sealUsers])])
                .apply(([known, role, users]) =>
                    JSON.stringify(keyPolicy(known, role, checkedSealUsers(room.name, users, known))),
                ),
            tags: room.tags,
        },
        { parent: room.parent, ...room.protection },
    );
}
