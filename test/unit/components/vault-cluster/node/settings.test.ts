/** What a node cannot be told: each value goes into a configuration file or a unit, as it is. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    checkSettings,
    settingFailures,
    type NodeSettings,
} from "../../../../../components/vault-cluster/node/settings";
import { settings } from "./settings";

test.each<Partial<NodeSettings>>([
    {},
    { clusterName: "Vault-2-production-eu" },
    { lifecycleHook: "leave_it.now" },
    { region: "us-gov-west-1" },
    { binary: { url: "https://releases.example.com/bao_2.6.2_linux.tar.gz", sha256: "a".repeat(64) } },
    { kmsKeyArn: "arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-1234abcd" },
    { tlsSecretArn: "arn:aws:secretsmanager:eu-west-3:123456789012:secret:vault/tls-AbCdEf" },
])("takes %j", (changes) => {
    expect(() => {
        checkSettings(settings(changes));
    }).not.toThrow();
});

test.each<readonly [string, Partial<NodeSettings>]>([
    ["clusterName", { clusterName: 'vault"\nui = true' }],
    ["clusterName", { clusterName: "vault tag_value=other" }],
    ["clusterName", { clusterName: "@NODE_ID@" }],
    ["clusterName", { clusterName: "" }],
    ["clusterName", { clusterName: "a.b" }],
    ["clusterName", { clusterName: "ends-" }],
    ["region", { region: "eu-west-3 tag_key=other" }],
    ["region", { region: "Paris" }],
    ["serverName", { serverName: "vault" }],
    ["serverName", { serverName: "*.example.com" }],
    ["serverName", { serverName: "vault.example.com\n" }],
    ["kmsKeyArn", { kmsKeyArn: "alias/vault" }],
    ["tlsSecretArn", { tlsSecretArn: "vault-tls" }],
    ["lifecycleHook", { lifecycleHook: "leave it" }],
    ["binary.path", { binary: { path: "bin/bao" } }],
    ["binary.path", { binary: { path: "/usr/bin/bao -dev" } }],
    ["binary.url", { binary: { url: "http://releases.example.com/bao", sha256: "a".repeat(64) } }],
    ["binary.url", { binary: { url: "https://user:word@releases.example.com/bao", sha256: "a".repeat(64) } }],
    [
        "binary.url",
        { binary: { url: "https://releases.example.com/bao?key=secret", sha256: "a".repeat(64) } },
    ],
    ["binary.sha256", { binary: { url: "https://releases.example.com/bao", sha256: "A".repeat(64) } }],
])("refuses a %s such as %j, and says what to give", (property, changes) => {
    expect(() => {
        checkSettings(settings(changes));
    }).toThrow(
        expect.objectContaining({
            code: "InvalidInput",
            property,
            remedy: expect.stringMatching(/^Give .+\.$/),
        }),
    );
});

test("lets nothing through that ends a text, a line or a word, wherever it is", () => {
    const properties = [
        "clusterName",
        "region",
        "serverName",
        "kmsKeyArn",
        "tlsSecretArn",
        "lifecycleHook",
    ] as const;
    fc.assert(
        fc.property(
            fc.constantFrom(...properties),
            fc.nat(),
            fc.constantFrom('"', "\\", "\n", "\r", " ", "$", "{", "}", "'", "`", "\0", ";", "\t"),
            (property, at, character) => {
                const value = settings()[property];
                const index = at % (value.length + 1);
                const changed = value.slice(0, index) + character + value.slice(index);
                expect(() => {
                    checkSettings(settings({ [property]: changed }));
                }).toThrow(expect.objectContaining({ property }));
            },
        ),
    );
});

test("names every value at fault, and quotes none: an address may hold a password", () => {
    const failures = settingFailures({
        clusterName: "-",
        region: "Paris",
        serverName: "vault",
        binary: { url: "https://user:word@example.org/bao", sha256: "" },
    });
    expect(failures.map(({ property }) => property)).toEqual([
        "clusterName",
        "region",
        "serverName",
        "binary.url",
        "binary.sha256",
    ]);
    expect(JSON.stringify(failures)).not.toContain("word@");
    for (const { reason } of failures) expect(reason).toMatch(/ Give .+\.$/);
    expect(settingFailures({})).toEqual([]);
    expect(settingFailures(settings())).toEqual([]);
});
