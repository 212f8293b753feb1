/** Declares resources one after the other. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * A chain: every resource waits for the one before. Several writes to the configuration of OpenBao 2.6 at one time can
 * block its core for good, so a program would have to run with `--parallel 1` otherwise; the chain keeps that from
 * its users, and costs nothing, for each write takes milliseconds. The first waits for what the component waits for,
 * which its children would not by themselves.
 */
export class Chain {
    private last: pulumi.CustomResourceOptions["dependsOn"];

    constructor(
        private readonly parent: pulumi.ComponentResource,
        first: pulumi.ComponentResourceOptions["dependsOn"],
    ) {
        this.last = first;
    }

    /** Declares the next resource, with the options given and those of the chain. */
    add<T extends pulumi.Resource>(
        declare: (opts: pulumi.CustomResourceOptions) => T,
        opts: pulumi.CustomResourceOptions = {},
    ): T {
        const resource = declare({
            ...opts,
            parent: this.parent,
            ...(this.last !== undefined && { dependsOn: this.last }),
        });
        this.last = resource;
        return resource;
    }
}
