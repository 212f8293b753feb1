/** An account's access as a Pulumi stack's state has it: what the program made and recorded, and whom it protects. */
import { z } from "zod";
import { canonicalJson } from "../../canonical-json";
import { engineType } from "../../engine-type";
import { PortcullisError } from "../../errors";
import { hasSealed, SEALED, type ExportedResource, type ExportedState } from "../../exported-state";
import type { ApiRule } from "../account";
import { apiAccessRule } from "../api-access-rule";
import { apiAccessRuleRecord, apiRuleOf, recordedRule } from "../api-access-rule-record";
import type { Ca } from "../api/objects";
import { ca } from "../ca";
import type { ProtectedIdentity } from "../protection";
import { retiredApiAccessRule } from "../retired-api-access-rule";
import { protectedIdentity } from "../schemas";
import type { AccountPicture, Asked } from "./explain";
import { keysIn, policyIn } from "./state-keys";

/** What a state says of an account, and of whom and which authorities it knows. */
export interface StateAccess extends Asked {
    readonly picture: AccountPicture;
    /** What of identities and authorities could not be read: sentences for people. */
    readonly unread: readonly string[];
}

const OURS = engineType("outscale:");
const SHOW_SECRETS = "Export the state with `pulumi stack export --show-secrets`, and it is.";

/**
 * @param file what the report calls the state
 * @throws PortcullisError `InvalidInput` where the state holds no resource of an OUTSCALE account, or a rule that
 * cannot be read: without it every verdict could be wrong
 */
export function readState(state: ExportedState, file: string): StateAccess {
    const ours = state.resources.filter(({ type }) => type.startsWith(OURS));
    if (ours.length === 0) throw nothingOfOurs(file);
    const authorities = ours.filter(isOf(ca.token)).map(authorityOf);
    const rules = rulesOf(ours);
    const known = authorities.flatMap((each) => (each.pem === undefined ? [] : [each.pem]));
    const found = identitiesOf(ours);
    const unread = [
        ...authorities
            .filter(({ pem }) => pem === undefined)
            .map(({ name }) => sealed(`The certificate of the authority ${name}`)),
        ...found.unread,
    ];
    return {
        identities: found.identities,
        authorityPems: known,
        unread,
        picture: {
            source: { kind: "state", file, stack: state.stack ?? null },
            rules,
            cas: [...authorities.map(({ record }) => record), ...foreign(rules, authorities)],
            keys: keysIn(ours),
            policy: policyIn(ours),
            notes: [
                "A state holds what its program made, recorded and audited: other rules and access keys of the account " +
                    "are not in it, and changes made elsewhere since are not either.",
                ...ours.filter(({ isCondemned }) => isCondemned).map(condemned),
                ...state.interrupted.map(
                    (what) =>
                        `A run was interrupted while ${what}: the account may have more than this state.`,
                ),
            ],
        },
    };
}

const isOf =
    (token: string) =>
    ({ type }: ExportedResource): boolean =>
        type === engineType(token);

function sealed(what: string): string {
    return `${what} is encrypted in this state and was not read. ${SHOW_SECRETS}`;
}

function condemned({ name, type }: ExportedResource): string {
    return `${name} (${type.slice(type.lastIndexOf(":") + 1)}) was replaced and is to be deleted by the next deployment: it counts until then.`;
}

interface StateAuthority {
    readonly name: string;
    readonly record: Ca;
    /** Absent where it is encrypted. */
    readonly pem?: string | undefined;
}

const authority = z.object({
    caId: z.string(),
    fingerprint: z.string(),
    description: z.string().catch(""),
    caPem: z.string().optional().catch(undefined),
});

function authorityOf(resource: ExportedResource): StateAuthority {
    const { caId, fingerprint, description, caPem } = parsed(authority, resource);
    return {
        name: resource.name,
        pem: caPem,
        record: { CaId: caId, CaFingerprint: fingerprint, Description: description },
    };
}

/** Authorities that rules name and that this program did not make: they need not be gone. */
function foreign(rules: readonly ApiRule[], authorities: readonly StateAuthority[]): readonly Ca[] {
    const made = new Set(authorities.map(({ record }) => record.CaId));
    const named = new Set(rules.flatMap(({ CaIds }) => CaIds));
    return [...named]
        .filter((id) => !made.has(id))
        .map((CaId) => ({ CaId, CaFingerprint: "", Description: "" }));
}

