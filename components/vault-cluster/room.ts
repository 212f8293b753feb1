/** What every room of the cluster is given: its name, its parent, and the tags of its resources. */
import type * as pulumi from "@pulumi/pulumi";

export interface Room {
    /** The component's name, with which the names of all its children begin. */
    readonly name: string;
    readonly parent: pulumi.Resource;
    readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
}
