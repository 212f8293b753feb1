/** What every part of a component is given: its name, its parent, and the tags of its resources. */
import type * as pulumi from "@pulumi/pulumi";

export interface Room {
    /** The component's name, with which the names of all its children begin. */
    readonly name: string;
    readonly parent: pulumi.Resource;
    readonly tags: Readonly<Record<string, pulumi.Input<string>>>;
    /**
     * For what would be lost or cut off without it. A refused `destroy` still deletes whatever no protected resource
     * depends on: so what stands at the end, as listener and hook do, has it too.
     */
    readonly protection: { readonly protect?: true };
}
