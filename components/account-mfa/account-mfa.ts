/** The AccountMfa component: an OUTSCALE account that only opens to client certificates. */
import * as pulumi from "@pulumi/pulumi";
import { COCKPIT_RULE, WORLD_RULE } from "../../provider/outscale/default-rules";
import { ApiAccessProof, type DeclaredRuleArgs } from "../../provider/outscale/program/api-access-proof";
import { ApiAccessRule } from "../../provider/outscale/program/api-access-rule";
import { Ca } from "../../provider/outscale/program/ca";
import {
    ApiAccessRuleRecord,
    RetiredApiAccessRule,
    type RuleCriteriaArgs,
} from "../../provider/outscale/program/retired-api-access-rule";
import type { SharedArgs } from "../../provider/outscale/program/shared";
import type { AccountMfaArgs } from "./args";
import { authorities, type Authorities } from "./authority";
import { clients, operator, protectedIdentities } from "./clients";

/** A client's certificate as the component's output; the key is absent where it never was here. */
export interface ClientOutput {
    readonly certificatePem: string;
    readonly privateKeyPem?: string | undefined;
}

/**
 * Puts an OUTSCALE account behind client certificates: an authority, the rules that admit its holders, a backup
 * address, a proof that everyone protected is admitted, and only then the retirement of the rules that admit anyone.
 * Destroying it gives the retired rules back first.
 */
export class AccountMfa extends pulumi.ComponentResource {
    /** The certificates, PEM, of the accepted authorities; the issuing one first. */
    public readonly authorityPems: pulumi.Output<string[]>;
    /** Ids of the authorities on the account, in the same order. */
    public readonly caIds: pulumi.Output<string[]>;
    /** Ids of the certificate rules, by name. */
    public readonly ruleIds: pulumi.Output<Record<string, string>>;
    /** Certificates and private keys of the clients, by name; encrypted in state. */
    public readonly certificates: pulumi.Output<Record<string, ClientOutput>>;
    /** Rules found by the proof that ask for no certificate and that this component does not declare. */
    public readonly otherRules: pulumi.Output<string[]>;

    constructor(name: string, args: AccountMfaArgs, opts?: pulumi.ComponentResourceOptions) {
        super("portcullis:index:AccountMfa", name, {}, opts);
        const child = { parent: this };
        const authority = authorities(name, args.authority ?? {}, this);
        const holders = clients(name, args.clients, authority.issuer, this);
        const shared = sharedArgs(args, holders, authority);

        const cas = authority.accepted.map(({ label, certificatePem }) => {
            return new Ca(`${name}-ca-${label}`, { caPem: certificatePem, ...shared }, child);
        });
        const caIds = cas.map((ca) => ca.caId);
        const authorityPems = authority.accepted.map(({ certificatePem }) => certificatePem);

        const certificateRules = Object.entries(args.rules ?? { certificate: {} }).map(([rule, criteria]) => {
            const resource = new ApiAccessRule(
                `${name}-rule-${rule}`,
                { caIds, ...criteria, ...shared },
                child,
            );
            const { cns, ipRanges } = resource;
            return { rule, ruleId: resource.ruleId, declared: { name: rule, authorityPems, cns, ipRanges } };
        });
        const declared: DeclaredRuleArgs[] = [
            ...certificateRules.map(({ ruleId, declared: criteria }) => ({ ...criteria, ruleId })),
            ...backupRule(name, args, shared, child),
            ...keptRules(name, args, shared, child),
        ];

        const probe = operator(args.operator, holders)?.present;
        const proof = new ApiAccessProof(
            `${name}-proof`,
            { rules: declared, ...(probe === undefined ? {} : { probe }), ...shared },
            child,
        );
        for (const [suffix, kept, criteria] of defaultRules(args)) {
            if (kept) continue;
            new RetiredApiAccessRule(`${name}-${suffix}`, { ...criteria, proof: proof.id, ...shared }, child);
        }

        this.authorityPems = pulumi.output(authorityPems);
        this.caIds = pulumi.output(caIds);
        this.ruleIds = pulumi.output(
            Object.fromEntries(certificateRules.map(({ rule, ruleId }) => [rule, ruleId])),
        );
        this.certificates = pulumi.secret(
            Object.fromEntries(
                holders.map(({ name: holder, certificatePem, privateKeyPem }) => [
                    holder,
                    { certificatePem, ...(privateKeyPem === undefined ? {} : { privateKeyPem }) },
                ]),
            ),
        );
        this.otherRules = proof.otherRules;
        this.registerOutputs({
            authorityPems: this.authorityPems,
            caIds: this.caIds,
            ruleIds: this.ruleIds,
            certificates: this.certificates,
            otherRules: this.otherRules,
        });
    }
}

function sharedArgs(
    args: AccountMfaArgs,
    holders: ReturnType<typeof clients>,
    authority: Authorities,
): Pick<SharedArgs, "clientCertificates"> & Required<Pick<SharedArgs, "protect">> {
    const clientCertificates = operator(args.operator, holders)?.credentials;
    return {
        protect: protectedIdentities(args.protect, holders, authority),
        ...(clientCertificates === undefined ? {} : { clientCertificates }),
    };
}

/** The rules that accounts come with: the end of the resource's name, whether it is kept, what it looks like. */
function defaultRules(args: AccountMfaArgs): readonly (readonly [string, boolean, RuleCriteriaArgs])[] {
    return [
        ["default-rule", args.keepDefaultRule ?? false, args.defaultRule ?? WORLD_RULE],
        ["cockpit-rule", args.keepCockpitRule ?? false, COCKPIT_RULE],
    ];
}

function backupRule(
    name: string,
    args: AccountMfaArgs,
    shared: SharedArgs,
    child: pulumi.CustomResourceOptions,
): DeclaredRuleArgs[] {
    if (args.backupIpRanges === undefined) return [];
    const { ruleId, ipRanges } = new ApiAccessRule(
        `${name}-backup-rule`,
        { ipRanges: args.backupIpRanges, ...shared },
        child,
    );
    return [{ name: "backup", ruleId, ipRanges }];
}

/** The default rules that stay: recorded, so that the proof can count on them. */
function keptRules(
    name: string,
    args: AccountMfaArgs,
    shared: SharedArgs,
    child: pulumi.CustomResourceOptions,
): DeclaredRuleArgs[] {
    const { clientCertificates } = shared;
    const via = clientCertificates === undefined ? {} : { clientCertificates };
    return defaultRules(args)
        .filter(([, kept]) => kept)
        .map(([suffix, , criteria]) => {
            const { found } = new ApiAccessRuleRecord(
                `${name}-${suffix}-record`,
                { ...criteria, ...via },
                child,
            );
            return {
                name: suffix,
                ruleId: found.apply((rule) => rule?.ruleId),
                ipRanges: found.apply((rule) => [...(rule?.ipRanges ?? [])]),
            };
        });
}
