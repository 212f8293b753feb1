/** The guard: no call is made after which a protected identity would no longer be admitted. */
import { sameJson } from "../changes";
import { PortcullisError } from "../errors";
import { covers } from "./ranges";
import { decideAccess, type AccessDecision, type AccessRule, type Identity } from "./access";

/** An identity whose access no call may take away. */
export interface ProtectedIdentity extends Identity {
    /** Certificates of the authorities that may have issued `certificatePem`: the API never returns them. */
    readonly authorityPems: readonly string[];
}

/** A protected identity that the rules after a change would no longer admit. */
export interface Lockout {
    readonly identity: Identity;
    /** The decision over the rules as they would be. */
    readonly after: AccessDecision;
}

/**
 * Those protected identities that may be admitted now, if only from some of their addresses, and surely or possibly
 * would not be after the change.
 * What is undetermined counts against the change on both sides: admitted before, refused after.
 */
export function lockouts(
    before: readonly AccessRule[],
    after: readonly AccessRule[],
    identities: readonly Identity[],
    at: Date,
): readonly Lockout[] {
    return identities.flatMap((identity) => {
        const now = decideAccess(before, identity, at);
        if (keeps(now, before, after)) return [];
        const decision = decideAccess(after, identity, at);
        // Part by part: an identity that is admitted from some of its addresses only has those to lose.
        const kept = now.possible.every((part) => covers(decision.admitted, part));
        return kept ? [] : [{ identity, after: decision }];
    });
}

/** Whether every rule that admits the identity, or may do so, keeps its criteria: then the change takes nothing from it. */
function keeps(now: AccessDecision, before: readonly AccessRule[], after: readonly AccessRule[]): boolean {
    const opening = new Set(
        now.rules.filter(({ verdict }) => verdict !== "refused").map(({ ruleId }) => ruleId),
    );
    const criteria = ({ description: _description, ...rest }: AccessRule): object => rest;
    return before
        .filter((rule) => opening.has(rule.id))
        .every((rule) => after.some((other) => sameJson(criteria(other), criteria(rule))));
}

/**
 * Whom a change has to spare: the identities that the program protects now, and each of them with the certificate
 * that it had at the last deployment, for until this run ends its holder has no other.
 */
export function heldAndWanted(
    last: readonly ProtectedIdentity[],
    wanted: readonly ProtectedIdentity[],
): readonly ProtectedIdentity[] {
    const held = wanted.flatMap((identity) => {
        const before = last.find((candidate) => candidate.name === identity.name);
        if (before?.certificatePem === undefined || before.certificatePem === identity.certificatePem)
            return [];
        const { certificatePem, authorityPems } = before;
        return [{ ...identity, certificatePem, authorityPems }];
    });
    return [...wanted, ...held];
}

/** Refuses a change because protected identities would be locked out; it was not made. */
export class LockoutError extends PortcullisError {
    constructor(
        action: string,
        public readonly lockouts: readonly Lockout[],
        public readonly remaining: readonly AccessRule[],
        at: Date,
        /** Closes the error: what is as it was. */
        assurance = "This call was not made.",
    ) {
        super({
            code: "Lockout",
            problem: [
                `Refused to ${action}: ${lockouts.map((lockout) => describeLockout(lockout)).join(" ")}`,
                `Rules that would remain: ${remaining.length === 0 ? "none" : remaining.map(describeRule).join("; ")}`,
                `(decided for ${at.toISOString()}).`,
            ].join(" "),
            remedy: `${remedyFor(lockouts)} ${assurance}`,
        });
        this.name = "LockoutError";
    }
}

/** One sentence that names the identity and says why each rule would not admit it. */
export function describeLockout({ identity, after }: Lockout): string {
    const whys = after.rules.map((rule) => `${rule.ruleId}: ${rule.reason}`).join("; ");
    const doubt =
        after.verdict === "undetermined"
            ? "could not be shown to be admitted"
            : "would no longer be admitted";
    return `the protected identity ${describeIdentity(identity)} ${doubt}${whys === "" ? "" : ` (${whys})`}.`;
}

/** The name, the addresses and whether it has a certificate. */
export function describeIdentity(identity: Identity): string {
    const from = identity.sourceIp === undefined ? "from any IPv4 address" : `from ${identity.sourceIp}`;
    return `"${identity.name}" (${from}, ${identity.certificatePem === undefined ? "without" : "with its"} client certificate)`;
}

/** A rule in a few words, for errors. */
export function describeRule(rule: AccessRule): string {
    const parts = [
        rule.authorities.length > 0
            ? `CA ${rule.authorities.map((authority) => authority.id).join(" or ")}`
            : "",
        rule.cns.length > 0 ? `CN ${rule.cns.join(" or ")}` : "",
        rule.ipRanges.length > 0 ? `IP ${rule.ipRanges.join(" or ")}` : "",
    ].filter((part) => part !== "");
    const title = rule.description === undefined || rule.description === "" ? "" : ` "${rule.description}"`;
    return `${rule.id}${title} [${parts.join(", ")}]`;
}

/** What the user can do about these lockouts. */
export function remedyFor(lockouts: readonly Lockout[]): string {
    const names = lockouts.map(({ identity }) => `"${identity.name}"`).join(", ");
    return (
        `Declare a rule that admits ${names} and keep it, wait with this change until its holder uses the new ` +
        `certificate, or, if it may lose its access, take it out of \`protect\`.`
    );
}
