import { describe, expect, test } from "@jest/globals";
import { PortcullisError } from "../../../../provider/errors";
import { parseFleet } from "../../../../sdk/fleet/schema";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const git = { repo: "https://git.example.org/accounts.git", commit: COMMIT };

function refusalOf(given: unknown): PortcullisError {
    try {
        parseFleet(given, "/fleet");
    } catch (error) {
        if (error instanceof PortcullisError) return error;
        throw error;
    }
    throw new Error("The description was accepted.");
}

test("fills in the defaults, the names of accounts, and the folder of paths", () => {
    const fleet = parseFleet(
        {
            source: { workDir: ".", program: "program.js" },
            defaults: {
                config: {
                    "outscale:region": "eu-west-2",
                    "outscale:profile": "${account}",
                    "outscale:secretKeyId": {
                        environment: "KEY_${ACCOUNT}",
                        secretRef: { name: "outscale-${account}", key: "secretKeyId" },
                    },
                },
                environment: { PULUMI_CONFIG_PASSPHRASE: { file: "secrets/${account}" } },
            },
            accounts: [
                { name: "acme-dev" },
                { name: "acme-prod", stack: "acme/prod", config: { "outscale:region": "us-east-2", n: 3 } },
            ],
        },
        "/fleet",
    );
    expect(fleet).toEqual({
        source: { workDir: "/fleet", program: "/fleet/program.js" },
        rollout: { canary: 1, stopAfter: 1, retries: 2 },
        operator: { namespace: "default", serviceAccount: "portcullis-fleet" },
        accounts: [
            {
                name: "acme-dev",
                stack: "acme-dev",
                config: {
                    "outscale:region": "eu-west-2",
                    "outscale:profile": "acme-dev",
                    "outscale:secretKeyId": {
                        environment: "KEY_ACME_DEV",
                        secretRef: { name: "outscale-acme-dev", key: "secretKeyId" },
                    },
                },
                environment: { PULUMI_CONFIG_PASSPHRASE: { file: "/fleet/secrets/acme-dev" } },
            },
            {
                name: "acme-prod",
                stack: "acme/prod",
                config: {
                    "outscale:region": "us-east-2",
                    "outscale:profile": "acme-prod",
                    "outscale:secretKeyId": {
                        environment: "KEY_ACME_PROD",
                        secretRef: { name: "outscale-acme-prod", key: "secretKeyId" },
                    },
                    n: "3",
                },
                environment: { PULUMI_CONFIG_PASSPHRASE: { file: "/fleet/secrets/acme-prod" } },
            },
        ],
    });
});

const one = (account: object) => ({ source: {}, accounts: [{ name: "a", ...account }] });

