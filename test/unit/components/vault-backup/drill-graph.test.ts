/** VaultBackup with drills under mocks: what they add, what it is given, and what comes after what. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { VaultBackup } from "../../../../components/vault-backup/vault-backup";
import { settled } from "../../../support/children";
import { tlsFiles } from "../../../support/vault-cluster";
import { arnOf, BEFORE_JOBS, declare, inputsOf, KEY, OBJECTS, outline } from "./declare";
import { backup, DRILL, SEAL_KEY } from "./fixture";

describe("VaultBackup", () => {
    let authorities: string;
    beforeAll(async () => {
        ({ authorities } = await tlsFiles());
    });

    test("with a drill: a role of a name that can be said before, and a job that comes after what cuts it off", async () => {
        const { made, found } = await declare(
            backup(authorities, {
                drill: {
                    ...DRILL,
                    seal: { kmsKeyArn: pulumi.output(SEAL_KEY) },
                    egressCidrs: ["10.0.0.0/16"],
                },
                alerts: {},
            }),
        );
        const before = [...BEFORE_JOBS, ...OBJECTS];
        expect(outline(found).slice(-8)).toEqual([
            ["backup-drill-role", "aws:iam/role:Role", []],
            ["backup-drill-policy", "aws:iam/rolePolicy:RolePolicy", []],
            ["backup-drill-seal", "kubernetes:core/v1:ConfigMap", []],
            ["backup-drill-network", "kubernetes:networking.k8s.io/v1:NetworkPolicy", []],
            ["backup-drill-approle", "kubernetes:external-secrets.io/v1:ExternalSecret", []],
            ["backup-drill", "kubernetes:core/v1:ServiceAccount", []],
            [
                "backup-drill-job",
                "kubernetes:batch/v1:CronJob",
                [
                    ...before,
                    ...["backup-drill-policy", "backup-drill", "backup-drill-seal", "backup-drill-network"],
                    "backup-drill-approle",
                ],
            ],
            ["backup-alerts", "kubernetes:monitoring.coreos.com/v1:PrometheusRule", []],
        ]);
        expect(inputsOf(found, "backup-drill-role")).toMatchObject({
            name: "ogenki-vault-backup-drill",
            assumeRolePolicy: expect.stringContaining('"system:serviceaccount:vault:backup-drill"'),
        });
        expect(
            VaultBackup.drillRoleArnOf({ account: "123456789012", bucketName: "ogenki-vault-backup" }),
        ).toBe(arnOf(String(inputsOf(found, "backup-drill-role").name)));
        const { policy } = inputsOf(found, "backup-drill-policy");
        expect(policy).toContain(`"Resource":["${SEAL_KEY}"]`);
        expect(policy).toContain(`"Resource":["${KEY}"]`);
        expect(inputsOf(found, "backup-drill-seal")).toMatchObject({
            metadata: { name: "backup-drill-seal", namespace: "vault" },
            data: { "seal.hcl": expect.stringContaining(`kms_key_id = "${SEAL_KEY}"`) },
        });
        expect(inputsOf(found, "backup-drill-network")).toMatchObject({
            metadata: { name: "backup-drill", namespace: "vault" },
            spec: { policyTypes: ["Ingress", "Egress"] },
        });
        expect(inputsOf(found, "backup-drill-approle")).toMatchObject({
            spec: {
                target: { name: "backup-drill-approle" },
                data: [{ remoteRef: { key: "platform/vault/drill" } }, {}],
            },
        });
        expect(inputsOf(found, "backup-drill")).toMatchObject({
            metadata: { name: "backup-drill", namespace: "vault" },
            automountServiceAccountToken: false,
        });
        const job = JSON.stringify(inputsOf(found, "backup-drill-job"));
        expect(job).toContain(`{"name":"AWS_ROLE_ARN","value":"${arnOf("backup-drill-role")}"}`);
        expect(job).toContain('"secretName":"backup-drill-approle"');
        // Of the cluster itself it knows nothing.
        expect(job).not.toMatch(/VAULT_ADDR|VAULT_CACERT|vault-ca/);
        expect(JSON.stringify(inputsOf(found, "backup-alerts"))).toContain("backup-drill");
        expect(await settled(made.drillRoleArn)).toBe(arnOf("backup-drill-role"));
    });

    test("without a drill there is none of that", async () => {
        const { made, found } = await declare(backup(authorities));
        expect(found.filter(({ name }) => name.includes("drill"))).toEqual([]);
        expect(await settled(made.drillRoleArn)).toBeUndefined();
    });
});
