/** Resources of OUTSCALE's own Pulumi provider, and a plugin of its name that accepts whatever it is given. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { quote, writeProgram } from "../../tools/pulumi/launchers";

const PLUGIN = `
const { main } = require("@pulumi/pulumi/provider");
const same = { changes: false };
main(
    {
        version: "1.0.0",
        check: (_urn, _olds, inputs) => Promise.resolve({ inputs }),
        diff: () => Promise.resolve(same),
        create: (_urn, inputs) => Promise.resolve({ id: "made", outs: inputs }),
        delete: () => Promise.resolve(),
    },
    process.argv.slice(1),
);`;

/** Puts the plugin where the engine of a deployment finds it. */
export function writeBridgedPlugin(directory: string): void {
    const command = [process.execPath, "-e", PLUGIN].map(quote).join(" ");
    writeProgram(join(directory, "bin", "pulumi-resource-outscale"), `#!/bin/sh\nexec ${command} "$@"\n`);
}

/** Declares `outscale:index/accessKey:AccessKey` and its like, with the names of their properties there. */
export class Bridged extends pulumi.CustomResource {
    constructor(
        type: "accessKey:AccessKey" | "apiAccessRule:ApiAccessRule" | "ca:Ca",
        name: string,
        args: Readonly<Record<string, unknown>>,
        opts?: pulumi.CustomResourceOptions,
    ) {
        super(`outscale:index/${type}`, name, args, { version: "1.0.0", ...opts });
    }
}
