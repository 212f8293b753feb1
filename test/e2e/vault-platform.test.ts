/**
 * The Vault example as a team goes through it, on the real engine, a real server and a real Kubernetes API: from requests to
 * backups and to a certificate at the Gateway, and no secret told.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { z } from "zod";
import type { RunResult, UpResult } from "../../tools/pulumi/engine";
import type { ObjectName } from "../../tools/pulumi/plugins/kubernetes/client";
import { call } from "../../tools/services/openbao";
import { issue } from "../support/certificate-manager";
import { changesOf, OPENING, skipWherePlain } from "../support/deployment";
import { fill } from "../support/external-secrets";
import { BUILDING } from "../support/kubernetes";
import { assertHidden, decodedUserData, failureOf, filesBelow, recordedIn } from "../support/secrets";
import { assertVerified } from "../support/signing";
import { VaultPlatform, type TlsFiles } from "../support/vault-platform";

const PROGRAM = resolve(__dirname, "..", "..", "dist", "sdk", "cli", "snapshot", "program.js");
const stateSchema = z.object({
    resources: z.array(
        z.object({
            urn: z.string(),
            type: z.string(),
            protect: z.boolean().default(false),
            inputs: z.record(z.string(), z.unknown()).default({}),
        }),
    ),
});
const jobSchema = z.object({
    spec: z.object({
        jobTemplate: z.object({
            spec: z.object({
                template: z.object({
                    spec: z.object({
                        containers: z.tuple([
                            z.object({
                                command: z.array(z.string()),
                                env: z.array(z.object({ name: z.string(), value: z.string() })),
                                volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
                            }),
                        ]),
                        volumes: z.array(
                            z.object({
                                name: z.string(),
                                configMap: z.object({ name: z.string() }).optional(),
                                secret: z.object({ secretName: z.string() }).optional(),
                            }),
                        ),
                    }),
                }),
            }),
        }),
    }),
});
const configMapSchema = z.object({ data: z.record(z.string(), z.string()) });
const secretSchema = z.object({ data: z.record(z.string(), z.string()) });
const gatewaySchema = z.object({
    spec: z.object({
        listeners: z.array(
            z.object({
                protocol: z.string(),
                hostname: z.string().optional(),
                tls: z.object({ certificateRefs: z.array(z.object({ name: z.string() })) }).optional(),
            }),
        ),
    }),
});
const GATEWAY: ObjectName = {
    ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" },
    ...{ name: "platform", namespace: "infrastructure" },
};
const CERTIFICATE: ObjectName = {
    ...{ apiVersion: "cert-manager.io/v1", kind: "Certificate" },
    ...{ name: "platform-tls", namespace: "infrastructure" },
};

describe("the Vault example on the real engine", function () {
    this.timeout(240_000);
    let platform: VaultPlatform;
    let serverTls: TlsFiles;
    /** What cert-manager was once given, and may try again. */
    let managerToken: string;

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING + BUILDING);
        platform = await VaultPlatform.open(this);
        await platform.openStack();
    });

    after(async () => {
        await (platform as VaultPlatform | undefined)?.close();
    });

    const output = (result: UpResult, name: string): unknown => result.outputs[name]?.value;
    const warnings = (result: RunResult): string =>
        result.diagnostics.map(({ message }) => message).join("\n");
    const resources = async () =>
        stateSchema.parse((await platform.stack.exportState()).deployment).resources;
    const read = (name: ObjectName) => platform.kubernetes.client.read(name);
    const inVault = (apiVersion: string, kind: string, name: string): Promise<unknown> =>
        read({ apiVersion, kind, name, namespace: "vault" });
    const job = async (name: string) => {
        const found = jobSchema.parse(await inVault("batch/v1", "CronJob", name));
        const { containers, volumes } = found.spec.jobTemplate.spec.template.spec;
        const [{ command, env, volumeMounts }] = containers;
        const environment = Object.fromEntries(env.map((each) => [each.name, each.value]));
        return { command, environment, volumeMounts, volumes };
    };

    it("begins with requests, and says what to sign", async () => {
        const { preview, ...result } = await platform.up();
        assert.deepEqual(preview.changes, { create: 4 });
        assert.match(
            warnings(preview),
            /^To be signed, away from the platform: root, intermediate, server\./,
        );
        assert.ok(preview.diagnostics.every(({ severity }) => severity !== "error"));
        assert.match(warnings(result), /portcullis sign csr --tier intermediate/);
        assert.deepEqual((await platform.stack.preview()).changes, { same: 4 });
        // As the component declares its output.
        await platform.sign(output(result, "requests") as Record<"intermediate" | "server", string>);
    });

    it("takes what an operator signed elsewhere, and declares the nodes", async () => {
        const result = await platform.up();
        serverTls = output(result, "tls") as TlsFiles;
        assert.equal(typeof output(result, "loadBalancer"), "string");
        await platform.startNode(serverTls);
    });

    it("initialises the cluster, once those who administer it and hold its shares are known", async () => {
        await platform.introduce(serverTls);
        const result = await platform.up();
        assert.match(warnings(result), /portcullis sign csr --tier issuer/);
        // As the component declares its output.
        await platform.learnShares(output(result, "shares") as readonly string[]);
        platform.operator.write("issuer.csr", String(output(result, "issuerRequest")));
        const found = (await resources()).find(({ type }) => type.endsWith("vault:VaultInitialization"));
        assert.equal(found?.inputs.serverName, "vault.cloud.ogenki.io", "what the cluster tells of itself");
        assert.equal(found.inputs.nodes, 5);
    });

    it("saves backups from then on, by the program of this package and with what the cluster says", async () => {
        const { command, environment, volumeMounts, volumes } = await job("vault-backup-save");
        const [, path = "", ...args] = command;
        assert.deepEqual(args, ["save"]);
        const [program, folder] = [path.split("/").at(-1) ?? "", path.split("/").slice(0, -1).join("/")];
        const mount = volumeMounts.find(({ mountPath }) => mountPath === folder);
        const volume = volumes.find(({ name }) => name === mount?.name);
        const carried = configMapSchema.parse(
            await inVault("v1", "ConfigMap", volume?.configMap?.name ?? ""),
        ).data;
        assert.deepEqual(Object.keys(carried), [program]);
        assert.ok(Buffer.from(carried[program] ?? "").equals(readFileSync(PROGRAM)), "byte for byte");

        assert.equal(environment.VAULT_ADDR, "https://vault.cloud.ogenki.io:8200");
        const authorities = configMapSchema.parse(await inVault("v1", "ConfigMap", "vault-backup-vault-ca"));
        assert.deepEqual(authorities.data, { "ca.crt": serverTls.authorities });
        const record = recordedIn(platform.record);
        const made = (end: string) => record.find(({ urn }) => urn.endsWith(`::vault-backup-${end}`));
        assert.equal(environment.PORTCULLIS_SNAPSHOT_BUCKET, made("bucket")?.id);
        assert.ok(environment.PORTCULLIS_SNAPSHOT_KMS_KEY_ID?.endsWith(made("key")?.id ?? "-"));
        assert.ok(environment.AWS_ROLE_ARN?.endsWith(`:role/${made("save-role")?.id ?? "-"}`));
    });

    it("has nothing at the Gateway until the issuer is signed", async () => {
        assert.equal(await read(GATEWAY), undefined);
        await platform.signBelow("issuer", "issuer.csr", "issuer.pem");
    });

    it("delivers the credentials of both AppRoles, each opened once", async () => {
        const { client } = platform.kubernetes;
        const result = await platform.up();
        const approles = output(result, "approles") as Record<
            "certManager" | "snapshot",
            { readonly roleId: string; readonly wrappingToken: string }
        >;
        platform.secrets.push(approles.certManager.wrappingToken, approles.snapshot.wrappingToken);
        const kept = recordedIn(platform.record).flatMap(({ operation, inputs }) => {
            const name = String(inputs?.name);
            return operation === "create" && name.startsWith("platform/") ? [name] : [];
        });
        assert.deepEqual(kept.sort(), ["platform/vault/cert-manager", "platform/vault/snapshot"]);
        for (const name of kept) await platform.delivery.make(name);
        const server = {
            address: platform.server?.url ?? "",
            caFile: join(platform.folder, "root-ca.pem"),
        };
        platform.told.push(["the delivery", await platform.delivery.run(approles, server)]);
        await assert.rejects(platform.delivery.run(approles, server), /wrapping token is not valid/);
        for (const [name, namespace] of [
            ["vault-approle", "cert-manager"],
            ["vault-backup-approle", "vault"],
        ] as const) {
            assert.equal(await fill(client, { name, namespace }, platform.delivery.read), "secrets-manager");
        }
    });

    it("has the job that saves sign in with them", async () => {
        const { environment, volumeMounts, volumes } = await job("vault-backup-save");
        const texts = await Promise.all(
            ["ROLE", "SECRET"].map(async (which) => {
                const path = environment[`PORTCULLIS_SNAPSHOT_${which}_ID_FILE`] ?? "";
                const mount = volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
                const volume = volumes.find(({ name }) => name === mount?.name);
                const name = volume?.secret?.secretName ?? "";
                const { data } = secretSchema.parse(await inVault("v1", "Secret", name));
                return Buffer.from(data[path.split("/").at(-1) ?? ""] ?? "", "base64").toString("utf8");
            }),
        );
        const [role_id, secret_id = ""] = texts;
        const path = `auth/${environment.PORTCULLIS_SNAPSHOT_AUTH_MOUNT ?? ""}/login`;
        const login = (await call(platform.server?.url ?? "", "POST", path, {
            body: { role_id, secret_id },
        })) as { auth: { client_token: string } };
        const { client_token: token } = login.auth;
        platform.secrets.push(secret_id, token);
        const canary = `${environment.PORTCULLIS_SNAPSHOT_CANARY_MOUNT ?? ""}/snapshot`;
        await call(platform.server?.url ?? "", "POST", canary, { token, body: { nonce: "1" } });
    });

    it("issues below the offline root for every host name of the Gateway", async () => {
        const { operator } = platform;
        const port = Number(new URL(platform.server?.url ?? "").port);
        const issued = await issue(platform.kubernetes.client, CERTIFICATE, operator, port);
        platform.secrets.push(...issued.secrets);
        [, managerToken = ""] = issued.secrets;
        operator.write("leaf.pem", `${issued.leaf}\n`);
        operator.write("chain.pem", `${issued.chain.join("\n")}\n`);

        const { listeners } = gatewaySchema.parse(await read(GATEWAY)).spec;
        const secure = listeners.filter(({ protocol }) => protocol === "HTTPS");
        assert.equal(secure.length, 2);
        for (const { hostname = "", tls } of secure) {
            assert.deepEqual(
                tls?.certificateRefs.map(({ name }) => name),
                [issued.secretName],
            );
            assertVerified(
                operator,
                ["leaf", "chain", "root-ca"],
                ...["-purpose", "sslserver", "-verify_hostname", hostname],
            );
        }
        assert.throws(() => {
            const other = ["-verify_hostname", "vault.priv.cloud.ogenki.io"];
            assertVerified(operator, ["leaf", "chain", "root-ca"], ...other);
        }, /hostname mismatch/i);
    });

    it("issues to those alone whom the role admits, and by signing alone", async () => {
        const refused = (path: string, body: object): Promise<void> =>
            assert.rejects(
                call(platform.server?.url ?? "", "POST", path, { token: managerToken, body }),
                /HTTP 403/,
            );
        await refused("pki_private_issuer/issue/server", { common_name: "harbor.priv.cloud.ogenki.io" });
        await refused("portcullis-canary/snapshot", { nonce: "1" });
    });

    it("changes nothing when it is run again", async () => {
        assert.deepEqual(changesOf(await platform.stack.up({ outputs: false })), {});
    });

    it("told no private key, token, share or secret id on the way, and keeps them encrypted", async () => {
        const tokens = (platform.gate?.calls ?? []).flatMap(
            ({ answer }) => /"client_token":"([^"]+)"/.exec(answer)?.[1] ?? [],
        );
        assert.ok(tokens.length > 0, "somebody has signed in");
        const state = await platform.stack.exportState();
        assertHidden(
            [...platform.secrets, ...tokens],
            [
                ...platform.told,
                ["the state", JSON.stringify(state)],
                ["the user data, decoded", decodedUserData(recordedIn(platform.record))],
                ...filesBelow(join(platform.directory, "stack")),
                ["the server's log", platform.server?.log() ?? ""],
            ],
        );
    });

    it("is not destroyed whole: what unseals the nodes and what was saved stay, and it says so", async () => {
        const guarded = async (): Promise<readonly string[]> =>
            (await resources()).filter(({ protect }) => protect).map(({ urn }) => urn);
        const before = await guarded();
        const names = before.map((urn) => urn.split("::").at(-1) ?? "");
        for (const name of [
            "ogenki-vault-key",
            "ogenki-vault-group",
            "vault-backup-key",
            "vault-backup-bucket",
        ])
            assert.ok(names.includes(name), `${name} is protected`);
        const { message } = await failureOf(platform.stack.destroy());
        // Of what hangs together, the engine names what would have gone first.
        for (const name of ["ogenki-vault-leave", "ogenki-vault-listener", "vault-backup-bucket-policy"])
            assert.match(message, new RegExp(`::${name}" cannot be deleted\\s+because it is protected`));
        assert.deepEqual(await guarded(), before);
    });
});
