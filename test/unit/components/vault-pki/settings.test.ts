import { describe, expect, test } from "@jest/globals";
import type { VaultPkiArgs } from "../../../../components/vault-pki/args";
import { addressOf, settingsOf } from "../../../../components/vault-pki/settings";
import { LEAST } from "./fixture";

const DAY = 86_400;

test("what is not given has its default", () => {
    const { address: _address, certManager: _certManager, domains, ...given } = LEAST;
    expect(settingsOf(LEAST)).toEqual({
        ...given,
        limits: { domains, allowWildcards: false, allowBareDomains: false, leafLifetime: "90d" },
        mount: "pki_private_issuer",
        keyAlgorithm: "EC-P384",
        generations: [1],
        role: "server",
        leafLifetime: 90 * DAY,
        leafKeyType: "any",
        authMount: "approle",
        certManager: {
            name: "cert-manager",
            tokenTtl: 600,
            secretIdTtl: 0,
            wrappingTtl: DAY,
            secretIdGeneration: 1,
        },
        snapshot: undefined,
        drill: undefined,
    });
});

test("the canary has a place of its own, beside the engine or in another folder", () => {
    const canaryMount = (args: Partial<VaultPkiArgs>) =>
        settingsOf({ ...LEAST, snapshot: certManager, ...args }).snapshot?.canaryMount;
    expect(canaryMount({})).toBe("portcullis-canary");
    expect(canaryMount({ mount: "portcullis-canary-pki" })).toBe("portcullis-canary");
    const snapshot = { ...certManager, canaryMount: "team/canary" };
    expect(canaryMount({ mount: "team/pki", snapshot })).toBe("team/canary");
});

test("a generation keeps the one before at its side", () => {
    expect(settingsOf({ ...LEAST, generation: 3 }).generations).toEqual([3, 2]);
});

test.each<readonly [string, Partial<VaultPkiArgs>]>([
    ["beside the domains", { domains: ["apps.example.org"] }],
    [
        "that only ends like a domain",
        { address: "https://vault-priv.example.org", domains: ["priv.example.org"] },
    ],
    [
        "that is a domain itself, of which none may be",
        { domains: ["vault.example.org"], allowWildcards: true },
    ],
    ["that is an address, for which no leaf may be", { address: "https://10.0.0.1:8200" }],
])("the name of Vault may be one %s", (_what, args) => {
    expect(() => settingsOf({ ...LEAST, ...args })).not.toThrow();
});

test.each([
    "https://VAULT.Priv.Example.org:8200",
    "http://vault.priv.example.org.",
    "https://a.b.priv.example.org",
])("%s lies within the domains, however it is written", (address) => {
    expect(() => settingsOf({ ...LEAST, address })).toThrow("by which Vault is called");
});

const certManager = LEAST.certManager;

