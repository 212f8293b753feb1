/** Where each setting is taken from, and what is refused. */
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { inspect } from "node:util";
import { CONFIG, HOME, LEGACY, refusalOf, resolve, type Given } from "./sources";

const ARGUMENTS = { accessKeyId: "AK-ARG", secretKeyId: "SK-ARG" };
const ENVIRONMENT = { OSC_ACCESS_KEY: "AK-ENV", OSC_SECRET_KEY: "SK-ENV" };
const OLD_ENVIRONMENT = { OUTSCALE_ACCESSKEYID: "AK-OLD", OUTSCALE_SECRETKEYID: "SK-OLD" };
const file = (name: string, more: object = {}): object => ({
    access_key: `AK-${name}`,
    secret_key: `SK-${name}`,
    ...more,
});

describe("the order of places", () => {
    const all: Given = {
        arguments: ARGUMENTS,
        environment: { ...ENVIRONMENT, ...OLD_ENVIRONMENT },
        files: { [CONFIG]: { default: file("FILE") }, [LEGACY]: { default: file("LEGACY") } },
    };
    test.each<[string, Given, string]>([
        ["arguments before all", all, "ARG"],
        ["environment before files", { ...all, arguments: {} }, "ENV"],
        ["OUTSCALE_* after OSC_*", { ...all, arguments: {}, environment: OLD_ENVIRONMENT }, "OLD"],
        ["the file before the legacy file", { files: all.files ?? {} }, "FILE"],
        ["the legacy file last", { files: { [LEGACY]: { default: file("LEGACY") } } }, "LEGACY"],
        [
            "the legacy file where the other lacks the profile",
            { arguments: { profile: "p" }, files: { [CONFIG]: {}, [LEGACY]: { p: file("LEGACY") } } },
            "LEGACY",
        ],
        ["empty values are not set", { ...all, arguments: { accessKeyId: "", secretKeyId: "  " } }, "ENV"],
        [
            "a profile named by the stack before the environment",
            { ...all, arguments: { profile: "p" }, files: { [CONFIG]: { p: file("P") } } },
            "P",
        ],
        [
            "the environment before the profile that it names",
            { environment: { ...ENVIRONMENT, OSC_PROFILE: "p" }, files: { [CONFIG]: { p: file("P") } } },
            "ENV",
        ],
        [
            "the stack's profile before OSC_PROFILE",
            {
                arguments: { profile: "p" },
                environment: { OSC_PROFILE: "q" },
                files: { [CONFIG]: { p: file("P"), q: file("Q") } },
            },
            "P",
        ],
        [
            "a named file instead of the customary ones",
            {
                environment: { OSC_CONFIG_FILE: "/x.json" },
                files: { ...all.files, "/x.json": { default: file("X") } },
            },
            "X",
        ],
        [
            "the stack's file before OSC_CONFIG_FILE, with ~ for home",
            {
                arguments: { configFile: "~/y.json" },
                environment: { OSC_CONFIG_FILE: "/x.json" },
                files: { "/x.json": { default: file("X") }, [`${HOME}/y.json`]: { default: file("Y") } },
            },
            "Y",
        ],
    ])("%s", (_what, given, name) => {
        expect(resolve(given)).toMatchObject({ accessKey: `AK-${name}`, secretKey: `SK-${name}` });
    });
});

test("everything by default but the key", () => {
    expect(resolve({ environment: ENVIRONMENT })).toEqual({
        accessKey: "AK-ENV",
        secretKey: "SK-ENV",
        region: "eu-west-2",
        endpoint: "https://api.eu-west-2.outscale.com/api/v1",
    });
});

test("single values come from the first place that has them, whatever the key came from", () => {
    const given: Given = {
        environment: ENVIRONMENT,
        files: { [CONFIG]: { default: { region: "us-east-2", endpoints: { api: "proxy.example.com" } } } },
    };
    expect(resolve(given)).toEqual({
        accessKey: "AK-ENV",
        secretKey: "SK-ENV",
        region: "us-east-2",
        endpoint: "https://proxy.example.com/api/v1",
        profile: "default",
    });
});

