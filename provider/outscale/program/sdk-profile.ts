/** The SdkProfile resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { ClientCertificateArgs } from "./shared";

export interface SdkProfileArgs {
    /**
     * Whom the profile is for, since their keys differ and several of them end at a key that they do not know:
     * `"osc-cli"` for the command line tool, `"sdk"` for osc-sdk-python, the Go SDK, the Terraform provider and this
     * package. Profiles of both kinds may stand in one file. A profile of kind `"sdk"` without a certificate and an
     * endpoint is one that osc-cli reads too.
     */
    client: pulumi.Input<"osc-cli" | "sdk">;
    /** The profile's name. Another name is another profile. */
    profile: pulumi.Input<string>;
    /**
     * The file: an absolute path, or one that begins with `~/`, the home directory of whoever runs the deployment.
     * `~/.osc/config.json` unless given; refused where that file would be new and hide `~/.osc_sdk/config.json`,
     * since osc-cli reads the first of the two that exists. Made where it is missing, its directory too (0700). A link
     * is followed, and stays one.
     */
    path?: pulumi.Input<string>;
    accessKeyId: pulumi.Input<string>;
    /** Encrypted in state, whatever is passed. */
    secretKey: pulumi.Input<string>;
    /** `eu-west-2` unless given. */
    region?: pulumi.Input<string>;
    /**
     * Where the API is, as `https://<host>[:<port>]`, with or without `/api/v1`. OUTSCALE's own for the region unless
     * given. osc-cli then sends the calls of its other services there too.
     */
    endpoint?: pulumi.Input<string>;
    /**
     * The certificate to present, with its key. They are written to one file beside the profile file,
     * `<file>.<profile>.pem` (0600), which the profile names and which goes with it: osc-cli and osc-sdk-python read
     * certificates from files alone. Encrypted in state, whatever is passed. None unless given.
     */
    clientCertificate?: pulumi.Input<ClientCertificateArgs>;
    /**
     * The certificate to present, in a file of your own, in place of `clientCertificate`: PEM, the certificate and its
     * key, since some clients take no two files. An absolute path, or one that begins with `~/`. None unless given.
     */
    clientCertificateFile?: pulumi.Input<string>;
    /**
     * Take over a profile of this name that the file has already. False unless given: such a profile is refused
     * (`AmbiguousMatch`). Counts at creation only. What was found is kept in state, encrypted, and beside the file in
     * `<file>.<profile>.found` (0600); destroying this resource gives it back.
     */
    adopt?: pulumi.Input<boolean>;
}

/**
 * One profile in the configuration file of OUTSCALE's clients (`~/.osc/config.json`), as they read it. What else the
 * file holds stays as it is, byte for byte; the file's mode becomes 0600, and it is written whole or not at all, by one
 * process at a time. Destroying this resource removes the profile, and a file that then holds `{}` alone.
 *
 * It belongs to the machine and the user that run the deployment: run or refreshed anywhere else, it is not found
 * there, and the next deployment makes it there. One resource a profile.
 *
 * Refused, and nothing is written (`InvalidConfiguration`): a file that is no JSON object or not UTF-8, that holds the
 * profile twice, that belongs to another user, or is a link to nothing; and the update or removal of a profile that
 * somebody has changed since it was last seen, until `pulumi refresh` has seen the change.
 */
export class SdkProfile extends DynamicResource {
    /** As given: `~` is not expanded. */
    declare readonly path: pulumi.Output<string>;
    declare readonly profile: pulumi.Output<string>;
    /**
     * The keys of the profile in the file whose values are not those that were written, as the last refresh found
     * them; the next update puts them right. Their values are never shown.
     */
    declare readonly driftedKeys: pulumi.Output<string[]>;

    constructor(name: string, args: SdkProfileArgs, opts?: pulumi.CustomResourceOptions) {
        super("outscale:SdkProfile", name, { ...args }, opts);
    }
}
