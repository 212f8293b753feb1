import { expect, test } from "@jest/globals";
import { secret } from "../../../../../tools/pulumi/plugins/values";
import { clientFor } from "../../../../../tools/pulumi/plugins/vault/client";
import {
    bodyOf,
    fields,
    propertiesOf,
    sameValue,
    type Form,
} from "../../../../../tools/pulumi/plugins/vault/fields";
import { check, diff, planned } from "../../../../../tools/pulumi/plugins/vault/provider";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const urn = (type: string): string => `urn:pulumi:s::p::portcullis:index:VaultPki$vault:${type}::name`;
const MOUNT = urn("index/mount:Mount");
const ROLE = urn("pkiSecret/secretBackendRole:SecretBackendRole");
const SECRET_ID = urn("appRole/authBackendRoleSecretId:AuthBackendRoleSecretId");

test("properties and types that it does not know are refused by name", () => {
    expect(check(MOUNT, { path: "pki", type: "pki", sealWrap: true, __defaults: [] }).failures).toEqual([
        { property: "sealWrap", reason: "The stand-in for the vault provider does not know sealWrap." },
    ]);
    expect(() => check(urn("kv/secretV2:SecretV2"), {})).toThrow("has no vault:kv/secretV2:SecretV2");
});

test("a changed place replaces, a changed setting does not, and what the server chose is no change", () => {
    const inputs = { backend: "pki", name: "server", ttl: "7776000", allowedDomains: ["a.example"] };
    const state = { ...inputs, ttl: "7776000", keyType: "rsa", noStore: false };
    const changed = (news: object) => diff(ROLE, state, inputs, { ...inputs, ...news });
    expect(changed({})).toEqual({ changes: false, changed: [], replaces: [] });
    expect(changed({ ttl: "2160h" }).changes).toBe(false);
    expect(changed({ ttl: "720h" })).toEqual({ changes: true, changed: ["ttl"], replaces: [] });
    expect(changed({ name: "other" }).replaces).toEqual(["name"]);
    expect(changed({ name: UNKNOWN }).replaces).toEqual(["name"]);
    expect(changed({ keyType: "rsa" }).changes).toBe(false);
    expect(diff(ROLE, { ...state, allowedDomains: ["b.example"] }, inputs, inputs).changed).toEqual([
        "allowedDomains",
    ]);
    // A setting that the program takes back is a change: the server still has it.
    const { allowedDomains: _taken, ...less } = inputs;
    expect(diff(ROLE, state, inputs, less).changed).toEqual(["allowedDomains"]);
});

test("every input of a secret id replaces it; what a preview cannot know of a new one is unknown", () => {
    const inputs = { backend: "approle", roleName: "r", wrappingTtl: "60s", metadata: "{}" };
    expect(diff(SECRET_ID, inputs, inputs, { ...inputs, metadata: '{"generation":"2"}' }).replaces).toEqual([
        "metadata",
    ]);
    expect(planned(SECRET_ID, inputs)).toEqual({
        accessor: UNKNOWN,
        secretId: UNKNOWN,
        wrappingToken: UNKNOWN,
        wrappingAccessor: UNKNOWN,
        ...inputs,
    });
    expect(planned(MOUNT, { path: "pki" }, { path: "pki", accessor: "pki_1" })).toEqual({
        accessor: "pki_1",
        path: "pki",
    });
});

test("fields have their API's names, go without their secrets' envelopes, and come back in state's forms", () => {
    const known = fields(
        { maxTtl: "duration", countries: "texts", noStore: "flag" },
        { countries: "country" },
    );
    expect(bodyOf(known, { maxTtl: secret("72h"), countries: ["FR"], other: 1 })).toEqual({
        max_ttl: "72h",
        country: ["FR"],
    });
    expect(propertiesOf(known, { max_ttl: 259_200, country: ["FR"], no_store: false, lease: 1 })).toEqual({
        maxTtl: "259200",
        countries: ["FR"],
        noStore: false,
    });
});

test.each<readonly [Form, unknown, unknown, boolean]>([
    ["map", { version: "1", a: "b" }, { a: "b", version: "1" }, true],
    ["map", { version: "1" }, { version: "2" }, false],
    ["map", {}, undefined, true],
    ["duration", "72h", "259200", true],
    ["duration", "1h30m", "90m", true],
    ["duration", "1h", "3601", false],
    ["names", ["a", "b"], ["b", "a"], true],
    ["texts", ["a", "b"], ["b", "a"], false],
    ["texts", [], undefined, true],
    ["text", "", undefined, true],
    ["flag", false, undefined, false],
    ["number", 0, 1, false],
])("%s: %j and %j", (form, left, right, same) => {
    expect(sameValue(form, left, right)).toBe(same);
});

test("the provider's configuration: what is not known is refused, what is unset comes from the environment", async () => {
    await expect(clientFor({ address: "http://127.0.0.1:1", token: "t" }, {})).resolves.toBeDefined();
    await expect(clientFor({ token: "t" }, { VAULT_ADDR: "http://127.0.0.1:1" })).resolves.toBeDefined();
    expect(() => clientFor({ token: "t" }, { VAULT_ADDR: "" })).toThrow("needs its address");
    expect(() => clientFor({ address: "a", namespace: "team" }, {})).toThrow(
        "does not know the setting namespace",
    );
    expect(() => clientFor({ address: "a", authLoginAws: "{}" }, {})).toThrow("authLoginAws");
});