test("the two halves of a key never come from different places", () => {
    const values = fc.record(
        {
            accessKeyId: fc.constant("AK-1"),
            secretKeyId: fc.constant("SK-1"),
            OSC_ACCESS_KEY: fc.constant("AK-2"),
            OSC_SECRET_KEY: fc.constant("SK-2"),
            OUTSCALE_ACCESSKEYID: fc.constant("AK-3"),
            OUTSCALE_SECRETKEYID: fc.constant("SK-3"),
            access_key: fc.constant("AK-4"),
            secret_key: fc.constant("SK-4"),
        },
        { requiredKeys: [] },
    );
    fc.assert(
        fc.property(values, ({ accessKeyId, secretKeyId, access_key, secret_key, ...environment }) => {
            const given: Given = {
                arguments: { accessKeyId, secretKeyId },
                environment,
                files: { [CONFIG]: { default: { access_key, secret_key } } },
            };
            try {
                const { accessKey, secretKey } = resolve(given);
                expect(secretKey).toBe(accessKey.replace("AK", "SK"));
            } catch (error) {
                expect(error).toMatchObject({ code: "InvalidConfiguration" });
            }
        }),
    );
});

describe("what a profile may hold", () => {
    const profile = (values: object): Given => ({ files: { [CONFIG]: { default: file("FILE", values) } } });
    test.each<[string, object, Record<string, unknown>]>([
        [
            "region",
            { region: "us-east-2" },
            { region: "us-east-2", endpoint: "https://api.us-east-2.outscale.com/api/v1" },
        ],
        ["osc-cli's region_name", { region_name: "us-west-1" }, { region: "us-west-1" }],
        [
            "osc-cli's host",
            { region: "us-west-1", host: "example.com" },
            { endpoint: "https://api.us-west-1.example.com/api/v1" },
        ],
        ["endpoint", { endpoint: "e.example.com" }, { endpoint: "https://e.example.com/api/v1" }],
        [
            "endpoints.api before the others",
            { endpoints: { api: "a.example.com", fcu: "f" }, endpoint: "e", host: "h" },
            { endpoint: "https://a.example.com/api/v1" },
        ],
        ["https: true", { https: true, protocol: "https" }, { region: "eu-west-2" }],
        [
            "keys of other tools",
            { method: "POST", output: 3, iam_v2_services: [], nested: { a: 1 } },
            { accessKey: "AK-FILE" },
        ],
        ["nulls", { region: null, endpoints: null, client_certificate: null }, { region: "eu-west-2" }],
    ])("%s", (_what, values, expected) => {
        expect(resolve(profile(values))).toMatchObject(expected);
    });

    test.each<[string, object, string]>([
        ["https: false", { https: false }, `https of profile "default" in ${CONFIG}`],
        ["protocol: http", { protocol: "HTTP" }, `protocol of profile "default" in ${CONFIG}`],
        ["a key that is no text", { access_key: 5 }, `access_key of profile "default" in ${CONFIG}`],
        [
            "an endpoint that is no text",
            { endpoints: { api: [] } },
            `endpoints.api of profile "default" in ${CONFIG}`,
        ],
        ["a malformed region", { region: "eu/west" }, `region of profile "default" in ${CONFIG}`],
    ])("refuses %s", (_what, values, property) => {
        expect(refusalOf(profile(values))).toMatchObject({ code: "InvalidConfiguration", property });
    });
});

