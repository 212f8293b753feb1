/** The objects of a restore drill in Kubernetes, exactly; its program is copied by a real shell. */
import { spawn, spawnSync } from "node:child_process";
import {
    chmodSync,
    copyFileSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
    copyProgram,
    drillJobSpec,
    networkPolicySpec,
    sealText,
} from "../../../../components/vault-backup/drill";
import { objectNames } from "../../../../components/vault-backup/names";
import { pruneJobSpec, saveJobSpec } from "../../../../components/vault-backup/objects";
import { settingsOf, type BackupSettings } from "../../../../components/vault-backup/plan";
import type { DrillSettings } from "../../../../components/vault-backup/drill-rules";
import { APP_ROLE, backup, DRILL, SEAL_KEY } from "./fixture";
import { snapshotCommand } from "../../../../sdk/cli/snapshot/command";

const NAMES = objectNames({ name: "backup" }, "0123456789");
const LABELS = {
    "app.kubernetes.io/name": "vault-backup",
    "app.kubernetes.io/instance": "backup",
    "app.kubernetes.io/component": "drill",
};
function settings(
    changes: object = {},
    more: object = {},
): BackupSettings & { readonly drill: DrillSettings } {
    const { drill, ...rest } = settingsOf("backup", backup("", { drill: { ...DRILL, ...changes }, ...more }));
    if (drill === undefined) throw new Error("no drill");
    return { ...rest, drill };
}
function jobOf(changes: object = {}, more: object = {}) {
    const all = settings(changes, more);
    return drillJobSpec(all, all.drill, NAMES, { roleArn: "arn:role", auth: DRILL.auth });
}
const podOf = (...changes: readonly object[]) => jobOf(...changes).jobTemplate.spec.template.spec;
const RESTRICTED = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
};

