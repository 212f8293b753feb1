/** OUTSCALE's own guide to a multi-factor account, step by step on the real engine, to the trusted session and back. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { after, before, describe, it } from "mocha";
import { z } from "zod";
import { SOURCE_HEADER, type AccountState } from "../../emulators/outscale";
import { AccountMfa, outscale, pki, type AccountMfaArgs } from "../../sdk";
import type { UpResult } from "../../tools/pulumi/engine";
import { callApi, outcomeOf } from "../oracles/https-client";
import { OSC_CLI, runOscCli } from "../oracles/osc_cli";
import { OSC_SDK_PYTHON, runOscSdkPython } from "../oracles/osc_sdk_python";
import { pythonWith } from "../../tools/services/python";
import { certificatesOf, EC, OFFICE } from "../support/account-program";
import { changesOf, openDeployment, OPENING, skipWherePlain, type Deployment } from "../support/deployment";
import { addHandMadeKeys, HAND_KEY, HAND_MADE_SECRETS, OLD_KEY, OWN_KEY } from "../support/hand-made-keys";
import { assertHidden, failureOf, filesBelow, linesOf, toldBy } from "../support/secrets";

const PASSWORD = "purple-monkey-dishwasher-53";
/** Begins every private key in PEM, whatever its kind. */
const KEY = "PRIVATE KEY-----";
const COCKPIT = "46.231.144.177";
const REFUSED = "401/14";
const DAY_MS = 86_400_000;

const CLIENTS: AccountMfaArgs = {
    authority: EC,
    // As in the guide: what imports the operator's bundle may know no other kind.
    clients: { operator: { keyAlgorithm: "RSA-2048" }, pipeline: EC },
};

/** The account's arguments at each step of the guide. */
const IMPORTED: AccountMfaArgs = {
    ...CLIENTS,
    keepDefaultRule: true,
    keepCockpitRule: true,
    backupIpRanges: [`${OFFICE}/32`],
};
const CLOSED_TO_THE_WORLD: AccountMfaArgs = { ...IMPORTED, keepDefaultRule: false };
const CERTIFICATES_ALONE: AccountMfaArgs = {
    ...CLIENTS,
    accessKeys: { pipeline: { userName: "ci", lifetime: "60d" } },
};
const DATELESS: AccountMfaArgs = { ...CERTIFICATES_ALONE, trustedSession: { maxAccessKeyExpiration: "90d" } };
/** To the second, as the API shows dates. */
const ROOT_UNTIL = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 80 * DAY_MS).toISOString();
const TRUSTED: AccountMfaArgs = {
    ...CERTIFICATES_ALONE,
    trustedSession: {
        maxAccessKeyExpiration: "90d",
        expire: { [OWN_KEY]: ROOT_UNTIL, [HAND_KEY]: "70d", [OLD_KEY]: "60d" },
    },
};

const accessKeysOutput = z.record(z.string(), z.object({ accessKeyId: z.string(), secretKey: z.string() }));

