/** The access decision by certificate, case by case: authorities, common names, and the moment. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import {
    decideAccess,
    type AccessDecision,
    type AccessRule,
    type Verdict,
} from "../../../../provider/outscale/access";
import { daysFromNow, makeHolders, NOW, type Holders } from "../../../support/holders";

let holders: Holders;
let ca: Record<"a" | "b" | "impostor" | "ended", { readonly id: string; readonly certificatePem: string }>;

beforeAll(async () => {
    holders = await makeHolders();
    const named = (id: string, { certificatePem }: { readonly certificatePem: string }) => ({
        id,
        certificatePem,
    });
    const { a, b, impostor, ended } = holders.authorities;
    ca = {
        a: named("ca-a", a),
        b: named("ca-b", b),
        impostor: named("ca-impostor", impostor),
        ended: named("ca-ended", ended),
    };
});

const rule = (over: Partial<AccessRule>): AccessRule => ({
    id: "aar-1",
    authorities: [],
    cns: [],
    ipRanges: [],
    ...over,
});
/** The decision without its addresses. */
const shown = ({ verdict, by, rules }: AccessDecision): Omit<AccessDecision, "admitted" | "possible"> => ({
    verdict,
    by,
    rules,
});
const EVERYWHERE = "from every address of the identity";

describe("by certificate", () => {
    type Who = Exclude<keyof Holders, "authorities">;
    const notIssued = 'The client certificate "alice" was not issued by the authority';

    const cases: [string, Who | undefined, () => Partial<AccessRule>, Verdict, string][] = [
        [
            "its authority",
            "alice",
            () => ({ authorities: [ca.a] }),
            "admitted",
            `a certificate of ca-a, ${EVERYWHERE}`,
        ],
        [
            "no certificate",
            undefined,
            () => ({ authorities: [ca.a] }),
            "refused",
            "it asks for a client certificate",
        ],
        [
            "the CN",
            "alice",
            () => ({ authorities: [ca.a], cns: ["alice"] }),
            "admitted",
            `a certificate of ca-a, ${EVERYWHERE}`,
        ],
        [
            "one CN of two",
            "bob",
            () => ({ authorities: [ca.a], cns: ["alice", "bob"] }),
            "admitted",
            `a certificate of ca-a, ${EVERYWHERE}`,
        ],
        [
            "another CN",
            "bob",
            () => ({ authorities: [ca.a], cns: ["alice"] }),
            "refused",
            "the certificate's CN bob is not among alice",
        ],
        [
            "a CN of other case",
            "alice",
            () => ({ authorities: [ca.a], cns: ["Alice", "alice ", "ali", "*"] }),
            "refused",
            "the certificate's CN alice is not among Alice, alice , ali, *",
        ],
        [
            "no CN, none asked",
            "nameless",
            () => ({ authorities: [ca.a] }),
            "admitted",
            `a certificate of ca-a, ${EVERYWHERE}`,
        ],
        [
            "no CN, one asked",
            "nameless",
            () => ({ authorities: [ca.a], cns: ["alice", ""] }),
            "refused",
            "the certificate's CN (none) is not among alice, ",
        ],
        [
            "the second authority",
            "aliceOfB",
            () => ({ authorities: [ca.a, ca.b] }),
            "admitted",
            `a certificate of ca-b, ${EVERYWHERE}`,
        ],
        [
            "neither authority",
            "aliceOfB",
            () => ({ authorities: [ca.a, ca.impostor] }),
            "refused",
            `ca-a: ${notIssued} "Authority A": it names another issuer.; ` +
                `ca-impostor: ${notIssued} "Authority A": it names another issuer.`,
        ],
        [
            "an authority of the same name",
            "aliceOfImpostor",
            () => ({ authorities: [ca.a] }),
            "refused",
            `ca-a: ${notIssued} "Authority A": it names an issuer of that name with another key.`,
        ],
        [
            "an authority that is gone",
            "alice",
            () => ({ authorities: [{ ...ca.a, gone: true }] }),
            "refused",
            "ca-a is no longer on the account",
        ],
        [
            "an authority not known here",
            "alice",
            () => ({ authorities: [{ id: "ca-x" }] }),
            "undetermined",
            "the certificate of ca-x is not known here",
        ],
        [
            "an unknown one, and its own",
            "alice",
            () => ({ authorities: [{ id: "ca-x" }, ca.a] }),
            "admitted",
            `a certificate of ca-a, ${EVERYWHERE}`,
        ],
        [
            "an unknown one, and another",
            "alice",
            () => ({ authorities: [{ id: "ca-x" }, ca.b] }),
            "undetermined",
            "the certificate of ca-x is not known here",
        ],
        [
            "an unknown one, and a CN that is not its own",
            "alice",
            () => ({ authorities: [{ id: "ca-x" }], cns: ["bob"] }),
            "refused",
            "the certificate's CN alice is not among bob",
        ],
        [
            "an unknown one that is gone",
            "alice",
            () => ({ authorities: [{ id: "ca-x", gone: true }] }),
            "refused",
            "ca-x is no longer on the account",
        ],
        [
            "one expired",
            "expired",
            () => ({ authorities: [ca.a] }),
            "refused",
            'ca-a: The client certificate "alice" expired on 2026-06-14T12:00:00Z (it is 2026-06-15T12:00:00Z).',
        ],
        [
            "one too early",
            "early",
            () => ({ authorities: [ca.a] }),
            "refused",
            'ca-a: The client certificate "alice" is not valid before 2026-06-16T12:00:00Z (it is 2026-06-15T12:00:00Z).',
        ],
        [
            "one for servers",
            "server",
            () => ({ authorities: [ca.a] }),
            "refused",
            'ca-a: The client certificate "alice" is not for TLS clients: its extendedKeyUsage lacks clientAuth.',
        ],
        [
            "one of an ended authority",
            "aliceOfEnded",
            () => ({ authorities: [ca.ended] }),
            "refused",
            'ca-ended: The authority "Authority ended" expired on 2026-06-14T12:00:00Z (it is 2026-06-15T12:00:00Z).',
        ],
    ];
    test.each(cases)("%s", (_title, who, over, verdict, reason) => {
        const identity = who === undefined ? {} : { certificatePem: holders[who].certificatePem };
        expect(shown(decideAccess([rule(over())], { name: "alice", ...identity }, NOW))).toEqual({
            verdict,
            by: verdict === "admitted" ? ["aar-1"] : [],
            rules: [{ ruleId: "aar-1", verdict, reason }],
        });
    });

    test("the moment decides: the same certificate is too early, good and expired", () => {
        const verdictAt = (who: Who, days: number): Verdict =>
            decideAccess(
                [rule({ authorities: [ca.a] })],
                { name: "alice", certificatePem: holders[who].certificatePem },
                daysFromNow(days),
            ).verdict;
        expect([-101, -9, 99, 101].map((days) => verdictAt("alice", days))).toEqual([
            "refused",
            "admitted",
            "admitted",
            "refused",
        ]);
        expect([-2, 0].map((days) => verdictAt("expired", days))).toEqual(["admitted", "refused"]);
        expect([0, 2].map((days) => verdictAt("early", days))).toEqual(["refused", "admitted"]);
    });
});