describe("the job", () => {
    test("runs alone, in time, as the restricted user of its own account", () => {
        const { jobTemplate, ...rest } = jobOf({}, { prefix: "vault/", clusterName: "main" });
        expect(rest).toEqual({
            schedule: "37 2 * * sun",
            timeZone: "Etc/UTC",
            concurrencyPolicy: "Forbid",
            startingDeadlineSeconds: 600,
            successfulJobsHistoryLimit: 3,
            failedJobsHistoryLimit: 3,
        });
        expect(jobTemplate.metadata).toEqual({ labels: LABELS });
        const { template, ...spec } = jobTemplate.spec;
        expect(spec).toEqual({ activeDeadlineSeconds: 7_200, backoffLimit: 2 });
        expect(template.metadata).toEqual({ labels: LABELS });
        const { containers, initContainers, volumes, ...pod } = template.spec;
        expect(pod).toEqual({
            restartPolicy: "Never",
            serviceAccountName: "backup-drill",
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: {
                runAsNonRoot: true,
                runAsUser: 1_000,
                runAsGroup: 1_000,
                fsGroup: 1_000,
                seccompProfile: { type: "RuntimeDefault" },
            },
        });
        expect(containers).toEqual([
            {
                name: "drill",
                image: "docker.io/library/node:22.22.0-bookworm-slim",
                command: ["node", "/opt/portcullis/portcullis-snapshot.cjs", "drill"],
                env: Object.entries({
                    PORTCULLIS_SNAPSHOT_BUCKET: "ogenki-vault-backup",
                    PORTCULLIS_SNAPSHOT_CLUSTER: "main",
                    PORTCULLIS_SNAPSHOT_PREFIX: "vault/",
                    PORTCULLIS_SNAPSHOT_REGION: "eu-west-3",
                    AWS_REGION: "eu-west-3",
                    AWS_ROLE_ARN: "arn:role",
                    AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/secrets/aws-token/token",
                    PORTCULLIS_SNAPSHOT_SERVER: "/opt/vault/server",
                    PORTCULLIS_SNAPSHOT_SEAL_FILE: "/etc/vault-seal/seal.hcl",
                    PORTCULLIS_SNAPSHOT_WORK_DIR: "/tmp",
                    AWS_STS_REGIONAL_ENDPOINTS: "regional",
                    PORTCULLIS_SNAPSHOT_ROLE_ID_FILE: "/var/run/secrets/vault-approle/role-id",
                    PORTCULLIS_SNAPSHOT_SECRET_ID_FILE: "/var/run/secrets/vault-approle/secret-id",
                    PORTCULLIS_SNAPSHOT_AUTH_MOUNT: "approle",
                }).map(([name, value]) => ({ name, value })),
                volumeMounts: [
                    { name: "program", mountPath: "/opt/portcullis", readOnly: true },
                    { name: "aws-token", mountPath: "/var/run/secrets/aws-token", readOnly: true },
                    { name: "server", mountPath: "/opt/vault", readOnly: true },
                    { name: "vault-seal", mountPath: "/etc/vault-seal", readOnly: true },
                    { name: "vault-login", mountPath: "/var/run/secrets/vault-approle", readOnly: true },
                    { name: "work", mountPath: "/tmp" },
                ],
                resources: {
                    // The disk of the work and of the server program.
                    requests: { cpu: "100m", memory: "1Gi", "ephemeral-storage": "9216Mi" },
                    limits: { memory: "1Gi" },
                },
                securityContext: RESTRICTED,
            },
        ]);
        // It has none of the credentials: neither the AppRole's nor the role's.
        expect(initContainers).toEqual([
            {
                name: "server",
                image: "docker.io/openbao/openbao:2.6.2",
                command: copyProgram("/opt/vault/server"),
                volumeMounts: [{ name: "server", mountPath: "/opt/vault" }],
                resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "384Mi" } },
                securityContext: RESTRICTED,
            },
        ]);
        expect(volumes.slice(2)).toEqual([
            { name: "server", emptyDir: { sizeLimit: "1Gi" } },
            { name: "vault-seal", configMap: { name: "backup-drill-seal", defaultMode: 0o440 } },
            { name: "vault-login", secret: { secretName: "backup-drill-approle", defaultMode: 0o440 } },
            { name: "work", emptyDir: { sizeLimit: "8Gi" } },
        ]);
    });

    test("is as large as it is said to be, at the times that are given", () => {
        const changes = { schedule: "@monthly", timeout: "30m", memory: "1536Mi", storage: "512Gi" };
        const job = jobOf(changes);
        expect(job.schedule).toBe("@monthly");
        expect(job.jobTemplate.spec.activeDeadlineSeconds).toBe(1_800);
        const { containers, volumes } = podOf(changes);
        expect(containers[0]?.resources).toEqual({
            requests: { cpu: "100m", memory: "1536Mi", "ephemeral-storage": "525312Mi" },
            limits: { memory: "1536Mi" },
        });
        expect(volumes.at(-1)).toEqual({ name: "work", emptyDir: { sizeLimit: "512Gi" } });
    });

    test("has settings that are the program's own", () => {
        const own = snapshotCommand()
            .commands.find((one) => one.name() === "drill")
            ?.options.flatMap(({ envVar }) => envVar ?? []);
        const ours = (podOf({ isolated: true, egressCidrs: ["10.0.0.0/16"] }).containers[0]?.env ?? [])
            .map(({ name }) => name)
            .filter((name) => name.startsWith("PORTCULLIS_"));
        // This one is no option with a value; the program reads it by itself.
        expect(ours.filter((name) => own?.includes(name) !== true)).toEqual(["PORTCULLIS_SNAPSHOT_ISOLATED"]);
        expect(ours.length).toBeGreaterThan(5);
    });

    test("passes on that the network is closed where the program's owner says so, and never by itself", () => {
        const said = (changes: object) =>
            podOf(changes).containers[0]?.env.filter(({ name }) => name.endsWith("_ISOLATED"));
        expect(said({})).toEqual([]);
        expect(said({ egressCidrs: ["10.0.0.0/16"] })).toEqual([]);
        expect(said({ isolated: false })).toEqual([]);
        expect(said({ isolated: true, egressCidrs: ["10.0.0.0/16"] })).toEqual([
            { name: "PORTCULLIS_SNAPSHOT_ISOLATED", value: "true" },
        ]);
    });
});

