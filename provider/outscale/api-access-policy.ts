/** The ApiAccessPolicy resource: the maximum lifetime of access keys, and the trusted session, once nothing stands in its way. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { sameDuration } from "../duration";
import { readable } from "../declarations";
import { PortcullisError } from "../errors";
import { checkInputs, isKnown } from "../inputs";
import { UNKNOWN, type CheckFailure, type Context, type PlannedInputs, type ResourceType } from "../resource";
import { allKeys, ownKeyEnding } from "./access-keys";
import { admitted, readAccess } from "./account";
import { accountRecord, readPolicy } from "./account-record";
import type { OutscaleApi } from "./api/client";
import { admittedToDelete, owedElsewhere } from "./deleting";
import { durationOf, maxExpiration, secondsOf } from "./policy-inputs";
import { refusalOf } from "./probe";
import { REFRESH_SHARED_MS } from "./refresh";
import { clientCertificate, shared } from "./schemas";
import {
    blockingKeys,
    blockingRules,
    describeBlockingKey,
    describeBlockingRule,
    isStricter,
    looser,
    samePolicy,
    type BlockingKey,
    type Policy,
} from "./trusted-session";

const schema = z.object({
    maxAccessKeyExpiration: maxExpiration,
    requireTrustedEnv: z.boolean().default(false),
    onlyRelax: z.boolean().default(false),
    blocking: z
        .array(z.object({ accessKeyId: z.string(), userName: z.string().optional(), reason: z.string() }))
        .default([]),
    blockingRules: z.array(z.string()).default([]),
    record: accountRecord.optional(),
    probe: clientCertificate.optional(),
    clientCertificates: shared.clientCertificates,
});

/** `blocking` and `blockingRules` are what an audit has found, `record` what the policy was before anything was changed. */
export type ApiAccessPolicyInputs = Readonly<z.output<typeof schema>>;

export interface ApiAccessPolicyState extends ApiAccessPolicyInputs {
    /** What destroy gives back. */
    readonly found: Policy;
}

/** The account's one policy. It is there before any program: it is changed, and given back. */
export const apiAccessPolicy: ResourceType<ApiAccessPolicyInputs, ApiAccessPolicyState, OutscaleApi> = {
    token: "outscale:ApiAccessPolicy",

    check: (inputs, _now, last) => checkInputs(schema, inputs, (planned) => plannedObstacles(planned, last)),

    diff: (state, inputs) => ({
        changed: changedProperties(
            state,
            inputs,
            [
                "maxAccessKeyExpiration",
                "requireTrustedEnv",
                "onlyRelax",
                "blocking",
                "blockingRules",
                "record",
                "probe",
                "clientCertificates",
            ],
            { maxAccessKeyExpiration: sameDuration },
        ),
        replaces: [],
    }),

    async create(inputs, context) {
        const api = admitted(context.client, inputs);
        refuseTwins(context);
        const found = inputs.record?.policy ?? (await readPolicy(api));
        await apply(policyOf(inputs), inputs, api, context);
        return { id: "policy", state: { ...inputs, found } };
    },

    async read(id, state, { client }) {
        const live = await readPolicy(admitted(client, state), { maxAgeMs: REFRESH_SHARED_MS });
        // What only relaxes has no say in a policy that is looser.
        if (state.onlyRelax && !isStricter(live, policyOf(state))) return { id, state };
        const { maxAccessKeyExpiration: _last, ...rest } = state;
        const limit = durationOf(live.maxAccessKeyExpirationSeconds);
        return {
            id,
            state: {
                ...rest,
                ...(limit === undefined ? {} : { maxAccessKeyExpiration: limit }),
                requireTrustedEnv: live.requireTrustedEnv,
            },
        };
    },

    async update(_id, state, inputs, context) {
        refuseTwins(context);
        await apply(policyOf(inputs), inputs, admitted(context.client, inputs, state), context);
        return { ...inputs, found: state.found };
    },

    async delete(_id, state, context) {
        if (state.onlyRelax) return;
        const api = admittedToDelete(context, state);
        // An account has one policy: where the program declares it by another name, it is that one's to give back.
        const [other] = setters(context);
        if (other === undefined) return apply(state.found, state, api, context);
        const isKnown = other.record !== undefined && samePolicy(other.record.policy, state.found);
        if (isKnown || samePolicy(state.found, await readPolicy(api))) return;
        const declaring =
            "declares it under another name, and that resource does not know what it was before";
        throw owedElsewhere("The API access policy", declaring);
    },
};

