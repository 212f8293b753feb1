/** What a node's answers say about the cluster, and what a user is told to do about it. */
import { describe, expect, test } from "@jest/globals";
import {
    conditionOf,
    isUnanswered,
    refusalFor,
    type Condition,
    type FineCondition,
    type Observation,
} from "../../../../provider/vault/condition";
import { VaultRefusal, VaultUnreachable } from "../../../../provider/vault/errors";

const ACTIVE: Observation = {
    initialized: true,
    sealed: false,
    standby: false,
    removedFromCluster: false,
    signIn: "done",
    follows: true,
};

describe("condition", () => {
    test.each([
        ["the active node", {}, "ready"],
        ["a standby that follows the log", { standby: true }, "ready"],
        [
            "a standby that nobody could ask",
            { standby: true, signIn: "untried", follows: undefined },
            "unseen",
        ],
        ["a standby that knows no leader", { standby: true, signIn: "untried", leader: false }, "leaderless"],
        ["the active node that nobody could ask", { signIn: "untried", follows: undefined }, "ready"],
        ["a standby that the log does not reach", { standby: true, follows: false }, "removed"],
        ["the active node, whatever its index", { follows: false }, "ready"],
        ["what says of itself that it was removed", { removedFromCluster: true, sealed: true }, "removed"],
        ["a node without data", { initialized: false, sealed: true, signIn: "untried" }, "uninitialised"],
        ["a sealed node", { sealed: true, standby: true, signIn: "untried" }, "sealed"],
        ["a node whose logins nobody carries out", { standby: true, signIn: "unanswered" }, "leaderless"],
        ["a node that refuses the administrator", { signIn: "refused" }, "shut"],
        [
            "a standby that refuses the administrator",
            { standby: true, signIn: "refused", follows: undefined },
            "shut",
        ],
    ] as [string, Partial<Observation>, string][])("%s: %j is %s", (_name, seen, condition) => {
        expect(conditionOf({ ...ACTIVE, ...seen })).toBe(condition);
    });
});

describe("refusals", () => {
    test.each([
        ["uninitialised", "ServiceError", /is not initialised, .* wait until it has joined.*--replace/],
        ["sealed", "ServiceError", /is sealed\. .*unseals by itself/],
        ["leaderless", "ServiceError", /knows no active node: .*quorum.*most of the voters live/],
        ["removed", "ServiceError", /was removed from the cluster, though its health .*empty storage/],
        [
            "shut",
            "Lockout",
            /does not let the administrator sign in .*generate-root.*PORTCULLIS_VAULT_RECOVERY_TOKEN/,
        ],
    ] as [Exclude<Condition, FineCondition>, string, RegExp][])(
        "%s: says where, what and what to do",
        (condition, code, message) => {
            expect(refusalFor(condition, "https://vault.example:8200")).toMatchObject({
                code,
                property: "address",
                message: expect.stringMatching(message),
            });
            expect(refusalFor(condition, "https://vault.example:8200").message).toContain(
                "https://vault.example:8200",
            );
            expect(refusalFor(condition, "https://vault.example:8200").message).toContain(
                "Nothing was changed.",
            );
        },
    );
});

test.each([
    [new VaultRefusal("POST auth/cert/login", 307, []), true],
    [
        new VaultRefusal("POST auth/cert/login", 500, [
            "local node not active but active cluster node not found",
        ]),
        true,
    ],
    [new VaultRefusal("POST auth/cert/login", 503, []), true],
    [new VaultRefusal("POST auth/cert/login", 400, ["invalid certificate"]), false],
    [new VaultRefusal("POST auth/cert/login", 403, []), false],
    [new VaultUnreachable({ call: "POST x", host: "h", reason: "timeout", maySent: true }), true],
    [new Error("bug"), false],
])("%s is a login that nobody carried out: %j", (error, unanswered) => {
    expect(isUnanswered(error)).toBe(unanswered);
});