describe("refusals name the setting and the remedy", () => {
    test.each<[string, Given, string, string]>([
        ["no key", {}, "accessKeyId", "Set OSC_ACCESS_KEY and OSC_SECRET_KEY, or accessKeyId"],
        [
            "no key, but profiles",
            { files: { [CONFIG]: { a: {}, b: {} } } },
            "accessKeyId",
            "(profiles that exist: a, b)",
        ],
        [
            "half an argument key",
            { arguments: { accessKeyId: "AK" }, environment: ENVIRONMENT },
            "secretKeyId",
            "accessKeyId is set, but secretKeyId is not.",
        ],
        [
            "half an environment key",
            { environment: { OSC_SECRET_KEY: "SK" } },
            "OSC_ACCESS_KEY",
            "OSC_SECRET_KEY is set, but OSC_ACCESS_KEY is not.",
        ],
        [
            "half a profile's key",
            { files: { [CONFIG]: { default: { access_key: "AK" } } } },
            `secret_key of profile "default" in ${CONFIG}`,
            "is not",
        ],
        [
            "an unknown profile",
            {
                arguments: { profile: "c" },
                environment: ENVIRONMENT,
                files: { [CONFIG]: { a: {} }, [LEGACY]: { b: {} } },
            },
            "profile",
            'Use one that exists ("a", "b")',
        ],
        [
            "an unknown profile of the environment",
            { environment: { ...ENVIRONMENT, OSC_PROFILE: "c" } },
            "OSC_PROFILE",
            "no profile exists yet",
        ],
        [
            "a named file that is missing",
            { arguments: { configFile: "/x" }, environment: ENVIRONMENT },
            "configFile",
            "The file /x, named by configFile, does not exist.",
        ],
        [
            "a named file that is unreadable",
            { environment: { ...ENVIRONMENT, OSC_CONFIG_FILE: "/x" }, files: { "/x": { errno: "EACCES" } } },
            "OSC_CONFIG_FILE",
            "cannot be read (EACCES)",
        ],
        [
            "a customary file that is unreadable",
            { files: { [CONFIG]: { errno: "EACCES" } } },
            CONFIG,
            "cannot be read (EACCES)",
        ],
        [
            "a file that holds a list",
            { files: { [CONFIG]: "[]" } },
            CONFIG,
            "does not hold a JSON object of profiles",
        ],
        [
            "a profile that is no object",
            { files: { [CONFIG]: { default: "x" } } },
            `profile "default" in ${CONFIG}`,
            "wrong type",
        ],
        [
            "a key with a line break in it",
            { arguments: { accessKeyId: "A\nB", secretKeyId: "S" } },
            "accessKeyId",
            "Copy the key again",
        ],
        [
            "OSC_PROTOCOL=http",
            { environment: { ...ENVIRONMENT, OSC_PROTOCOL: "http" } },
            "OSC_PROTOCOL",
            "without TLS",
        ],
    ])("%s", (_what, given, property, said) => {
        const error = refusalOf(given);
        expect(error).toMatchObject({ code: "InvalidConfiguration", property });
        expect(error.message).toContain(said);
    });
});

test("a malformed profile file is told by its line, and shows nothing of its text", () => {
    const text = '{\n  "default": {\n    "access_key": "AK-SECRET"\n    "secret_key": "SK-SECRET"\n  }\n}';
    const error = refusalOf({ files: { [CONFIG]: text } });
    expect(error).toMatchObject({ code: "InvalidConfiguration", property: CONFIG });
    expect(error.message).toContain("(line 4)");
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain("SECRET");
});

test.each([
    ["a key in base64", Buffer.from("-----BEGIN PRIVATE KEY-----\nMIGH").toString("base64")],
    ["long base64 of whatever", "QUJD".repeat(60)],
    ["the text of a key", "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----"],
])("%s in place of a path is refused and not shown", (_title, value) => {
    const environment = {
        OSC_ACCESS_KEY: "AK",
        OSC_SECRET_KEY: "SK",
        OSC_X509_CLIENT_CERT: "cert.pem",
        OSC_X509_CLIENT_KEY: value,
    };
    const error = refusalOf({ environment, files: { [`${process.cwd()}/cert.pem`]: "" } });
    expect(error).toMatchObject({ code: "InvalidConfiguration", property: "OSC_X509_CLIENT_KEY" });
    expect(error.message).not.toContain(value.slice(0, 20));
});

test("no malformed profile file ever shows its secret", () => {
    const good = JSON.stringify({ default: { access_key: "AK-SECRET", secret_key: "SK-SECRET" } });
    fc.assert(
        fc.property(fc.nat(good.length), fc.constantFrom("", '"', "{", "x", "\n"), (at, inserted) => {
            const text = good.slice(0, at) + inserted + good.slice(at + 1);
            try {
                resolve({ files: { [CONFIG]: text } });
            } catch (error) {
                expect(inspect(error, { showHidden: true, depth: 9 })).not.toMatch(/SK-S/);
            }
        }),
    );
});
