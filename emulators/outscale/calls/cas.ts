/** The four calls on client certificate authorities. */
import { readPem } from "../certificates";
import { newId } from "../formats";
import { parameter, resource } from "../refusals";
import type { AccountState, CaRecord } from "../state";
import { passes, type Call } from "./call";

/** As the API shows it: the PEM never comes back. */
function shown({ CaId, CaFingerprint, Description }: CaRecord): object {
    return { CaId, CaFingerprint, Description };
}

function find(state: AccountState, id: string): CaRecord {
    const found = state.cas.find((ca) => ca.CaId === id);
    if (found === undefined) throw resource.noSuchCa(id);
    return found;
}

/** The same PEM again is another CA with an id of its own. An expired one is accepted: it admits nobody. */
export const createCa: Call<"CreateCa"> = (state, { CaPem, Description = "" }) => {
    const certificate = readPem(CaPem);
    if ("unreadable" in certificate) throw parameter.invalid("CaPem", `${certificate.unreadable}.`);
    if (certificate.caProblem !== undefined) {
        throw parameter.invalid("CaPem", `it is no CA, since ${certificate.caProblem}.`);
    }
    const ca = { CaId: newId("ca"), CaFingerprint: certificate.fingerprint, Description, CaPem };
    return { state: { ...state, cas: [...state.cas, ca] }, body: { Ca: shown(ca) } };
};

export const readCas: Call<"ReadCas"> = (state, { Filters = {} }) => ({
    body: {
        Cas: state.cas
            .filter(
                (ca) =>
                    passes(Filters.CaIds, ca.CaId) &&
                    passes(Filters.CaFingerprints, ca.CaFingerprint) &&
                    passes(Filters.Descriptions, ca.Description),
            )
            .map(shown),
    },
});

export const updateCa: Call<"UpdateCa"> = (state, { CaId, Description }) => {
    const before = find(state, CaId);
    const ca = { ...before, Description: Description ?? before.Description };
    const cas = state.cas.map((other) => (other === before ? ca : other));
    return { state: { ...state, cas }, body: { Ca: shown(ca) } };
};

/**
 * Whether a CA that a rule names can be deleted is not documented. By default it can, which is the dangerous
 * reading: the rule then names a CA that no longer exists, and admits nobody by it.
 */
export const deleteCa: Call<"DeleteCa"> = (state, { CaId }, { refuseDeleteOfUsedCa }) => {
    const ca = find(state, CaId);
    const users = state.rules.filter((rule) => rule.CaIds.includes(CaId));
    if (refuseDeleteOfUsedCa && users.length > 0) {
        throw resource.caInUse(users.map((rule) => rule.ApiAccessRuleId));
    }
    return { state: { ...state, cas: state.cas.filter((other) => other !== ca) }, body: {} };
};