test.each<[what: string, given: unknown, path: string, reason: string]>([
    ["nothing", undefined, "", "This is missing, or no object."],
    ["no accounts", { source: {}, accounts: [] }, "accounts", "Name at least one account."],
    ["an unknown setting", { ...one({}), acounts: [] }, "acounts", "There is no such setting. Remove it."],
    [
        "an unknown setting of an account",
        one({ Config: {} }),
        "accounts[0].Config",
        "There is no such setting. Remove it.",
    ],
    [
        "a name that no object may have",
        one({ name: "Acme_Dev" }),
        "accounts[0].name",
        "Give a name of a-z, 0-9 and hyphens between them.",
    ],
    [
        "a name too long for its pod",
        one({ name: "a".repeat(43) }),
        "accounts[0].name",
        "Give a name of at most 42 characters.",
    ],
    [
        "a bad stack name",
        one({ stack: "a b" }),
        "accounts[0].stack",
        "This is no name of a stack: [[organisation/]project/]stack.",
    ],
    [
        "the same name twice",
        { source: {}, accounts: [{ name: "a" }, { name: "b" }, { name: "a", stack: "c" }] },
        "accounts[2].name",
        'The name "a" is that of accounts[0] already. Give each its own.',
    ],
    [
        "the same stack twice",
        { source: {}, accounts: [{ name: "a" }, { name: "b", stack: "a" }] },
        "accounts[1].stack",
        'The stack "a" is that of accounts[0] already. Give each its own.',
    ],
    [
        "a bad key",
        one({ config: { "a b": "c" } }),
        "accounts[0].config.a b",
        "This is no key of a configuration.",
    ],
    [
        "a bad variable",
        one({ environment: { "A-B": "c" } }),
        "accounts[0].environment.A-B",
        "This is no name of a variable.",
    ],
    [
        "a misspelt reference",
        one({ config: { a: { environment: "A", secretref: "b" } } }),
        "accounts[0].config.a.secretref",
        "There is no such setting. Remove it.",
    ],
    [
        "half a reference",
        one({ config: { a: { secretRef: { name: "b" } } } }),
        "accounts[0].config.a.secretRef.key",
        "This is missing, or no string.",
    ],
    [
        "a reference to a variable of no name",
        one({ config: { a: { environment: "A-B" } } }),
        "accounts[0].config.a.environment",
        "This is no name of a variable. `${ACCOUNT}` may be in it.",
    ],
    [
        "an empty reference",
        one({ config: { a: {} } }),
        "accounts[0].config.a",
        "Say where the secret is read from: `environment` or `file` for the driver, `secretRef` for the operator. Or give `plain` alone.",
    ],
    [
        "a secret that is said to be none",
        one({ config: { a: { plain: "b", environment: "A" } } }),
        "accounts[0].config.a",
        "Say where the secret is read from: `environment` or `file` for the driver, `secretRef` for the operator. Or give `plain` alone.",
    ],
    [
        "two places for the driver",
        one({ config: { a: { environment: "A", file: "a" } } }),
        "accounts[0].config.a",
        "Give `environment` or `file`, not both.",
    ],
    [
        "a value of no known form",
        one({ config: { a: [1] } }),
        "accounts[0].config.a",
        "Give a text, or where a secret is read from: { environment }, { file } or { secretRef: { name, key } }.",
    ],
    [
        "an abbreviated commit",
        { ...one({}), source: { git: { ...git, commit: "0123456" } } },
        "source.git.commit",
        "Give the whole hash of the commit.",
    ],
    [
        "neither commit nor branch",
        { ...one({}), source: { git: { repo: git.repo } } },
        "source.git",
        "Give a `commit`, or a `branch`.",
    ],
    [
        "a branch with canaries",
        { ...one({}), source: { git: { repo: git.repo, branch: "main" } } },
        "source.git.branch",
        "A new commit of a branch reaches every account at once, the canaries no sooner than the rest. " +
            "Name a `commit`, or set `rollout.canary` to 0.",
    ],
    [
        "a repository with a password",
        { ...one({}), source: { git: { ...git, repo: "https://me:hunter2@git.example.org/a" } } },
        "source.git.repo",
        "It holds a password. Take that out, and give it in `environment` by a reference.",
    ],
    [
        "no room for any account",
        { ...one({}), rollout: { parallel: "0" } },
        "rollout.parallel",
        "Give a whole number of at least 1.",
    ],
    [
        "half a canary",
        { ...one({}), rollout: { canary: 0.5 } },
        "rollout.canary",
        "Give a whole number of at least 0.",
    ],
    [
        "a word for a number",
        { ...one({}), rollout: { retries: "few" } },
        "rollout.retries",
        "Give a whole number.",
    ],
])("refuses %s", (_, given, path, reason) => {
    const { code, property, problem, remedy } = refusalOf(given);
    expect({ code, property, problem, remedy }).toEqual({
        code: "InvalidInput",
        property: path,
        problem: `the fleet description is no description of a fleet. ${path}: ${reason}`,
        remedy: "Nothing has been done.",
    });
});

test("names every flaw", () => {
    const { problem } = refusalOf({ source: {}, accounts: [{ name: "A" }, { name: "b", stack: "/" }] });
    expect(problem.split("\n").map((line) => /accounts\S+/.exec(line)?.[0])).toEqual([
        "accounts[0].name:",
        "accounts[1].stack:",
    ]);
});

describe("secrets in plain text", () => {
    test.each([
        ["config", "outscale:secretKeyId"],
        ["config", "db:password"],
        ["environment", "PULUMI_CONFIG_PASSPHRASE"],
        ["environment", "PULUMI_ACCESS_TOKEN"],
        ["environment", "AWS_SECRET_ACCESS_KEY"],
    ])("are refused, and not repeated: %s %s", (kind, key) => {
        const { property, message } = refusalOf(one({ [kind]: { [key]: "hunter2" } }));
        expect(property).toBe(`accounts[0].${kind}.${key}`);
        expect(message).toContain("no secret may stand in a fleet file");
        expect(message).not.toContain("hunter2");
    });

    test.each(["PULUMI_CONFIG_PASSPHRASE_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"])(
        "are not what a place of one is: %s",
        (key) => {
            const [account] = parseFleet(one({ environment: { [key]: "/a" } }), "/").accounts;
            expect(account?.environment).toEqual({ [key]: "/a" });
        },
    );

    test("are not what is said to be plain", () => {
        const [account] = parseFleet(one({ config: { "app:tokenLifetime": { plain: 30 } } }), "/").accounts;
        expect(account?.config).toEqual({ "app:tokenLifetime": "30" });
    });
});

test("takes a branch where there is no canary", () => {
    const { source } = parseFleet(
        { ...one({}), source: { git: { repo: git.repo, branch: "main" } }, rollout: { canary: 0 } },
        "/",
    );
    expect(source.git).toEqual({ repo: git.repo, branch: "main" });
});
