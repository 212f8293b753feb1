/** The Ca resource: a certificate authority that access rules of the account may name. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { readable } from "../declarations";
import { PortcullisError } from "../errors";
import { checkInputs } from "../inputs";
import { fingerprintSha1 } from "../pki/pem";
import { PartialFailure, type ResourceType } from "../resource";
import { admitted, narrow, withoutAuthority } from "./account";
import type { Calls } from "./api/calls";
import { admittedToDelete, isStillDeclared } from "./deleting";
import { createOnce, type OutscaleApi } from "./api/client";
import { deleteOnce } from "./api/once";
import { REFRESH_SHARED_MS } from "./refresh";
import { certificatePem, shared, type SharedInputs } from "./schemas";
import { takenOver, type TakenOver } from "./taking-over";

const schema = z.object({
    caPem: certificatePem,
    description: z.string().default(""),
    adopt: z.boolean().default(false),
    adoptId: z.string().optional(),
    ...shared,
});

export interface CaInputs extends SharedInputs {
    /** The authority's certificate, PEM. */
    readonly caPem: string;
    readonly description: string;
    /** Take over an authority of the account with the same certificate, whatever its description. */
    readonly adopt: boolean;
    /** Take over this very authority; it must have the same certificate. */
    readonly adoptId?: string | undefined;
}

export interface CaState extends CaInputs {
    readonly caId: string;
    /** Lower-case SHA-1 of the certificate's DER, as the API gives it. */
    readonly fingerprint: string;
    /** The description that an adopted authority had: destroy gives it back instead of deleting the authority. */
    readonly foundDescription?: string | undefined;
}

type ApiCa = Calls["ReadCas"]["response"]["Cas"][number];

/** An authority of an OUTSCALE account. Its certificate never changes in place: a new one is a new authority. */
export const ca: ResourceType<CaInputs, CaState, OutscaleApi> = {
    token: "outscale:Ca",

    check: (inputs) => checkInputs(schema, inputs),

    diff(state, inputs) {
        const changed = changedProperties(state, inputs, ["description", "protect", "clientCertificates"]);
        const { caPem } = inputs;
        const samePem = typeof caPem === "string" && fingerprintSha1(caPem) === state.fingerprint;
        return samePem ? { changed, replaces: [] } : { changed: ["caPem", ...changed], replaces: ["caPem"] };
    },

    async create(inputs, { client }) {
        const api = admitted(client, inputs);
        const fingerprint = fingerprintSha1(inputs.caPem);
        const present = await withFingerprint(api, fingerprint);
        const taken = existing(inputs, present, api.claimed);
        const made = taken?.object ?? (await upload(api, inputs, fingerprint, present));
        api.claimed.add(made.CaId);
        const state = {
            ...inputs,
            caId: made.CaId,
            fingerprint,
            ...(taken?.isAdopted === true ? { foundDescription: taken.object.Description } : {}),
        };
        if (made.CaFingerprint !== fingerprint)
            throw new PartialFailure(made.CaId, state, mismatch(made, fingerprint));
        if (made.Description !== inputs.description) await describe(api, made.CaId, inputs.description);
        return { id: made.CaId, state };
    },

    async read(id, state, { client }) {
        const api = admitted(client, state);
        const { Cas } = await api.call("ReadCas", {}, { maxAgeMs: REFRESH_SHARED_MS });
        const live = Cas.find((candidate) => candidate.CaId === id);
        if (live === undefined) return undefined;
        return { id, state: { ...state, description: live.Description, fingerprint: live.CaFingerprint } };
    },

    async update(id, state, inputs, { client }) {
        const api = admitted(client, inputs, state);
        const { fingerprint, foundDescription } = state;
        const next = {
            ...inputs,
            caId: id,
            fingerprint,
            ...(foundDescription === undefined ? {} : { foundDescription }),
        };
        // The engine finishes a creation that failed by an update: what was not verified then is verified now.
        const { Cas } = await api.call("ReadCas", {});
        const live = Cas.find((candidate) => candidate.CaId === id);
        if (live !== undefined && live.CaFingerprint !== state.fingerprint)
            throw new PartialFailure(id, next, mismatch(live, state.fingerprint));
        if (state.description !== inputs.description) await describe(api, id, inputs.description);
        return next;
    },

    async delete(id, state, context) {
        const api = admittedToDelete(context, state);
        // Made or taken over under another name in this very run: the authority stays, only this name for it goes.
        if (api.claimed.has(id) || !(await isThere(api, id))) return;
        const { fingerprint, description } = state;
        const isSame = (other: CaInputs): boolean =>
            other.description === description && fingerprintSha1(other.caPem) === fingerprint;
        const isDeclared = readable(schema, context.declared.inputsOf(ca.token)).some(isSame);
        const alike = async (): Promise<readonly string[]> => {
            const present = await withFingerprint(api, fingerprint);
            return present.filter((each) => each.Description === description).map((each) => each.CaId);
        };
        if (await isStillDeclared(id, isDeclared, alike)) return;
        if (state.foundDescription !== undefined) return describe(api, id, state.foundDescription);
        await refuseIfNamed(api, id);
        await narrow(
            { ...context, client: api },
            {
                action: `delete the authority ${id}`,
                last: state.protect,
                wanted: state.protect,
                change: ({ rules }) => withoutAuthority(rules, id),
                act: () =>
                    deleteOnce({
                        remove: () => api.call("DeleteCa", { CaId: id }),
                        isThere: () => isThere(api, id),
                    }),
            },
        );
    },
};

