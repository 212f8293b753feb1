/** The trusted session of AccountMfa: the keys that it makes, the audit of all others, and the policy once none is in the way. */
import type * as pulumi from "@pulumi/pulumi";
import { PortcullisError } from "../../provider/errors";
import { AccessKey } from "../../provider/outscale/program/access-key";
import { ApiAccessPolicy } from "../../provider/outscale/program/api-access-policy";
import { KeyAudit } from "../../provider/outscale/program/key-audit";
import type { ClientCertificateArgs, SharedArgs } from "../../provider/outscale/program/shared";
import type { AccountMfaArgs } from "./args";

/** What the resources of the session are made of, besides the component's arguments. */
export interface SessionParts {
    readonly parent: pulumi.Resource;
    readonly via: Pick<SharedArgs, "clientCertificates">;
    /** The certificate that has to work. */
    readonly probe: ClientCertificateArgs | undefined;
    /** What has to be done before the first key is made and the first thing recorded: the plan. */
    readonly first: pulumi.Resource;
}

/** The access keys that the component makes, by name. */
export function accessKeys(
    name: string,
    args: AccountMfaArgs,
    { parent, via, first }: SessionParts,
): ReadonlyMap<string, AccessKey> {
    const made = Object.entries(args.accessKeys ?? {}).map(([key, given]): [string, AccessKey] => [
        key,
        new AccessKey(`${name}-key-${key}`, { ...given, ...via }, { parent, dependsOn: first }),
    ]);
    return new Map(made);
}

/**
 * Records keys and policy as they are found, brings the named keys in line, and requires the session after everything
 * else. What follows `last` is done only where the account already opens to certificates alone.
 */
export function trustedSession(
    name: string,
    args: AccountMfaArgs,
    { parent, via, probe, first }: SessionParts,
    last: readonly pulumi.Resource[],
): void {
    if (args.trustedSession === undefined) return;
    refuseOpenRules(args);
    const { maxAccessKeyExpiration, expire, remove } = args.trustedSession;
    const found = new KeyAudit(
        `${name}-keys-found`,
        { maxAccessKeyExpiration, ...via },
        { parent, dependsOn: first },
    ).found;
    const audit = new KeyAudit(
        `${name}-keys`,
        {
            maxAccessKeyExpiration,
            ...(expire === undefined ? {} : { expire }),
            ...(remove === undefined ? {} : { remove }),
            record: found,
            ...via,
        },
        { parent, dependsOn: [...last] },
    );
    new ApiAccessPolicy(
        `${name}-policy`,
        {
            maxAccessKeyExpiration,
            requireTrustedEnv: true,
            blocking: audit.blocking,
            blockingRules: audit.blockingRules,
            record: found,
            ...(probe === undefined ? {} : { probe }),
            ...via,
        },
        { parent, dependsOn: [...last, audit] },
    );
}

/** In a trusted session every rule names an authority: what admits by address alone cannot stay. */
function refuseOpenRules({ backupIpRanges, keepDefaultRule, keepCockpitRule }: AccountMfaArgs): void {
    const [property] = Object.entries({
        backupIpRanges: backupIpRanges !== undefined,
        keepDefaultRule,
        keepCockpitRule,
    })
        .filter(([, isGiven]) => isGiven === true)
        .map(([argument]) => argument);
    if (property === undefined) return;
    throw new PortcullisError({
        code: "InvalidInput",
        property,
        problem: `\`${property}\` asks for a rule that admits by address alone, and in a trusted session every rule names an authority.`,
        remedy: `Take \`${property}\` out and deploy, and add \`trustedSession\` in the deployment after that.`,
    });
}
