/** What AccountMfa hands to its clients: profiles of OUTSCALE's tools on this machine, and bundles for browsers. */
import * as pulumi from "@pulumi/pulumi";
import { PortcullisError } from "../../provider/errors";
import type { AccessKey } from "../../provider/outscale/program/access-key";
import { SdkProfile } from "../../provider/outscale/program/sdk-profile";
import { Pkcs12Bundle } from "../../provider/pki/program/pkcs12-bundle";
import type { AccountMfaArgs, KeyPairArgs } from "./args";
import { holderOfKey, type Client } from "./clients";

/** Writes each profile once the last proof has passed (`opts`). */
export function profiles(
    name: string,
    args: AccountMfaArgs,
    holders: readonly Client[],
    keys: ReadonlyMap<string, AccessKey>,
    opts: pulumi.CustomResourceOptions,
): void {
    for (const [profile, { holder, accessKey, ...given }] of Object.entries(args.profiles ?? {})) {
        const property = `profiles.${profile}`;
        const { certificatePem, privateKeyPem } = holderOfKey(holder, holders, property);
        new SdkProfile(
            `${name}-profile-${profile}`,
            {
                ...given,
                ...keyPair(accessKey, keys, property),
                profile,
                clientCertificate: { certificatePem, privateKeyPem },
            },
            opts,
        );
    }
}

/** The bundles by client, base64. */
export function bundles(
    name: string,
    args: AccountMfaArgs,
    holders: readonly Client[],
    parent: pulumi.Resource,
): pulumi.Output<Record<string, string>> {
    const made = Object.entries(args.bundles ?? {}).map(
        ([client, given]): [string, pulumi.Output<string>] => {
            const { certificatePem, privateKeyPem } = holderOfKey(client, holders, "bundles");
            const bundle = new Pkcs12Bundle(
                `${name}-bundle-${client}`,
                { ...given, certificatePem, privateKeyPem },
                { parent },
            );
            return [client, bundle.pkcs12];
        },
    );
    return pulumi.secret(Object.fromEntries(made));
}

function keyPair(
    accessKey: string | KeyPairArgs,
    keys: ReadonlyMap<string, AccessKey>,
    property: string,
): KeyPairArgs {
    if (typeof accessKey !== "string") return accessKey;
    const key = keys.get(accessKey);
    if (key === undefined) {
        throw new PortcullisError({
            code: "InvalidInput",
            property,
            problem: `\`${property}\` names the access key "${accessKey}", which is not among \`accessKeys\`.`,
            remedy: `Use one of: ${[...keys.keys()].join(", ") || "(there is none)"}; or give \`accessKeyId\` and \`secretKey\`.`,
        });
    }
    // An adopted key has no secret here: the profile's own check then says that it is missing.
    return {
        accessKeyId: key.accessKeyId,
        secretKey: pulumi.secret(key.secretKey.apply((secret) => secret ?? "")),
    };
}
