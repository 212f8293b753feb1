/** VaultBackup in programs without types: what is left out is named, and nothing fails somewhere within. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { VaultBackupArgs } from "../../../../components/vault-backup/args";
import { checkBackup, checkPlain, type KnownArgs } from "../../../../components/vault-backup/plan";
import { VaultBackup } from "../../../../components/vault-backup/vault-backup";
import { refusedProperties, withoutEach } from "../../../support/left-out";
import { tlsFiles } from "../../../support/vault-cluster";
import { APP_ROLE, backup, DRILL, refusals } from "./fixture";

let whole: KnownArgs;
let caBundle: string;
beforeAll(async () => {
    ({ authorities: caBundle } = await tlsFiles());
    whole = backup(caBundle, {
        auth: APP_ROLE,
        drill: { ...DRILL, egressCidrs: ["10.0.0.0/16"], isolated: true },
        retention: { keepLast: 3 },
        objectLock: { mode: "GOVERNANCE", days: 1 },
        alerts: { maxDrillAge: "9d" },
    });
});
/** As a program without types might call. */
const properties = (args: unknown): readonly string[] =>
    refusedProperties(() => checkBackup("backup", args as KnownArgs, new Date()));

describe("VaultBackup without", () => {
    test("anything but a name", () => {
        expect(properties(undefined)).toEqual(["args"]);
        expect(properties(null)).toEqual(["args"]);
        expect(properties([])).toEqual(["args"]);
        expect(() => new VaultBackup("backup", undefined as unknown as VaultBackupArgs)).toThrow(
            'VaultBackup "backup" is refused:\n  - args: There are none.',
        );
        const all = ["bucketName", "region", "namespace", "oidcProviderArn", "vault", "auth"];
        expect(properties({})).toEqual(all);
        expect(() => new VaultBackup("backup", {} as VaultBackupArgs)).toThrow(
            'VaultBackup "backup" is refused for 6 reasons:\n  - bucketName: It is missing. Give a name',
        );
    });

    test("the parts of its parts", () => {
        expect(properties({ ...whole, vault: {}, auth: { appRole: {} }, drill: {} })).toEqual([
            ...["vault.address", "vault.caBundle"],
            ...["auth.appRole.secretStore", "auth.appRole.remoteKey"],
            ...["drill.server", "drill.seal", "drill.auth"],
        ]);
        expect(
            properties({
                ...whole,
                auth: { kubernetes: {} },
                drill: { server: "bao:1", seal: {}, auth: { appRole: { secretStore: {} } } },
            }),
        ).toEqual([
            "auth.kubernetes.role",
            "drill.seal.kmsKeyArn",
            "drill.auth.appRole.secretStore.name",
            "drill.auth.appRole.remoteKey",
        ]);
    });

    test.each<readonly [string, object, string]>([
        ["a way that is nothing", { auth: { appRole: undefined } }, "auth"],
        ["a list for a table", { vault: [] }, "vault"],
        ["a text for a table", { auth: "approle" }, "auth"],
        ["a promise of a table", { vault: Promise.resolve({}) }, "vault"],
        ["an output of what is plain", { bucketName: Promise.resolve("bucket") }, "bucketName"],
        ["a drill that is only asked for", { drill: true }, "drill"],
        ["alerts that are only asked for", { alerts: true }, "alerts"],
        [
            "a network that is no list",
            { drill: { ...DRILL, egressCidrs: "10.0.0.0/16" } },
            "drill.egressCidrs",
        ],
        ["null", { drill: null }, "drill"],
    ])("%s", (_, changes, property) => {
        const args = { ...whole, ...changes } as unknown as VaultBackupArgs;
        expect(properties(args)).toEqual([property]);
        expect(
            refusedProperties(() => {
                checkPlain("backup", args);
            }),
        ).toEqual([property]);
    });

    test("any one part: it is named, or it has a default", () => {
        expect(properties(whole)).toEqual([]);
        const optional = [
            ...["retention", "retention.keepLast", "objectLock", "alerts", "alerts.maxDrillAge"],
            "drill.isolated",
        ];
        for (const [path, args] of withoutEach(whole)) {
            const named = properties(args);
            if (optional.includes(path)) expect([path, named]).toEqual([path, []]);
            else if (path === "drill") expect(named).toEqual(["alerts.maxDrillAge"]);
            else if (path === "drill.egressCidrs") expect(named).toEqual(["drill.isolated"]);
            else if (path === "auth.appRole") expect(named).toEqual(["auth"]);
            else expect(named).toEqual([path]);
        }
    });

    test("what says nothing more of what is missing than that", () => {
        expect(refusals({ ...whole, bucketName: undefined } as unknown as KnownArgs)).toEqual([
            'bucketName: It is missing. Give a name for the bucket in plain text, as "ogenki-vault-backup".',
        ]);
        expect(refusals({ ...whole, bucketName: 7 } as unknown as KnownArgs)).toEqual([
            'bucketName: It is nothing that can be taken here. Give a name for the bucket in plain text, as "ogenki-vault-backup".',
        ]);
    });
});