describe("the guide to a multi-factor account, on the real engine", function () {
    this.timeout(180_000);

    let deployment: Deployment;
    /** Of the machine that the clients run on: their configuration, and nothing of the engine's. */
    let machine: string;
    let found: AccountState;
    let last: UpResult;
    const runs: UpResult[] = [];
    const told: [string, string][] = [];
    const closing: (() => void | Promise<void>)[] = [];

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        machine = mkdtempSync(join(tmpdir(), "portcullis-clients-"));
        closing.push(() => {
            rmSync(machine, { recursive: true, force: true });
        });
        deployment = await openDeployment({
            program: () => Promise.resolve({}),
            account: { accessKey: OWN_KEY },
        });
        closing.push(() => deployment.close());
        addHandMadeKeys(deployment.account);
        found = deployment.account.snapshot();
    });

    after(async () => {
        for (const close of closing) await close();
    });

    const configuration = (): string => join(machine, ".osc", "config.json");

    /** The account at a step, and from the third step on what its operator's clients are configured with. */
    function program(args: AccountMfaArgs, withClients: boolean): PulumiFn {
        return () => {
            const { certificates, accessKeys, authorityPems } = new AccountMfa("account", args);
            const outputs = { certificates, accessKeys };
            if (!withClients) return Promise.resolve(outputs);
            const operator = certificates.apply(({ operator: held }) => {
                if (held?.privateKeyPem === undefined) throw new Error("the operator's key is made here");
                return { certificatePem: held.certificatePem, privateKeyPem: held.privateKeyPem };
            });
            const { accessKey, secretKey, region, endpoint } = deployment.emulator;
            for (const client of ["osc-cli", "sdk"] as const) {
                new outscale.SdkProfile(client, {
                    client,
                    profile: `secure-${client}`,
                    path: configuration(),
                    accessKeyId: accessKey,
                    secretKey,
                    region,
                    endpoint,
                    clientCertificate: operator,
                });
            }
            const { pkcs12 } = new pki.Pkcs12Bundle("cockpit", {
                certificatePem: operator.certificatePem,
                privateKeyPem: operator.privateKeyPem,
                chainPems: authorityPems,
                password: PASSWORD,
                iterations: 10_000,
            });
            return Promise.resolve({ ...outputs, pkcs12 });
        };
    }

    async function up(args: AccountMfaArgs, withClients: boolean): Promise<void> {
        last = await deployment.stack.up({ program: program(args, withClients) });
        runs.push(last);
        const { outputs: _clear, ...said } = last;
        told.push([`the output of update ${runs.length}`, JSON.stringify(said)]);
        const preview = await deployment.stack.preview({ program: program(args, withClients), diff: true });
        told.push([`the preview after update ${runs.length}`, toldBy(preview)]);
        assert.deepEqual(changesOf(preview), {});
    }

    type Door = "anybody" | "office" | "cockpit" | "operator" | "pipeline";

    /** Who gets in with the account's key: anybody, from two addresses, and from anywhere with a certificate. */
    async function whoGetsIn(call: string): Promise<Readonly<Record<Door, string>>> {
        const { operator, pipeline } = certificatesOf(last);
        const from = (sourceAddress: string) => ({ headers: { [SOURCE_HEADER]: sourceAddress } });
        const bearing = (held: typeof operator) => ({
            certificate: { pem: held?.certificatePem ?? "", keyPem: held?.privateKeyPem ?? "" },
        });
        const [anybody, office, cockpit, withOperators, withPipelines] = await Promise.all(
            [{}, from(OFFICE), from(COCKPIT), bearing(operator), bearing(pipeline)].map(async (options) =>
                outcomeOf(await callApi(deployment.emulator, call, options)),
            ),
        );
        assert.ok(anybody && office && cockpit && withOperators && withPipelines);
        return { anybody, office, cockpit, operator: withOperators, pipeline: withPipelines };
    }

    const policy = () => deployment.account.snapshot().policy;
    const expiry = () =>
        Object.fromEntries(
            deployment.account
                .snapshot()
                .keys.map(({ AccessKeyId, ExpirationDate }) => [AccessKeyId, ExpirationDate]),
        );

    it("first admits holders of certificates beside everybody who was admitted before", async () => {
        await up(IMPORTED, false);
        const everybody = {
            anybody: "200",
            office: "200",
            cockpit: "200",
            operator: "200",
            pipeline: "200",
        };
        assert.deepEqual(await whoGetsIn("ReadApiAccessRules"), everybody);
        assert.deepEqual(
            deployment.account.rules().slice(0, 2),
            found.rules,
            "both default rules are the ones that were found",
        );
        assert.equal(deployment.account.rules().length, 4);
    });

    it("then closes to the world", async () => {
        await up(CLOSED_TO_THE_WORLD, false);
        assert.deepEqual(await whoGetsIn("ReadApiAccessRules"), {
            anybody: REFUSED,
            office: "200",
            cockpit: "200",
            operator: "200",
            pipeline: "200",
        });
    });

    it("configures the operator's clients and browser, which get in with nothing else", async () => {
        await up(CLOSED_TO_THE_WORLD, true);
        const pfx = Buffer.from(String(last.outputs.pkcs12?.value), "base64");
        createSecureContext({ pfx, passphrase: PASSWORD });
        const { caFile } = deployment.emulator;
        const clients = [
            ["osc-sdk", OSC_CLI, runOscCli, "secure-osc-cli"],
            ["osc-sdk-python", OSC_SDK_PYTHON, runOscSdkPython, "secure-sdk"],
        ] as const;
        for (const [name, version, runClient, profile] of clients) {
            const environment = await pythonWith(name, version);
            if ("missing" in environment) {
                console.log(`      not tried: ${environment.missing}`);
                continue;
            }
            const client = { python: environment.python, home: machine, caFile };
            // The one call that the guide tries, and one that manages access.
            for (const call of ["ReadVms", "ReadApiAccessRules"]) {
                assert.equal(await runClient(client, profile, call), "200", `${name} ${call}`);
            }
        }
    });

    it("then opens to certificates alone", async () => {
        await up(CERTIFICATES_ALONE, true);
        assert.deepEqual(await whoGetsIn("ReadVms"), {
            anybody: REFUSED,
            office: REFUSED,
            cockpit: REFUSED,
            operator: "200",
            pipeline: "200",
        });
        const { pipeline: key } = accessKeysOutput.parse(last.outputs.accessKeys?.value);
        const { pipeline } = certificatesOf(last);
        assert.ok(key && pipeline);
        const target = { ...deployment.emulator, accessKey: key.accessKeyId, secretKey: key.secretKey };
        const certificate = { pem: pipeline.certificatePem, keyPem: pipeline.privateKeyPem ?? "" };
        assert.equal(outcomeOf(await callApi(target, "ReadVms", { certificate })), "200");
    });

    it("refuses a trusted session while keys last for ever, naming each, at the update and the preview after", async () => {
        const before = deployment.account.snapshot();
        const failure = await failureOf(deployment.stack.up({ program: program(DATELESS, true) }));
        const preview = await failureOf(deployment.stack.preview({ program: program(DATELESS, true) }));
        for (const [run, { message }] of Object.entries({ failure, preview })) {
            told.push([`the refused ${run}`, message]);
            const named = [...message.matchAll(/The access key (\w+) of (.+?) never expires\./g)];
            assert.deepEqual(named.map(([, id, owner]) => `${id ?? ""} of ${owner ?? ""}`).sort(), [
                `${HAND_KEY} of the root user`,
                `${OLD_KEY} of the EIM user ci`,
                `${OWN_KEY} of the root user`,
            ]);
            assert.match(message, /Give the key an expiration date below the maximum, or remove it/);
            assert.match(message, /The policy was not changed\./);
        }
        told.push(["the refused update", toldBy(failure)], ["the refused preview", toldBy(preview)]);
        assert.deepEqual(deployment.account.snapshot(), before, "nothing of the account was touched");
        assert.deepEqual(policy(), { MaxAccessKeyExpirationSeconds: 0, RequireTrustedEnv: false });
    });

    it("requires a trusted session once each key has its date", async () => {
        await up(TRUSTED, true);
        assert.deepEqual(policy(), { MaxAccessKeyExpirationSeconds: 90 * 86_400, RequireTrustedEnv: true });
        const dates = expiry();
        assert.equal(dates[OWN_KEY], Date.parse(ROOT_UNTIL));
        const daysLeft = Object.fromEntries(
            Object.entries(dates).map(([id, date]) => [
                id,
                Math.round(((date ?? Infinity) - Date.now()) / DAY_MS),
            ]),
        );
        const { pipeline } = accessKeysOutput.parse(last.outputs.accessKeys?.value);
        assert.deepEqual(daysLeft, {
            [OWN_KEY]: 80,
            [HAND_KEY]: 70,
            [OLD_KEY]: 60,
            [pipeline?.accessKeyId ?? ""]: 60,
        });
    });

    it("asks no more for a certificate within the session, but for the calls that manage access", async () => {
        assert.deepEqual(await whoGetsIn("ReadVms"), {
            anybody: "200",
            office: "200",
            cockpit: "200",
            operator: "200",
            pipeline: "200",
        });
        for (const call of ["ReadApiAccessRules", "ReadAccessKeys"]) {
            assert.deepEqual(await whoGetsIn(call), {
                anybody: REFUSED,
                office: REFUSED,
                cockpit: REFUSED,
                operator: "200",
                pipeline: "200",
            });
        }
    });

    it("shows no change after a refresh", async () => {
        const refreshed = await deployment.stack.refresh();
        told.push(["the refresh", toldBy(refreshed)]);
        assert.deepEqual(changesOf(refreshed), {});
        assert.deepEqual(changesOf(await deployment.stack.preview({ program: program(TRUSTED, true) })), {});
    });

    it("has no secret in what it printed or keeps", async () => {
        const { emulator, directory, stack } = deployment;
        const keys = runs
            .flatMap((run) => Object.values(certificatesOf(run)))
            .flatMap(({ privateKeyPem = "" }) => linesOf(privateKeyPem));
        const made = accessKeysOutput.parse(last.outputs.accessKeys?.value);
        const bundles = runs
            .map(({ outputs }) => outputs.pkcs12?.value as unknown)
            .filter((bundle) => typeof bundle === "string");
        assert.equal(last.outputs.accessKeys?.secret, true);
        assert.equal(last.outputs.pkcs12?.secret, true);
        assert.ok(bundles.length > 0);
        assert.match(readFileSync(`${configuration()}.secure-sdk.pem`, "utf8"), new RegExp(KEY));
        assertHidden(
            [
                KEY,
                PASSWORD,
                emulator.secretKey,
                ...HAND_MADE_SECRETS,
                ...Object.values(made).map(({ secretKey }) => secretKey),
                ...new Set([...keys, ...bundles]),
            ],
            [
                ...told,
                ["the exported state", JSON.stringify(await stack.exportState())],
                ...filesBelow(directory),
            ],
        );
    });

    it("gives the account back on destroy as it was found, and the machine too", async () => {
        const destroyed = await deployment.stack.destroy();
        assertHidden([KEY, PASSWORD, ...HAND_MADE_SECRETS], [["the destroy", toldBy(destroyed)]]);
        assert.deepEqual(comparable(deployment.account.snapshot()), comparable(found));
        assert.deepEqual([...filesBelow(machine).keys()], []);
    });
});

/** An account without what a rule made anew and a key that was touched do not keep. */
function comparable({ rules, keys, ...rest }: AccountState): unknown {
    const byText = (one: string, other: string): number => one.localeCompare(other);
    return {
        ...rest,
        rules: rules.map(({ ApiAccessRuleId: _id, ...rule }) => JSON.stringify(rule)).sort(byText),
        keys: keys.map(({ LastModificationDate: _date, ...key }) => JSON.stringify(key)).sort(byText),
    };
}