/** Those that the program declares and that do more than relax. */
function setters({ declared }: Context<OutscaleApi>): readonly ApiAccessPolicyInputs[] {
    const all = readable(schema, declared.inputsOf(apiAccessPolicy.token));
    return all.filter(({ onlyRelax }) => !onlyRelax);
}

function refuseTwins(context: Context<OutscaleApi>): void {
    if (setters(context).length < 2) return;
    throw new PortcullisError({
        code: "AmbiguousMatch",
        problem: "The program declares the API access policy more than once, and an account has one.",
        remedy: "Declare one ApiAccessPolicy, or one AccountMfa with a trusted session, for each account. The policy was not changed.",
    });
}

type Wanted = Pick<ApiAccessPolicyInputs, "maxAccessKeyExpiration" | "requireTrustedEnv">;

function policyOf({ maxAccessKeyExpiration, requireTrustedEnv }: Wanted): Policy {
    return { maxAccessKeyExpirationSeconds: secondsOf(maxAccessKeyExpiration), requireTrustedEnv };
}

type Trying = Pick<ApiAccessPolicyInputs, "probe"> & Partial<Pick<ApiAccessPolicyInputs, "onlyRelax">>;

/** Sets the policy, both fields of it. What asks for more than before waits until nothing stands in its way. */
function apply(
    asked: Policy,
    { probe, onlyRelax = false }: Trying,
    api: OutscaleApi,
    context: Context<OutscaleApi>,
): Promise<void> {
    return api.exclusively(async () => {
        const before = await readPolicy(api);
        const wanted = onlyRelax ? looser(asked, before) : asked;
        if (samePolicy(wanted, before)) return;
        if (isStricter(wanted, before)) {
            const obstacles = await liveObstacles(wanted, { probe }, api, context);
            if (obstacles.length > 0) throw refused(wanted, before, obstacles);
        }
        await set(api, wanted);
        if (!wanted.requireTrustedEnv || probe === undefined) return;
        const refusal = await refusalOf(api.presenting(probe), context).catch((error: unknown) => error);
        if (refusal === undefined) return;
        await set(api, before);
        throw new PortcullisError({
            code: "ProofFailed",
            problem:
                "In the trusted session no call with the client certificate succeeded, so the policy was given back as it was.",
            remedy: "See which rule is meant to admit the certificate, and run again.",
            cause: refusal,
        });
    });
}

async function set(api: OutscaleApi, policy: Policy): Promise<void> {
    await api.call("UpdateApiAccessPolicy", {
        MaxAccessKeyExpirationSeconds: policy.maxAccessKeyExpirationSeconds,
        RequireTrustedEnv: policy.requireTrustedEnv,
    });
}

/** One thing that stands in the way, and what to do about its kind. */
interface Obstacle {
    readonly what: string;
    readonly remedy: string;
}

/** Everything that stands in the way at this moment, so that it is mended in one go. */
async function liveObstacles(
    wanted: Policy,
    { probe }: Trying,
    api: OutscaleApi,
    context: Context<OutscaleApi>,
): Promise<readonly Obstacle[]> {
    const { maxAccessKeyExpirationSeconds: seconds } = wanted;
    const as =
        (remedy: string) =>
        (what: string): Obstacle => ({ what, remedy });
    const keys = seconds === 0 ? [] : await allKeys(api);
    const own = ownKeyEnding(api, keys, context.now());
    const ofKeys = [
        ...blockingKeys(keys, seconds, context.now())
            .map(describeBlockingKey)
            .map(as(`For a key: ${KEY_REMEDY}`)),
        ...(own === undefined ? [] : [own]).map(as(OWN_KEY_REMEDY)),
    ];
    if (!wanted.requireTrustedEnv) return ofKeys;
    const { rules } = await readAccess(api, []);
    const ofRules = blockingRules(rules)
        .map(describeBlockingRule)
        .map(as(`For a rule: ${RULE_REMEDY}`));
    const ofCertificate = await certificateObstacles(probe, ofRules.length === 0, api, context);
    return [...ofKeys, ...ofRules, ...ofCertificate.map(as(CERTIFICATE_REMEDY))];
}

