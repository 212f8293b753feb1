import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isTransient, reasonsOf, redact } from "../../../../sdk/fleet/failures";

const REFUSAL =
    "outscale:ApiAccessPlan resource 'plan' has a problem: rules: Lock-out refused: the protected identity " +
    '"watch" would no longer be admitted.';

describe("may pass by itself", () => {
    test.each([
        ["OUTSCALE refused ReadApiAccessRules (HTTP 429, request 1). Wait, then run again.", true],
        ["OUTSCALE refused CreateCa (HTTP 503, request 1). Wait, then run again.", true],
        ["ReadCas could not be made: nothing accepts connections at 127.0.0.1:4 (ECONNREFUSED).", true],
        [
            "ReadCas could not be made: the connection to api.example.org broke before the whole answer came.",
            true,
        ],
        ["ReadCas could not be made: api.example.org did not answer within 30 s. Check the endpoint.", true],
        ["The answer to CreateCa was lost (the connection broke): it may or may not be there.", true],
        ["the stack is currently locked by 1 lock(s). Either wait for the other process to end", true],
        ["[409] Conflict: Another update is currently in progress.", true],
        ["ThrottlingException: Rate exceeded", true],
        ["read tcp 10.0.0.1:4->10.0.0.2:443: connection reset by peer", true],
        ["OUTSCALE refused ReadCas (HTTP 401, code 1, AccessDenied). Do not just try again.", false],
        ["OUTSCALE refused CreateCa (HTTP 400, code 4045). Correct what the service names.", false],
        ["ReadCas could not be made: the host api.example.org is not known (ENOTFOUND).", false],
        ["ReadCas could not be made: the TLS certificate of api.example.org could not be verified.", false],
        ["'gate' has a problem: caPem: This is no certificate.", false],
        [REFUSAL, false],
        [`${REFUSAL} (HTTP 429)`, false],
        ["Refused to delete the access rule aar-1 (HTTP 429).", false],
        ["something that nobody has seen before", false],
    ])("%s: %s", (reason, transient) => {
        expect(isTransient([reason])).toBe(transient);
    });

    test("nothing does where a single reason is a refusal, or where none is known", () => {
        expect(isTransient(["HTTP 429", REFUSAL])).toBe(false);
        expect(isTransient([])).toBe(false);
    });
});

describe("reasons", () => {
    test("are the engine's errors, once each, without colours and without what says nothing", () => {
        const said = ["<{%fg 1%}>no gate<{%reset%}>\n", "no gate", "update failed", ""];
        expect(reasonsOf(said, new Error("code: 255"))).toEqual(["no gate"]);
    });

    test("are what the command printed, where the engine said nothing", () => {
        const cause = new Error(
            "code: 255\n stdout: \n stderr: error: no stack named 'a' found\nplease try again\n err?: undefined\n",
        );
        expect(reasonsOf(["update failed"], cause)).toEqual(["no stack named 'a' found\nplease try again"]);
        expect(reasonsOf([], new Error("spawn ENOENT"))).toEqual(["spawn ENOENT"]);
        expect(reasonsOf([], "nothing")).toEqual(["nothing"]);
    });
});

test("no secret is left in a text, be one a part of another", () => {
    expect(redact("a hunter2 and hunter22", ["hunter2", "hunter22"])).toBe("a [secret] and [secret]");
    // The mark is made of other characters than the secrets.
    const secret = fc.string({ unit: fc.constantFrom("x", "y", "z"), minLength: 1, maxLength: 8 });
    fc.assert(
        fc.property(fc.array(secret, { minLength: 1 }), fc.string(), (secrets, around) => {
            const shown = redact(`${around}${secrets.join(around)}`, secrets);
            for (const each of secrets) expect(shown).not.toContain(each);
        }),
    );
});
