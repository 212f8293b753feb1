/** The AccountMfa component: an OUTSCALE account that only opens to client certificates. */
import * as pulumi from "@pulumi/pulumi";
import { ApiAccessPlan } from "../../provider/outscale/program/api-access-plan";
import { ApiAccessProof } from "../../provider/outscale/program/api-access-proof";
import { ApiAccessRule } from "../../provider/outscale/program/api-access-rule";
import { Ca } from "../../provider/outscale/program/ca";
import { RetiredApiAccessRule } from "../../provider/outscale/program/retired-api-access-rule";
import type { SharedArgs } from "../../provider/outscale/program/shared";
import type { AccountMfaArgs } from "./args";
import { authorities, type Authorities } from "./authority";
import { clients, operator, protectedIdentities } from "./clients";
import { bundles, profiles } from "./handouts";
import { accessKeys, groundwork, trustedSession } from "./session";
import { defaultRules, keptRules, madeRules, planned } from "./rules";

/** A client's certificate as the component's output. */
export interface ClientOutput {
    /** The present one. */
    readonly certificatePem: string;
    /** PKCS#8 PEM where it was made here, else as given; absent where it never was here. */
    readonly privateKeyPem?: string | undefined;
}

/** An access key as the component's output. */
export interface AccessKeyOutput {
    readonly accessKeyId: string;
    /** Absent where the key was adopted. */
    readonly secretKey?: string | undefined;
}

/**
 * Puts an OUTSCALE account behind client certificates: a plan that is judged before anything is touched, an
 * authority, the rules that admit its holders, a backup address, a proof that everyone protected is admitted, only then
 * the retirement of the rules that admit anyone, and a last proof before anything is dropped; then, if asked, a trusted
 * session. Destroying it relaxes the policy first, then gives the retired rules back.
 */
export class AccountMfa extends pulumi.ComponentResource {
    /** The certificates, PEM, of the accepted authorities; the issuing one first. */
    public readonly authorityPems: pulumi.Output<string[]>;
    /** Ids of the authorities on the account, in the same order. */
    public readonly caIds: pulumi.Output<string[]>;
    /** Ids of the rules that it made: by `<rule>-<authority>`, as in `certificate-1`, and `backup`. */
    public readonly ruleIds: pulumi.Output<Record<string, string>>;
    /** Certificates and private keys of the clients, by name; encrypted in state. */
    public readonly certificates: pulumi.Output<Record<string, ClientOutput>>;
    /**
     * Rules found by the proof that ask for no certificate and that this component does not declare, each with its id
     * and criteria. Those that it has retired since are among them until the proof is made anew.
     */
    public readonly otherRules: pulumi.Output<string[]>;
    /** The access keys that it made, by name, with their secrets; encrypted in state. */
    public readonly accessKeys: pulumi.Output<Record<string, AccessKeyOutput>>;

    /** PKCS#12 files, base64, by client; encrypted in state. */
    public readonly bundles: pulumi.Output<Record<string, string>>;

    constructor(name: string, args: AccountMfaArgs, opts?: pulumi.ComponentResourceOptions) {
        super("portcullis:index:AccountMfa", name, {}, opts);
        const child = { parent: this };
        const authority = authorities(name, args.authority ?? {}, this);
        const holders = clients(name, args.clients, authority.issuer, this);
        const shared = sharedArgs(args, holders, authority);
        const { protect } = shared;

        const made = madeRules(args, authority.accepted);
        const foundRules = defaultRules(args);
        const kept = keptRules(name, foundRules, shared, this);
        const plan = new ApiAccessPlan(
            `${name}-plan`,
            { rules: [...made.map(planned), ...kept.map(({ ruleId: _ruleId, ...rule }) => rule)], protect },
            child,
        );

        const afterPlan = { parent: this, dependsOn: plan };
        const cas = new Map(
            authority.accepted.map(({ label, certificatePem }) => [
                label,
                new Ca(`${name}-ca-${label}`, { caPem: certificatePem, ...shared }, afterPlan),
            ]),
        );
        const rules = made.map((rule) => {
            const ca = rule.authority && cas.get(rule.authority.label);
            const caIds = ca === undefined ? {} : { caIds: [ca.caId] };
            const resource = new ApiAccessRule(
                `${name}-${rule.suffix}`,
                { ...rule.criteria, ...caIds, replaceToNarrow: true, ...shared },
                afterPlan,
            );
            return { ...planned(rule), ruleId: resource.ruleId };
        });

        const probe = operator(args.operator, holders)?.present;
        const declared = [...rules, ...kept];
        const proof = new ApiAccessProof(
            `${name}-proof`,
            { rules: declared, ...(probe === undefined ? {} : { probe }), protectPrevious: false, ...shared },
            child,
        );
        const retired = foundRules
            .filter((rule) => !rule.kept)
            .map(({ suffix, criteria }) => {
                const gone = { ...criteria, proof: proof.id, ...shared };
                return new RetiredApiAccessRule(`${name}-${suffix}`, gone, child);
            });
        // Once more at the end, for holders of certificates of the last deployment: what stands here was finished.
        // Only then come the deletions, of what belongs to an authority that was dropped (docs/adr/0004).
        const settled = new ApiAccessProof(
            `${name}-settled`,
            { rules: declared, ...shared },
            { parent: this, dependsOn: [proof, ...retired] },
        );
        const { clientCertificates } = shared;
        const via = clientCertificates === undefined ? {} : { clientCertificates };
        const session = { parent: this, via, probe, first: plan };
        const ground = groundwork(name, args, session);
        const keys = accessKeys(name, args, session, ground);
        if (ground !== undefined) trustedSession(name, args, session, ground, keys, settled);
        profiles(name, args, holders, keys, { parent: this, dependsOn: settled });

        const authorityPems = authority.accepted.map(({ certificatePem }) => certificatePem);
        this.authorityPems = pulumi.output(authorityPems);
        this.caIds = pulumi.output([...cas.values()].map((ca) => ca.caId));
        this.ruleIds = pulumi.output(Object.fromEntries(rules.map((rule) => [rule.name, rule.ruleId])));
        this.certificates = pulumi.secret(
            Object.fromEntries(
                holders.map(({ name: holder, certificatePem, privateKeyPem }) => [
                    holder,
                    { certificatePem, ...(privateKeyPem === undefined ? {} : { privateKeyPem }) },
                ]),
            ),
        );
        this.otherRules = proof.otherRules;
        this.accessKeys = pulumi.secret(
            Object.fromEntries(
                [...keys].map(([key, { accessKeyId, secretKey }]) => [key, { accessKeyId, secretKey }]),
            ),
        );
        this.bundles = bundles(name, args, holders, this);
        this.registerOutputs({
            authorityPems: this.authorityPems,
            caIds: this.caIds,
            ruleIds: this.ruleIds,
            certificates: this.certificates,
            otherRules: this.otherRules,
            accessKeys: this.accessKeys,
            bundles: this.bundles,
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