/**
 * In a trusted session, the calls that manage access need the certificate for good: one that bears it has to work
 * before. Where every rule names an authority, any call that is admitted bears one.
 */
async function certificateObstacles(
    probe: Trying["probe"],
    everyRuleAsks: boolean,
    api: OutscaleApi,
    context: Context<OutscaleApi>,
): Promise<readonly string[]> {
    if (probe === undefined) {
        if (everyRuleAsks || api.hasCertificate) return [];
        return ["No client certificate is there to call with."];
    }
    const refusal = await refusalOf(api.presenting(probe), context);
    return refusal === undefined
        ? []
        : ["A call with the client certificate (`probe`) was refused by the access rules."];
}

function refused(wanted: Policy, before: Policy, obstacles: readonly Obstacle[]): PortcullisError {
    const remedies = [...new Set(obstacles.map(({ remedy }) => remedy))];
    return new PortcullisError({
        code: "Lockout",
        problem: `Refused to ${doing(wanted, before)}: ${obstacles.map(({ what }) => what).join(" ")}`,
        remedy: `${remedies.join(" ")} The policy was not changed.`,
    });
}

function doing(wanted: Policy, before: Policy): string {
    if (wanted.requireTrustedEnv && !before.requireTrustedEnv) return "require a trusted session";
    return `limit the lifetime of access keys to ${wanted.maxAccessKeyExpirationSeconds} seconds`;
}

const OWN_KEY_REMEDY =
    "For the provider's own key: move its date on (`KeyAudit`'s `expire`, with a duration), or configure another key of the root user.";
const CERTIFICATE_REMEDY =
    "For the certificate: give one that a rule admits as `probe`, or configure one for the provider.";
const KEY_REMEDY =
    "Give the key an expiration date below the maximum, or remove it: `KeyAudit` does either, by the key's id.";
const RULE_REMEDY = "Retire the rule, or name a CA in it, in a deployment before this one.";

/** What is known at preview already: what the audit has found, and a session without a maximum. */
function plannedObstacles(
    inputs: PlannedInputs<ApiAccessPolicyInputs>,
    last: unknown,
): readonly CheckFailure[] {
    const { requireTrustedEnv, maxAccessKeyExpiration, blocking, blockingRules: rules } = inputs;
    const isTrusted = requireTrustedEnv === true;
    if (isTrusted && maxAccessKeyExpiration === undefined) {
        const reason =
            'A trusted session needs a maximum lifetime of access keys. Give one, for example "90d".';
        return [{ property: "maxAccessKeyExpiration", reason }];
    }
    const before = schema.safeParse(last);
    const stands = before.success && Object.keys(last ?? {}).length > 0 ? policyOf(before.data) : undefined;
    const wanted: PlannedInputs<Wanted> = { maxAccessKeyExpiration, requireTrustedEnv };
    // A policy that stands already is not kept from standing; nor does one that only relaxes ask for anything.
    const isNoMore = isKnown<Wanted>(wanted) && stands !== undefined && !isStricter(policyOf(wanted), stands);
    if (inputs.onlyRelax === true || isNoMore) return [];
    const ofKeys = blocking === UNKNOWN || maxAccessKeyExpiration === undefined ? [] : blocking;
    const ofRules = rules === UNKNOWN || !isTrusted ? [] : rules;
    const listed = (property: string, obstacle: string, remedy: string): CheckFailure => ({
        property,
        reason: `${obstacle} ${remedy} If that was done elsewhere, run \`pulumi refresh\`. The policy was not changed.`,
    });
    return [
        ...ofKeys
            .filter((key) => isKnown<BlockingKey>(key))
            .map((key) => listed("blocking", describeBlockingKey(key), KEY_REMEDY)),
        ...ofRules
            .filter((rule) => typeof rule === "string")
            .map((rule) => listed("blockingRules", describeBlockingRule(rule), RULE_REMEDY)),
    ];
}
