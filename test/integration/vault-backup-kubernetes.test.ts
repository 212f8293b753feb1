/** Everything that VaultBackup declares in Kubernetes, applied to a real API server, and the schedules that it takes held against that server's. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { VaultBackup } from "../../components/vault-backup/vault-backup";
import { scheduleGaps } from "../../provider/kubernetes/cron";
import { KubernetesError, type KubernetesClient } from "../../tools/pulumi/plugins/kubernetes/client";
import { asProperties, type Properties } from "../../tools/pulumi/plugins/values";
import { backupDefinitions } from "../support/certificate-crds";
import { childrenWith } from "../support/children";
import { BUILDING, openKubernetes, TEST, type KubernetesGround } from "../support/kubernetes";
import { tlsFiles } from "../support/vault-cluster";
import { APP_ROLE, backup, DRILL, refusals } from "../unit/components/vault-backup/fixture";

/** What a drill adds. */
const DRILLED = ["ConfigMap", "CronJob", "ExternalSecret", "NetworkPolicy", "ServiceAccount"];

/** The objects that a backup declares in Kubernetes, as they reach its provider. */
async function objectsOf(changes: object): Promise<readonly Properties[]> {
    const { authorities } = await tlsFiles();
    const found = await childrenWith(
        (opts) => new VaultBackup("backup", backup(authorities, changes), opts),
        {
            outputs: ({ name, type }) => {
                if (type === "aws:iam/role:Role") return { arn: `arn:aws:iam::123456789012:role/${name}` };
                return type === "aws:kms/key:Key" ? { arn: "arn:aws:kms:eu-west-3:123456789012:key/k" } : {};
            },
            functions: {
                "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com" },
                "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
            },
        },
    );
    return found
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ inputs }) => asProperties(structuredClone(inputs)));
}

