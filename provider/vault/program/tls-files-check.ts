/** The TlsFilesCheck resource as components use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";

export interface TlsFilesCheckArgs {
    /** The DNS name by which nodes and clients call. */
    serverName: pulumi.Input<string>;
    /** The leaf, PEM, and its intermediates behind it. */
    certificate: pulumi.Input<string>;
    /** The public half of the private key, PEM; empty where there is no usable private key. */
    publicKey: pulumi.Input<string>;
    /** The roots, PEM. */
    authorities: pulumi.Input<string>;
}

/**
 * Decides whether the files serve, without a call: refused at preview as far as they are known by then, and at
 * deployment before anything that depends on it is begun.
 */
export class TlsFilesCheck extends DynamicResource {
    constructor(name: string, args: TlsFilesCheckArgs, opts?: pulumi.CustomResourceOptions) {
        super("vault:TlsFilesCheck", name, { ...args }, opts);
    }
}