describe("the network", () => {
    const policy = (changes: object = {}) => {
        const all = settings(changes);
        return networkPolicySpec(all, all.drill);
    };
    const DNS = {
        ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
        ],
    };

    test("lets nothing in, and nothing out but lookups and HTTPS", () => {
        expect(policy()).toEqual({
            podSelector: { matchLabels: LABELS },
            policyTypes: ["Ingress", "Egress"],
            egress: [DNS, { ports: [{ protocol: "TCP", port: 443 }] }],
        });
    });

    test("lets HTTPS out to the networks that are given", () => {
        expect(policy({ egressCidrs: ["10.0.0.0/16", "fd00::/8"] }).egress).toEqual([
            DNS,
            {
                to: [{ ipBlock: { cidr: "10.0.0.0/16" } }, { ipBlock: { cidr: "fd00::/8" } }],
                ports: [{ protocol: "TCP", port: 443 }],
            },
        ]);
    });

    test("is about the drill's pods, and about no other job's", () => {
        const { matchLabels } = policy().podSelector;
        const selects = (labels: Readonly<Record<string, string>>): boolean =>
            Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
        const all = settings();
        const vault = { address: "https://v" };
        const save = saveJobSpec(all, NAMES, { roleArn: "r", kmsKeyArn: "k", vault, auth: APP_ROLE });
        const labelsOf = ({ jobTemplate }: typeof save) => jobTemplate.spec.template.metadata.labels;
        expect(selects(labelsOf(jobOf()))).toBe(true);
        expect(selects(labelsOf(save))).toBe(false);
        expect(selects(labelsOf(pruneJobSpec(all, NAMES, { roleArn: "r" })))).toBe(false);
    });
});

test("the seal is the one block of the cluster's configuration, its region that of the key", () => {
    expect(sealText(SEAL_KEY)).toBe(
        `seal "awskms" {\n  region = "eu-central-1"\n  kms_key_id = "${SEAL_KEY}"\n}\n`,
    );
});

describe("the server program", () => {
    let folder: string;
    let count = 0;
    beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), "portcullis-drill-"));
    });
    afterAll(() => {
        rmSync(folder, { recursive: true, force: true });
    });

    /** An image's folder on PATH with these programs, and what copying made of it. */
    function copied(make: (bin: string) => void, target?: string) {
        count += 1;
        const bin = join(folder, `image-${count}`);
        mkdirSync(bin);
        make(bin);
        const to = target ?? join(folder, `server-${count}`);
        const [shell = "", ...args] = copyProgram(to);
        const { status } = spawnSync(shell, args, { env: { PATH: `${bin}:/usr/bin:/bin` } });
        return { status, to };
    }
    const program = (path: string, text: string): void => {
        writeFileSync(path, text);
        chmodSync(path, 0o555);
    };

    test.each(["bao", "vault"])("%s is copied, and can be run", (name) => {
        const { status, to } = copied((bin) => {
            program(join(bin, name), "server");
        });
        expect(status).toBe(0);
        expect(readFileSync(to, "utf8")).toBe("server");
        expect(statSync(to).mode & 0o111).toBe(0o111);
    });

    test("is copied itself where its name is a link, over an earlier copy that cannot be written", () => {
        const to = join(folder, "again");
        copyFileSync("/bin/sleep", to);
        // What runs, nobody may write to, not even root.
        const running = spawn(to, ["30"], { stdio: "ignore" });
        try {
            const { status } = copied((bin) => {
                program(join(bin, "real"), "server");
                symlinkSync("real", join(bin, "bao"));
            }, to);
            expect(status).toBe(0);
            expect(readFileSync(to, "utf8")).toBe("server");
        } finally {
            running.kill("SIGKILL");
        }
    });

    test("that is not there ends the job", () => {
        expect(copied(() => undefined).status).not.toBe(0);
    });
});
