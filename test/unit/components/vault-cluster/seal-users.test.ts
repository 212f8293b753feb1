/** Who besides the nodes may use the cluster's key: what is refused, at once and once it is known, and what the key says. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { VaultClusterArgs } from "../../../../components/vault-cluster/args";
import { planCluster } from "../../../../components/vault-cluster/check";
import { checkedSealUsers, sealUserFailures } from "../../../../components/vault-cluster/seal-users";
import { VaultBackup } from "../../../../components/vault-backup/vault-backup";
import { CLUSTER, clusterArgs, tlsFiles, type TlsFixture } from "../../../support/vault-cluster";
import { ACCOUNT, declare } from "./declare";

const DRILL = `arn:aws:iam::${ACCOUNT}:role/backup-drill`;
const FORM =
    'Write each as "arn:aws:iam::123456789012:role/vault-backup-drill", in full: no wildcards, no users, no sessions.';
const PLACE = {
    ...{ partition: "aws", dnsSuffix: "amazonaws.com" },
    ...{ account: ACCOUNT, region: "eu-west-3" },
};

describe("the seal's other users", () => {
    test.each<readonly [string, unknown]>([
        ["every role", "*"],
        ["every role of the account", `arn:aws:iam::${ACCOUNT}:role/*`],
        ["roles of one letter more", `${DRILL}?`],
        ["every account", "arn:aws:iam::*:role/backup-drill"],
        ["the account", `arn:aws:iam::${ACCOUNT}:root`],
        ["a user", `arn:aws:iam::${ACCOUNT}:user/me`],
        ["a session", `arn:aws:sts::${ACCOUNT}:assumed-role/backup-drill/me`],
        ["a name", "backup-drill"],
        ["a line more", `${DRILL}\n`],
        ["nothing", ""],
        ["no text", 7],
        ["a gap", undefined],
    ])("are no %s", (_, user) => {
        expect(sealUserFailures([DRILL, user])).toEqual([
            { property: "sealUsers[1]", reason: `It is no ARN of a role. ${FORM}` },
        ]);
    });

    test("are a list, each of them once", () => {
        expect(sealUserFailures(DRILL)).toEqual([
            { property: "sealUsers", reason: `It is no list. ${FORM}` },
        ]);
        expect(sealUserFailures([DRILL, DRILL])).toEqual([
            { property: "sealUsers", reason: "One of them stands there twice. Give each once." },
        ]);
    });

    test("may have a path, and every partition's form", () => {
        const users = [
            `arn:aws-cn:iam::${ACCOUNT}:role/teams/vault/drill`,
            `arn:aws-us-gov:iam::${ACCOUNT}:role/a+b=c,d.e@f-g_h`,
            pulumi.output("later"),
        ];
        expect(sealUserFailures(users)).toEqual([]);
        expect(sealUserFailures([])).toEqual([]);
    });

    test("are of the key's own account: its policy would pass over all others in silence", () => {
        expect(() =>
            checkedSealUsers("vault", ["arn:aws:iam::999999999999:role/backup-drill"], PLACE),
        ).toThrow(
            `sealUsers[0]: Its role is of the account 999999999999, and the key admits roles of its own account, ${ACCOUNT}, alone. Name one of those.`,
        );
        expect(checkedSealUsers("vault", [DRILL], PLACE)).toEqual([DRILL]);
    });

    test("have the name that VaultBackup says before there is a bucket", () => {
        expect(VaultBackup.drillRoleArnOf({ account: ACCOUNT, bucketName: "backup" })).toBe(DRILL);
    });
});

describe("VaultCluster with them", () => {
    let tls: TlsFixture;
    let args: VaultClusterArgs;
    beforeAll(async () => {
        tls = await tlsFiles();
        args = clusterArgs(tls);
    });

    test("refuses them among all other faults at once", () => {
        expect(() =>
            planCluster(CLUSTER, { ...args, volumeSize: 1, sealUsers: ["drill"] }, new Date()),
        ).toThrow(/- volumeSize: .*\n {2}- sealUsers\[0\]: It is no ARN of a role/);
    });

    test("writes them into its key's policy, outputs among them", async () => {
        const other = `arn:aws:iam::${ACCOUNT}:role/other`;
        const policyOf = async (sealUsers?: pulumi.Input<string>[]): Promise<string> =>
            String((await declare(tls, { ...(sealUsers && { sealUsers }) })).inputs("key").policy);
        expect(await policyOf([DRILL, pulumi.output(other)])).toContain(
            `"Condition":{"ArnEquals":{"aws:PrincipalArn":["${DRILL}","${other}"]}}`,
        );
        expect(await policyOf()).not.toContain("SealOfOthers");
    });
});