describe("VaultBackup on a real API server", function () {
    this.timeout(120_000);
    const directory = mkdtempSync(join(tmpdir(), "portcullis-backup-"));
    let running: KubernetesGround | undefined;
    let client: KubernetesClient;

    before(async function () {
        this.timeout(BUILDING);
        running = await openKubernetes(this, directory, [await backupDefinitions()], ["vault"]);
        client = running.client;
    });

    after(async () => {
        await running?.end();
        rmSync(directory, { recursive: true, force: true });
    });

    for (const [how, changes, kinds] of [
        ["by a token of Kubernetes", { prefix: "vault/" }, []],
        [
            "by AppRole, with alerts",
            { auth: APP_ROLE, alerts: { ruleLabels: { release: "prometheus" } } },
            ["ExternalSecret", "PrometheusRule"],
        ],
        ["with drills", { drill: DRILL, alerts: {} }, [...DRILLED, "PrometheusRule"]],
        [
            "with drills of all that can be said",
            {
                drill: {
                    ...DRILL,
                    schedule: "@monthly",
                    timeout: "1d",
                    memory: "512Mi",
                    storage: "999999Gi",
                    egressCidrs: ["10.0.0.0/16", "10.1.0.7/32", "2001:db8::/32", "0.0.0.0/0", "::/0"],
                    isolated: true,
                },
            },
            DRILLED,
        ],
    ] as const) {
        it(`is taken whole, ${how}, and the second time unchanged`, async () => {
            const objects = await objectsOf(changes);
            const always = [
                ...["ConfigMap", "ConfigMap", "CronJob", "CronJob"],
                ...["ServiceAccount", "ServiceAccount", "ServiceAccount"],
            ];
            assert.deepEqual(objects.map(({ kind }) => kind).sort(), [...always, ...kinds].sort());
            for (const object of objects) {
                const first = asProperties((await client.apply(object, TEST)).metadata);
                const second = asProperties((await client.apply(object, TEST)).metadata);
                assert.equal(second.resourceVersion, first.resourceVersion);
            }
        });
    }

    it("would not be taken with a field too many", async () => {
        const job = (await objectsOf({})).find(({ kind }) => kind === "CronJob");
        assert(job);
        const spec = { ...asProperties(job.spec), concurrency: "Forbid" };
        await assert.rejects(client.apply({ ...job, spec }, TEST), /field not declared in schema/);
    });

    it("takes no network that the server refuses, or would warn of", async () => {
        const policy = (await objectsOf({ drill: DRILL })).find(({ kind }) => kind === "NetworkPolicy");
        assert(policy);
        const takes = async (cidr: string): Promise<boolean> => {
            const spec = {
                ...asProperties(policy.spec),
                egress: [{ to: [{ ipBlock: { cidr } }], ports: [{ protocol: "TCP", port: 443 }] }],
            };
            try {
                await client.apply({ ...policy, spec }, { ...TEST, dryRun: true });
                return true;
            } catch (error) {
                if (error instanceof KubernetesError && error.status === 422) return false;
                throw error;
            }
        };
        const ours = (cidr: string): boolean =>
            refusals(backup(authorities, { drill: { ...DRILL, egressCidrs: [cidr] } })).length === 0;
        const both = async (...cidrs: readonly string[]): Promise<readonly (readonly boolean[])[]> =>
            Promise.all(cidrs.map(async (one) => [ours(one), await takes(one)]));
        const { authorities } = await tlsFiles();
        const taken = ["10.0.0.0/8", "10.0.0.7/32", "fd00::/8", "::/0"];
        assert.deepEqual(
            await both(...taken),
            taken.map(() => [true, true]),
        );
        const refused = ["", "10.0.0.7", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "vault.example.org/8"];
        assert.deepEqual(
            await both(...refused),
            refused.map(() => [false, false]),
        );
        // The server takes these, with a warning.
        const warned = ["10.0.0.7/8", "::ffff:10.0.0.0/104"];
        assert.deepEqual(
            await both(...warned),
            warned.map(() => [false, true]),
        );
    });

    it("the program cannot be changed under a job that runs it", async () => {
        const program = (await objectsOf({})).find(({ immutable }) => immutable === true);
        assert(program);
        await client.apply(program, TEST);
        await assert.rejects(
            client.apply({ ...program, data: { "portcullis-snapshot.cjs": "" } }, TEST),
            /field is immutable when `immutable` is set/,
        );
    });

    it("takes no schedule that the server refuses", async () => {
        const job = (await objectsOf({})).find(({ kind }) => kind === "CronJob");
        assert(job);
        const takes = async (schedule: string): Promise<boolean> => {
            try {
                await client.apply(
                    { ...job, spec: { ...asProperties(job.spec), schedule } },
                    { ...TEST, dryRun: true },
                );
                return true;
            } catch (error) {
                if (error instanceof KubernetesError && error.status === 422) return false;
                throw error;
            }
        };
        const both = async (...schedules: readonly string[]): Promise<readonly (readonly boolean[])[]> =>
            Promise.all(schedules.map(async (one) => [scheduleGaps(one) !== undefined, await takes(one)]));
        const taken = [
            "17 1 * * *",
            "5/20 ? * JAN-mar sun",
            "@hourly",
            "@midnight",
            "*/61 * * * *",
            "0 0 1,2-8/3 */2 mon,5",
        ];
        assert.deepEqual(
            await both(...taken),
            taken.map(() => [true, true]),
        );
        const refused = [
            "",
            "daily",
            "17 1 * *",
            "0 17 1 * * *",
            "60 * * * *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "1-2-3 * * * *",
            "17 1 L * *",
            "@reboot",
            "TZ=UTC 17 1 * * *",
        ];
        assert.deepEqual(
            await both(...refused),
            refused.map(() => [false, false]),
        );
        // What never runs, and what runs by intervals, the server takes; this does not.
        assert.deepEqual(await both("17 1 30 2 *", "@every 1h"), [
            [false, true],
            [false, true],
        ]);
    });
});
