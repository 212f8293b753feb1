/** The trusted session of AccountMfa: the keys that it makes, the audit of all others, and the policy once none is in the way. */
import type * as pulumi from "@pulumi/pulumi";
import { durationOrUndefined } from "../../provider/duration";
import { PortcullisError } from "../../provider/errors";
import { AccessKey, type AccessKeyArgs } from "../../provider/outscale/program/access-key";
import { ApiAccessPolicy } from "../../provider/outscale/program/api-access-policy";
import { KeyAudit, type AccountRecord } from "../../provider/outscale/program/key-audit";
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

/** What the session rests on. */
export interface Groundwork {
    /** Keys and policy as they were found. */
    readonly found: pulumi.Output<AccountRecord>;
    /** A policy that is stricter than the one wanted is relaxed here, before the keys that it would not allow. */
    readonly relaxed: pulumi.Resource;
}

/** Records keys and policy before anything of them is changed, and makes room; nothing where no session is asked for. */
export function groundwork(
    name: string,
    args: AccountMfaArgs,
    { parent, via, first }: SessionParts,
): Groundwork | undefined {
    if (args.trustedSession === undefined) return undefined;
    refuseOpenRules(args);
    const { maxAccessKeyExpiration } = args.trustedSession;
    const audit = new KeyAudit(
        `${name}-keys-found`,
        { maxAccessKeyExpiration, ...via },
        { parent, dependsOn: first },
    );
    const relaxed = new ApiAccessPolicy(
        `${name}-policy-relaxed`,
        { maxAccessKeyExpiration, requireTrustedEnv: true, onlyRelax: true, ...via },
        { parent, dependsOn: audit },
    );
    return { found: audit.found, relaxed };
}

/** The access keys that the component makes, by name. */
export function accessKeys(
    name: string,
    args: AccountMfaArgs,
    { parent, via, first }: SessionParts,
    ground: Groundwork | undefined,
): ReadonlyMap<string, AccessKey> {
    const opts = { parent, dependsOn: ground === undefined ? [first] : [first, ground.relaxed] };
    const made = Object.entries(args.accessKeys ?? {}).map(([key, given]): [string, AccessKey] => {
        if (ground !== undefined) refuseEndless(key, given);
        refuseLongLife(key, given.lifetime, args.trustedSession?.maxAccessKeyExpiration);
        return [key, new AccessKey(`${name}-key-${key}`, { ...given, ...via }, opts)];
    });
    return new Map(made);
}

/**
 * Brings the named keys in line, and requires the session after everything else: the account already opens to
 * certificates alone by then (`settled`), and the keys are made.
 */
export function trustedSession(
    name: string,
    args: AccountMfaArgs,
    { parent, via, probe }: SessionParts,
    { found }: Groundwork,
    keys: ReadonlyMap<string, AccessKey>,
    settled: pulumi.Resource,
): void {
    if (args.trustedSession === undefined) return;
    const { maxAccessKeyExpiration, expire, remove } = args.trustedSession;
    const last = [settled, ...keys.values()];
    const audit = new KeyAudit(
        `${name}-keys`,
        {
            maxAccessKeyExpiration,
            ...(expire === undefined ? {} : { expire }),
            ...(remove === undefined ? {} : { remove }),
            record: found,
            triggers: [...keys.values()].flatMap(({ accessKeyId, expirationDate }) => [
                accessKeyId,
                expirationDate.apply((date) => date ?? ""),
            ]),
            ...via,
        },
        { parent, dependsOn: last },
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

/** In a trusted session every key ends. */
function refuseEndless(key: string, { lifetime, expirationDate }: AccessKeyArgs): void {
    if (lifetime !== undefined || expirationDate !== undefined) return;
    throw new PortcullisError({
        code: "InvalidInput",
        property: `accessKeys.${key}`,
        problem: `The access key "${key}" would never end, and in a trusted session every key has to.`,
        remedy: "Give it `lifetime` or `expirationDate`.",
    });
}

/** A key that lives as long as the maximum, or longer, could not be made in the session. */
function refuseLongLife(key: string, lifetime: unknown, maximum: unknown): void {
    if (typeof lifetime !== "string" || typeof maximum !== "string") return;
    const [life, most] = [durationOrUndefined(lifetime), durationOrUndefined(maximum)];
    if (life === undefined || most === undefined || life < most) return;
    throw new PortcullisError({
        code: "InvalidInput",
        property: `accessKeys.${key}.lifetime`,
        problem: `The access key "${key}" would live ${lifetime}, and every key has to end within the maximum of ${maximum}.`,
        remedy: "Shorten `lifetime`, or lengthen `trustedSession.maxAccessKeyExpiration`.",
    });
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