async function isThere(api: OutscaleApi, id: string): Promise<boolean> {
    const { Cas } = await api.call("ReadCas", {});
    return Cas.some((candidate) => candidate.CaId === id);
}

async function withFingerprint(api: OutscaleApi, fingerprint: string): Promise<readonly ApiCa[]> {
    const { Cas } = await api.call("ReadCas", { Filters: { CaFingerprints: [fingerprint] } });
    return Cas;
}

/** The authority to take over instead of uploading the certificate once more, if any. */
function existing(
    inputs: CaInputs,
    present: readonly ApiCa[],
    claimed: ReadonlySet<string>,
): TakenOver<ApiCa> | undefined {
    return takenOver({
        inputs,
        present,
        claimed,
        idOf: (candidate) => candidate.CaId,
        isTwin: (candidate) => candidate.Description === inputs.description,
        // They are those with this certificate.
        isAlike: () => true,
        words: {
            kind: "an authority",
            alike: "this certificate",
            missing: "authority of that id with this certificate",
        },
        remedy: "Correct `adoptId` or `caPem`; an authority's certificate cannot be changed.",
    });
}

function upload(
    api: OutscaleApi,
    inputs: CaInputs,
    fingerprint: string,
    before: readonly ApiCa[],
): Promise<ApiCa> {
    return createOnce({
        create: async () => {
            const { Ca } = await api.call("CreateCa", {
                CaPem: inputs.caPem,
                Description: inputs.description,
            });
            return Ca;
        },
        find: async () => {
            const now = await withFingerprint(api, fingerprint);
            return now.find(
                ({ CaId, Description }) =>
                    Description === inputs.description &&
                    !api.claimed.has(CaId) &&
                    !before.some((known) => known.CaId === CaId),
            );
        },
    });
}

async function describe(api: OutscaleApi, id: string, description: string): Promise<void> {
    await api.call("UpdateCa", { CaId: id, Description: description });
}

async function refuseIfNamed(api: OutscaleApi, id: string): Promise<void> {
    const { ApiAccessRules } = await api.call("ReadApiAccessRules", {});
    const naming = ApiAccessRules.filter((rule) => rule.CaIds.includes(id)).map(
        (rule) => rule.ApiAccessRuleId,
    );
    if (naming.length === 0) return;
    throw new PortcullisError({
        code: "Lockout",
        problem: `Refused to delete the authority ${id}: the access rules ${naming.join(", ")} still name it.`,
        remedy:
            "Change or delete those rules first. If an interrupted deployment left them behind, deploy its program once " +
            "more, which takes them over. This call was not made.",
    });
}

function mismatch(made: ApiCa, fingerprint: string): PortcullisError {
    return new PortcullisError({
        code: "ServiceError",
        property: "caPem",
        problem: `The account reports fingerprint ${made.CaFingerprint} for ${made.CaId}, but the certificate has ${fingerprint}.`,
        remedy: "Do not trust this authority; no rule names it yet. Run again, and where that fails too, `pulumi refresh`: the next update then replaces it.",
    });
}
