/** An account's access rules as the live API has them, and the one way to narrow them. */
import { fingerprintSha1 } from "../pki/pem";
import type { Context } from "../resource";
import type { AccessRule, Authority } from "./access";
import type { Calls } from "./api/calls";
import type { OutscaleApi } from "./api/client";
import type { SharedInputs } from "./schemas";
import { heldAndWanted, LockoutError, lockouts, type ProtectedIdentity } from "./protection";

/** A rule as the API returns it. */
export type ApiRule = Calls["ReadApiAccessRules"]["response"]["ApiAccessRules"][number];
type ApiCa = Calls["ReadCas"]["response"]["Cas"][number];

/** Who may open the account: its rules, and any authority by its id. */
export interface AccountAccess {
    readonly rules: readonly AccessRule[];
    readonly authority: (id: string) => Authority;
}

/** The account's access as it is now; an authority's certificate is known where a given PEM has its fingerprint. */
export async function readAccess(api: OutscaleApi, knownPems: readonly string[]): Promise<AccountAccess> {
    const [{ ApiAccessRules }, { Cas }] = await Promise.all([
        api.call("ReadApiAccessRules", {}),
        api.call("ReadCas", {}),
    ]);
    return accountAccess(ApiAccessRules, Cas, knownPems);
}

/** The API's answers as the access decision sees them. */
export function accountAccess(
    rules: readonly ApiRule[],
    cas: readonly ApiCa[],
    knownPems: readonly string[],
): AccountAccess {
    const byFingerprint = new Map(knownPems.map((pem) => [fingerprintSha1(pem), pem]));
    const authority = (id: string): Authority => {
        const ca = cas.find((candidate) => candidate.CaId === id);
        if (ca === undefined) return { id, gone: true };
        const certificatePem = byFingerprint.get(ca.CaFingerprint);
        return certificatePem === undefined ? { id } : { id, certificatePem };
    };
    return {
        authority,
        rules: rules.map((rule) => ({
            id: rule.ApiAccessRuleId,
            description: rule.Description,
            authorities: rule.CaIds.map(authority),
            cns: rule.Cns,
            ipRanges: rule.IpRanges,
        })),
    };
}

/** The rules with one of them deleted. */
export function withoutRule(rules: readonly AccessRule[], id: string): readonly AccessRule[] {
    return rules.filter((rule) => rule.id !== id);
}

/** The rules with one authority deleted: they go on naming it, and admit nobody by it. */
export function withoutAuthority(rules: readonly AccessRule[], id: string): readonly AccessRule[] {
    return rules.map((rule) => ({
        ...rule,
        authorities: rule.authorities.map((named) => (named.id === id ? { id, gone: true } : named)),
    }));
}

/** The API as those may call it who hold the certificates: tried in order where the rules refuse what is configured. */
export function admitted(
    api: OutscaleApi,
    ...inputs: readonly Pick<SharedInputs, "clientCertificates">[]
): OutscaleApi {
    return inputs
        .flatMap(({ clientCertificates }) => clientCertificates)
        .reduce((view, certificate) => view.fallingBackOn(certificate), api);
}

/** A change that could narrow access, and whom it has to spare. */
export interface Narrowing<Result> {
    /** What is being done, as the infinitive that follows "Refused to". */
    readonly action: string;
    /** The protected identities as the last deployment left them. */
    readonly last: readonly ProtectedIdentity[];
    /** The protected identities as the program has them now. */
    readonly wanted: readonly ProtectedIdentity[];
    /** The rules as they would be after the change. */
    readonly change: (access: AccountAccess) => readonly AccessRule[];
    /** Makes the call. */
    readonly act: () => Promise<Result>;
}

/**
 * Makes a narrowing call only if every protected identity stays admitted. Decisions are made one at a time within a
 * process, over rules read afresh, so that two changes, each harmless alone, cannot lock out together.
 * @throws LockoutError before anything has been changed.
 */
export function narrow<Result>(context: Context<OutscaleApi>, narrowing: Narrowing<Result>): Promise<Result> {
    const { client } = context;
    const { action, last, wanted, change, act } = narrowing;
    return client.exclusively(async () => {
        const identities = heldAndWanted(last, wanted);
        if (identities.length > 0) {
            const knownPems = [...last, ...wanted].flatMap((identity) => identity.authorityPems);
            const access = await readAccess(client, knownPems);
            const after = change(access);
            const now = context.now();
            const locked = lockouts(access.rules, after, identities, now);
            if (locked.length > 0) throw new LockoutError(action, locked, after, now);
        }
        return act();
    });
}
