/** Every action and condition key of the cluster's policies, held against AWS's own reference of them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import type { Statement } from "../../components/iam-policies";
import { keyPolicy, nodePolicy, sessionPolicy, trustPolicy } from "../../components/vault-cluster/policies";
import { pythonWith } from "../../tools/services/python";
import { foundOrSkip } from "../support/skip";

const PLACE = {
    ...{ partition: "aws", dnsSuffix: "amazonaws.com" },
    ...{ account: "123456789012", region: "eu-west-3" },
};
const NODES = nodePolicy(PLACE, {
    kmsKeyArn: "arn:aws:kms:eu-west-3:123456789012:key/1",
    tlsSecretArn: "arn:aws:secretsmanager:eu-west-3:123456789012:secret:tls-AbCdEf",
    autoScalingGroupName: "vault",
});
const KEY = keyPolicy(PLACE, "arn:aws:iam::123456789012:role/vault", [
    "arn:aws:iam::123456789012:role/backup-drill",
]);
const STATEMENTS = [NODES, KEY, sessionPolicy(), trustPolicy(PLACE)].flatMap(({ Statement }) => Statement);

/** What the reference says of an action; null where there is none of that name. */
interface Described {
    /** ARNs' forms that a policy can name for it. */
    readonly resources: readonly string[];
    readonly conditions: readonly string[];
}

describe("the policies of VaultCluster, by AWS's reference of IAM", function () {
    this.timeout(120_000);
    let reference: Readonly<Record<string, Described | null>>;

    before(async function () {
        this.timeout(600_000);
        const environment = foundOrSkip(this, await pythonWith("policy-sentry", "0.15.2"));
        const { stdout, stderr } = spawnSync(
            environment.python,
            [join(__dirname, "../oracles/iam_actions.py")],
            { input: JSON.stringify([...actionsOf(STATEMENTS), "kms:Unseal"]), encoding: "utf8" },
        );
        assert.notEqual(stdout, "", stderr);
        // iam_actions.py prints exactly this.
        reference = JSON.parse(stdout) as typeof reference;
    });

    it("name only actions that there are", () => {
        assert.equal(reference["kms:Unseal"], null, "it knows which there are not");
        assert.deepEqual(
            actionsOf(STATEMENTS).filter((action) => reference[action] === null),
            [],
        );
    });

    it("name resources wherever AWS lets a policy name them: all others but one, whose ids nobody knows", () => {
        const open = [...NODES.Statement, ...sessionPolicy().Statement].filter(({ Resource }) =>
            Resource?.includes("*"),
        );
        assert.deepEqual(
            actionsOf(open).filter((action) => reference[action]?.resources.length !== 0),
            ["ssm:UpdateInstanceInformation"],
        );
    });

    it("make their conditions of keys that each of their actions knows", () => {
        for (const { Action, Condition = {}, Sid } of STATEMENTS) {
            const keys = Object.values(Condition).flatMap((condition) => Object.keys(condition));
            for (const key of keys.filter((each) => !each.startsWith("aws:")))
                for (const action of Action)
                    assert.ok(reference[action]?.conditions.includes(key), `${Sid}: ${action} knows ${key}`);
        }
        assert.ok(KEY.Statement.some(({ Condition }) => Condition?.StringEquals !== undefined));
    });
});

function actionsOf(statements: readonly Statement[]): readonly string[] {
    return [...new Set(statements.flatMap(({ Action }) => Action))].sort();
}
