/** The AccessKey resource as programs use it. */
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource } from "../../dynamic";
import type { PreviousKey } from "../access-key-timing";
import { defaultDescription, type ClientCertificateArgs } from "./shared";

/** A key that was rotated and still works. */
export type PreviousAccessKey = PreviousKey;

export interface AccessKeyArgs {
    /**
     * The EIM user that owns the key. The user whose key makes the calls unless given: root, where the provider is
     * configured with a key of root. Another user is another key.
     */
    userName?: pulumi.Input<string>;
    /**
     * When the key ends: an RFC 3339 date-time ("2027-01-31T12:00:00Z"), or a date, which is its midnight in UTC. It is
     * for you to move it on. Not together with `lifetime`; without both the key never expires.
     */
    expirationDate?: pulumi.Input<string>;
    /** How long each key lasts, as "90d". The key is then rotated; an adopted one is not: it ends, counted from its adoption. */
    lifetime?: pulumi.Input<string>;
    /**
     * How long before its end a key is rotated by the next `up`, as "30d". A third of `lifetime` unless given. Only
     * with `lifetime`, and not for an adopted key.
     */
    rotateBefore?: pulumi.Input<string>;
    /**
     * How long after a rotation the key before it goes on working, as "7d"; the first `up` after that deactivates and
     * deletes it, once the present key is seen to work (`ProofFailed` otherwise). As long as `rotateBefore` unless given. Together they must be shorter than `lifetime`.
     */
    overlap?: pulumi.Input<string>;
    /**
     * `ACTIVE` unless given. `INACTIVE` switches the present key off, deletes the one before at once, and ends the
     * rotation until it is `ACTIVE` again.
     */
    state?: pulumi.Input<"ACTIVE" | "INACTIVE">;
    /** `<project>/<stack> <name>` unless given. While a key is being made, its tag begins with "portcullis-pending". An adopted key's own is replaced, and given back by destroy. */
    tag?: pulumi.Input<string>;
    /**
     * Take over this very key instead of making one. Its secret stays unknown here, and it is never rotated. Counts at
     * creation only; refused (`AmbiguousMatch`) where the user has no such key, where the key ends and the program gives
     * neither `expirationDate` nor `lifetime`, and where it is inactive and the program does not say so: write down what
     * is there, and change it in a later deployment, whose preview shows that. An update by which it would last longer
     * than it does by now, or work again, without the preview's having shown that, is refused until a refresh.
     * Destroying it gives back what the key was, and deletes nothing.
     */
    adoptId?: pulumi.Input<string>;
    /** Client certificates to present where the rules refuse what is configured. None unless given. */
    clientCertificates?: pulumi.Input<pulumi.Input<ClientCertificateArgs>[]>;
}

/**
 * An access key of the root user or of an EIM user.
 *
 * A rotation makes a new key and calls with it (`ProofFailed` where that does not work, with the old key as it was),
 * and leaves the one before it working for the `overlap`. Every change sends the expiration date along, without which
 * the API would let the key last for ever. The key that the provider itself is calling with is never deactivated or
 * deleted (`Lockout`).
 *
 * The resource's id stays that of its first key; `accessKeyId` is the present one.
 */
export class AccessKey extends DynamicResource {
    /** The present key: 20 capitals and digits. */
    declare readonly accessKeyId: pulumi.Output<string>;
    /** Its secret, encrypted in state; absent where the key was adopted. */
    declare readonly secretKey: pulumi.Output<string | undefined>;
    /** When the present key ends, ISO 8601 in UTC; absent where it never does. */
    declare readonly expirationDate: pulumi.Output<string | undefined>;
    /** When the present key was made or adopted, ISO 8601 in UTC. */
    declare readonly since: pulumi.Output<string>;
    /** The key before the present one, for as long as it works. */
    declare readonly previous: pulumi.Output<PreviousAccessKey | undefined>;

    constructor(name: string, args: AccessKeyArgs, opts?: pulumi.CustomResourceOptions) {
        super("outscale:AccessKey", name, { ...args, tag: args.tag ?? defaultDescription(name) }, opts);
    }
}