describe("refused, with what to do", () => {
    test.each<readonly [string, Partial<VaultPkiArgs>, string]>([
        [
            "a country by its name",
            { country: "France" },
            'country: It is "France", which is no country\'s code. Write "FR"',
        ],
        [
            "leaves of three years",
            { leafLifetime: "1095d" },
            'leafLifetime: It is "1095d", which is not within 1h and 397d. Give a duration from "1h" to "397d".',
        ],
        [
            "leaves of minutes",
            { leafLifetime: "59m" },
            'leafLifetime: It is "59m", which is not within 1h and 397d.',
        ],
        ["a lifetime without unit", { leafLifetime: "90" }, "which is no duration"],
        ["no domain", { domains: [] }, "domains: It is empty, so that nothing could be issued."],
        [
            "a wildcard as domain",
            { domains: ["*.example.org"] },
            'domains: "*.example.org" is no domain to issue below.',
        ],
        [
            "a top-level domain",
            { domains: ["example.org", "org"] },
            'domains: "org" is no domain to issue below.',
        ],
        ["a domain with a space", { domains: ["exa mple.org"] }, "is no domain to issue below."],
        [
            "an address as domain",
            { domains: ["10.0.0.1"] },
            'domains: "10.0.0.1" is no domain to issue below.',
        ],
        [
            "a mount that leads elsewhere",
            { mount: "pki/../sys" },
            'mount: It is "pki/../sys", at which nothing can be mounted here.',
        ],
        ["a mount below Vault's own", { mount: "sys/pki" }, "mount: "],
        ["a mount with slashes around", { mount: "/pki/" }, "mount: "],
        ["a mount with a wildcard", { mount: "pki*" }, "mount: "],
        ["an auth mount below Vault's own", { authMount: "auth/x" }, "authMount: "],
        ["a role that is a path", { role: "a/b" }, 'role: It is "a/b", which is no name here.'],
        ["a role that is a wildcard", { role: "+" }, "role: "],
        [
            "an empty common name",
            { commonName: "" },
            "commonName: It is no text that a certificate's subject may have.",
        ],
        ["an organization of 65 characters", { organization: "x".repeat(65) }, "organization: "],
        ["generation 0", { generation: 0 }, "generation: It is 0, which is not a positive whole number."],
        [
            "a token of two hours",
            { certManager: { ...certManager, tokenTtl: "2h" } },
            'certManager.tokenTtl: It is "2h", which is not within 1m and 1h.',
        ],
        [
            "a secret id of minutes",
            { certManager: { ...certManager, secretIdTtl: "5m" } },
            "certManager.secretIdTtl: ",
        ],
        [
            "a wrapping of a month",
            { certManager: { ...certManager, wrappingTtl: "30d" } },
            "certManager.wrappingTtl: ",
        ],
        [
            "half a secret id",
            { certManager: { ...certManager, secretIdGeneration: 1.5 } },
            "certManager.secretIdGeneration: ",
        ],
        [
            "two AppRoles of one name",
            { snapshot: { ...certManager, name: "cert-manager" } },
            'snapshot.name: It is "cert-manager", which is certManager\'s.',
        ],
        [
            "a drill's AppRole of cert-manager's name",
            { snapshot: certManager, drill: { name: "cert-manager" } },
            'drill.name: It is "cert-manager", which is certManager\'s.',
        ],
        [
            "a drill's AppRole of the name of whoever saves",
            { snapshot: { ...certManager, name: "drill" }, drill: {} },
            'drill.name: It is "drill", which is snapshot\'s. Give the two AppRoles different names.',
        ],
        [
            "a drill without a canary",
            { drill: {} },
            "drill: It reads the canary, which nobody would write. Give snapshot as well, or leave drill out.",
        ],
        [
            "a drill from elsewhere",
            // As a program without types might write it.
            { snapshot: certManager, drill: { ...certManager } },
            "drill.boundCidrs: A drill signs in at a server of its own, from 127.0.0.1 alone. Leave it out.",
        ],
        [
            "half a secret id of a drill",
            { snapshot: certManager, drill: { secretIdGeneration: 0.5 } },
            "drill.secretIdGeneration: ",
        ],
        [
            "leaves for the name of Vault itself",
            { domains: ["example.org"] },
            'domains: Leaves below "example.org" could be for "vault.example.org", by which Vault is called: whoever may have them signed could pass for Vault. Give Vault a name outside all of `domains`, as "vault.vault-platform.example.org" beside "apps.example.org", or name narrower domains.',
        ],
        [
            "leaves for the name of Vault, bare",
            { domains: ["vault.example.org"], allowBareDomains: true },
            'domains: Leaves below "vault.example.org" could be for "vault.example.org"',
        ],
        [
            "leaves for another name that Vault has",
            { reservedNames: ["Bao.Priv.example.org"] },
            'domains: Leaves below "priv.example.org" could be for "bao.priv.example.org"',
        ],
        [
            "an address as reserved name",
            { reservedNames: ["10.0.0.1"] },
            'reservedNames: "10.0.0.1" is no DNS name in full.',
        ],
        [
            "a wildcard as reserved name",
            { reservedNames: ["*.example.org"] },
            'reservedNames: "*.example.org" is no DNS name in full.',
        ],
        [
            "a canary in the engine's place",
            { snapshot: { ...certManager, canaryMount: "pki_private_issuer" } },
            'snapshot.canaryMount: It is "pki_private_issuer", where it would meet the secrets engine at "pki_private_issuer". Give the two different paths, neither below the other.',
        ],
        [
            "a canary below the engine",
            { snapshot: { ...certManager, canaryMount: "pki_private_issuer/canary" } },
            "snapshot.canaryMount: ",
        ],
        [
            "an engine below the canary",
            { mount: "team/pki", snapshot: { ...certManager, canaryMount: "team" } },
            "snapshot.canaryMount: ",
        ],
        [
            "a canary that leads elsewhere",
            { snapshot: { ...certManager, canaryMount: "../sys" } },
            'snapshot.canaryMount: It is "../sys", at which nothing can be mounted here.',
        ],
        [
            "a canary with a wildcard",
            { snapshot: { ...certManager, canaryMount: "+" } },
            "snapshot.canaryMount: ",
        ],
        ["a role name with a slash", { snapshot: { ...certManager, name: "a/b" } }, "snapshot.name: "],
    ])("%s", (_what, args, message) => {
        expect(() => settingsOf({ ...LEAST, ...args })).toThrow(message);
    });
});

test("the address of a server is brought to one form; anything more than that is refused", () => {
    expect(addressOf("https://vault.example.org:8200/")).toBe("https://vault.example.org:8200");
    expect(addressOf("http://pki.example.org")).toBe("http://pki.example.org");
    for (const text of [
        "vault.example.org:8200",
        "vault.example.org",
        "https://vault.example.org/v1",
        "https://me:secret@vault.example.org",
        "ldap://vault.example.org",
        "https://vault.example.org/?x=1",
    ]) {
        expect(() => addressOf(text)).toThrow("address: It is no address of a server.");
    }
});
