/** Where the administrator's certificate is taken from, and what of it is refused without showing it. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortcullisError } from "../../../../provider/errors";
import { connectVault } from "../../../../provider/vault/connect";
import { makeHolders, type Holders } from "../../../support/holders";

let directory: string;
let holders: Holders;
const files: Record<string, string> = {};

beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "portcullis-connect-"));
    holders = await makeHolders();
    const texts = {
        alice: holders.alice.certificatePem,
        chain: `subject=alice\n${holders.alice.certificatePem}${holders.authorities.a.certificatePem}`,
        aliceKey: holders.alice.privateKeyPem,
        bob: holders.bob.certificatePem,
        bobKey: holders.bob.privateKeyPem,
        prose: "nothing of the kind",
    };
    for (const [name, text] of Object.entries(texts)) {
        files[name] = join(directory, name);
        writeFileSync(files[name] ?? "", text);
    }
});
afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
});

const connect = (environment: Record<string, string>, config: Record<string, string> = {}) =>
    connectVault((key) => config[key], environment);
const file = (name: string): string => files[name] ?? "";

test("from the stack's configuration, then Vault's variables, then OpenBao's", () => {
    const alice = { VAULT_CLIENT_CERT: file("alice"), VAULT_CLIENT_KEY: file("aliceKey") };
    const bob = { BAO_CLIENT_CERT: file("bob"), BAO_CLIENT_KEY: file("bobKey") };
    expect(connect({ ...alice, ...bob }).identity?.certificatePem).toBe(holders.alice.certificatePem);
    expect(connect(bob).identity?.certificatePem).toBe(holders.bob.certificatePem);
    const config = { "portcullis:vaultClientCert": file("bob"), "portcullis:vaultClientKey": file("bobKey") };
    expect(connect(alice, config).identity?.certificatePem).toBe(holders.bob.certificatePem);
    expect(connect({ VAULT_CLIENT_CERT: " ", VAULT_CLIENT_KEY: "" }).identity).toBeUndefined();
    expect(connect({}).identity).toBeUndefined();
});

test("with its chain, the client's certificate first", () => {
    const { identity } = connect({ VAULT_CLIENT_CERT: file("chain"), VAULT_CLIENT_KEY: file("aliceKey") });
    expect(identity?.certificatePem).toBe(
        holders.alice.certificatePem + holders.authorities.a.certificatePem,
    );
});

test("a root token of the holders is taken from its own variable alone", () => {
    expect(connect({ VAULT_TOKEN: "s.1", BAO_TOKEN: "s.2" }).recoveryToken).toBeUndefined();
    expect(connect({ PORTCULLIS_VAULT_RECOVERY_TOKEN: " s.3\n" }).recoveryToken).toBe("s.3");
});

test.each([
    [
        "a certificate without its key",
        { VAULT_CLIENT_CERT: "alice" },
        "VAULT_CLIENT_KEY",
        /but VAULT_CLIENT_KEY is not/,
    ],
    [
        "a key without its certificate",
        { VAULT_CLIENT_KEY: "aliceKey" },
        "VAULT_CLIENT_CERT",
        /but VAULT_CLIENT_CERT is not/,
    ],
    [
        "another's key",
        { VAULT_CLIENT_CERT: "alice", VAULT_CLIENT_KEY: "bobKey" },
        "VAULT_CLIENT_KEY",
        /does not belong/,
    ],
    [
        "a key that is none",
        { VAULT_CLIENT_CERT: "alice", VAULT_CLIENT_KEY: "prose" },
        "VAULT_CLIENT_KEY",
        /no private key/,
    ],
    [
        "a certificate that is none",
        { VAULT_CLIENT_CERT: "prose", VAULT_CLIENT_KEY: "aliceKey" },
        "VAULT_CLIENT_CERT",
        /no certificate/,
    ],
    [
        "a file that is missing",
        { VAULT_CLIENT_CERT: "gone", VAULT_CLIENT_KEY: "aliceKey" },
        "VAULT_CLIENT_CERT",
        /does not exist|cannot be read/,
    ],
    [
        "authorities that are missing",
        { VAULT_CACERT: "gone" },
        "VAULT_CACERT",
        /does not exist|cannot be read/,
    ],
])("%s is refused", (_name, names, property, problem) => {
    const environment = Object.fromEntries(
        Object.entries(names).map(([key, name]) => [key, files[name] ?? join(directory, name)]),
    );
    let error: unknown;
    try {
        connect(environment);
    } catch (thrown) {
        error = thrown;
    }
    expect(error).toBeInstanceOf(PortcullisError);
    expect(error).toMatchObject({ code: "InvalidConfiguration", property });
    expect((error as PortcullisError).message).toMatch(problem);
});