const rule = z.object({ ...recordedRule.shape, description: z.string().default("") });
const record = z.object({ found: recordedRule.optional() });
const retired = z.object({ restores: z.array(recordedRule), record: recordedRule.optional() });

/** The rules that the program made, and those that it found and did not retire. */
function rulesOf(ours: readonly ExportedResource[]): readonly ApiRule[] {
    const made = ours.filter(isOf(apiAccessRule.token)).map((each) => parsed(rule, each));
    const gone = ours.filter(isOf(retiredApiAccessRule.token)).flatMap((each) => {
        const { restores, record: last } = parsed(retired, each);
        return last === undefined ? restores : [...restores, last];
    });
    const found = ours
        .filter(isOf(apiAccessRuleRecord.token))
        .flatMap((each) => parsed(record, each).found ?? [])
        .filter(({ ruleId }) => !gone.some((other) => other.ruleId === ruleId));
    // One rule may be recorded twice, or recorded and then adopted: what was made counts.
    const all = new Map([...found, ...made].map((each) => [each.ruleId, apiRuleOf(each)]));
    return [...all.values()];
}

function parsed<T extends z.ZodType>(schema: T, { name, outputs }: ExportedResource): z.output<T> {
    const result = schema.safeParse(outputs);
    if (result.success) return result.data;
    const paths = new Set(result.error.issues.map((issue) => String(issue.path[0] ?? "outputs")));
    const isSealed = [...paths].some((path) => hasSealed(outputs[path]));
    throw new PortcullisError({
        code: "InvalidInput",
        property: name,
        problem: `The resource ${name} cannot be read: ${[...paths].join(", ")} ${isSealed ? "is encrypted in this state" : "is missing or malformed"}.`,
        remedy: isSealed ? SHOW_SECRETS : "Give the state as `pulumi stack export` wrote it, unchanged.",
    });
}

interface Found {
    readonly identities: readonly ProtectedIdentity[];
    readonly unread: readonly string[];
}

/** Whoever any resource protects, each once: the resources of a component all declare the same. */
function identitiesOf(ours: readonly ExportedResource[]): Found {
    const unread = new Set<string>();
    const found = new Map<string, ProtectedIdentity>();
    for (const { name, outputs } of ours) {
        const { protect = [] } = outputs;
        if (protect === SEALED) unread.add(sealed(`\`protect\` of ${name}`));
        for (const entry of Array.isArray(protect) ? (protect as readonly unknown[]) : []) {
            const identity = protectedIdentity.safeParse(entry);
            if (identity.success) {
                const { authorityPems, ...rest } = identity.data;
                const key = canonicalJson(rest);
                const others = found.get(key)?.authorityPems ?? [];
                found.set(key, { ...rest, authorityPems: [...new Set([...others, ...authorityPems])] });
            } else if (hasSealed(entry)) {
                unread.add(sealed(`The identity ${calledBy(entry)}, protected by ${name},`));
            } else {
                unread.add(
                    `The identity ${calledBy(entry)}, protected by ${name}, is malformed and was not read.`,
                );
            }
        }
    }
    return { identities: withOwnNames([...found.values()]), unread: [...unread] };
}

/** A rotation that is under way leaves one name with several certificates: `operator`, `operator (2)`. */
function withOwnNames(identities: readonly ProtectedIdentity[]): readonly ProtectedIdentity[] {
    const taken = new Set(identities.map(({ name }) => name));
    const given = new Set<string>();
    return identities.map((identity) => {
        let name = identity.name;
        for (let count = 2; given.has(name) || (name !== identity.name && taken.has(name)); count += 1) {
            name = `${identity.name} (${count})`;
        }
        given.add(name);
        return { ...identity, name };
    });
}

function calledBy(entry: unknown): string {
    const isNamed = typeof entry === "object" && entry !== null && "name" in entry;
    return isNamed && typeof entry.name === "string" ? JSON.stringify(entry.name) : "without a readable name";
}

function nothingOfOurs(file: string): PortcullisError {
    return new PortcullisError({
        code: "InvalidInput",
        property: file,
        problem: `${file} holds no resource of an OUTSCALE account.`,
        remedy: "Export the stack that declares the account's access rules.",
    });
}
