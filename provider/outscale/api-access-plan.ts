/** The ApiAccessPlan resource: judges the rules as they are planned, before anything on the account is touched. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { checkInputs } from "../inputs";
import type { ResourceType } from "../resource";
import { declaredRule } from "./declared-rule";
import { plannedRefusals, type PlannedAccess } from "./planned-access";
import { shared } from "./schemas";

const schema = z.object({ rules: z.array(declaredRule.omit({ ruleId: true })), protect: shared.protect });

/**
 * A decision and no object. Whatever depends on it is not begun where it refuses, neither at preview nor, with everything
 * known, at deployment. It does not ask who held which certificate before: that it could only know of the last
 * deployment that was begun, and one that broke has to be taken back. `ApiAccessProof` knows of the last that got to it.
 */
export const apiAccessPlan: ResourceType<PlannedAccess, PlannedAccess, undefined> = {
    token: "outscale:ApiAccessPlan",

    check: (inputs, now) =>
        checkInputs(schema, inputs, (planned) =>
            plannedRefusals(planned, {}, now, "Nothing has been changed."),
        ),

    diff: (state, inputs) => ({
        changed: changedProperties(state, inputs, ["rules", "protect"]),
        replaces: [],
    }),

    create: (inputs) => Promise.resolve({ id: "plan", state: inputs }),
    read: (id, state) => Promise.resolve({ id, state }),
    update: (_id, _state, inputs) => Promise.resolve(inputs),
    delete: () => Promise.resolve(),
};
