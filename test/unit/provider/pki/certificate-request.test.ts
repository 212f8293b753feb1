/** Requests: what is asked for, when the key is another one, and that a key in use is never lost. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPublicKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Declarations } from "../../../../provider/declarations";
import {
    certificateRequest,
    type CertificateRequestInputs,
    type CertificateRequestState,
} from "../../../../provider/pki/certificate-request";
import { generalNamesOf } from "../../../../provider/pki/offline/general-names";
import { readRequest } from "../../../../provider/pki/request";
import { subjectText } from "../../../../provider/pki/offline/subject-text";
import type { Context } from "../../../../provider/resource";
import { certified, makeTiers, type Tiers } from "../../../support/tiers";
import { NOW } from "./support";

const context: Context<unknown> = {
    client: undefined,
    now: () => NOW,
    declared: new Declarations(),
    sleep: () => Promise.resolve(),
};
const VARIABLE = "PORTCULLIS_TEST_REQUEST_PASSPHRASE";
let tiers: Tiers;
let folder: string;
beforeAll(async () => {
    tiers = await makeTiers();
    folder = mkdtempSync(join(tmpdir(), "portcullis-request-"));
    process.env[VARIABLE] = "correct horse battery";
});
afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    Reflect.deleteProperty(process.env, VARIABLE);
});

const SERVER: CertificateRequestInputs = {
    tier: "server",
    commonName: "vault.example.org",
    organization: "Example, Inc.",
    country: "FR",
    dnsNames: ["vault.example.org"],
    ipAddresses: ["127.0.0.1"],
    keyAlgorithm: "EC-P256",
    generation: 1,
};
const create = async (inputs: CertificateRequestInputs): Promise<CertificateRequestState> =>
    (await certificateRequest.create(inputs, context)).state;
const update = (state: CertificateRequestState, inputs: CertificateRequestInputs) =>
    certificateRequest.update("id", state, inputs, context);
const keyOf = ({ requestPem }: { requestPem: string }) =>
    readRequest(requestPem).publicKey.export({ type: "spki", format: "pem" });

test("asks for what the tier needs", async () => {
    const server = readRequest((await create(SERVER)).requestPem);
    expect(subjectText(server.subject)).toBe('C=FR, O="Example, Inc.", CN=vault.example.org');
    const names = server.extensions.get("2.5.29.17")?.value ?? Buffer.alloc(0);
    expect(generalNamesOf(names)).toEqual({
        dnsNames: ["vault.example.org"],
        ipAddresses: ["127.0.0.1"],
        others: 0,
    });
    const authority = readRequest(
        (
            await create({
                tier: "intermediate",
                commonName: "Intermediate",
                permittedDnsDomains: ["example.org"],
                keyAlgorithm: "EC-P256",
                generation: 1,
            })
        ).requestPem,
    );
    expect(authority.extensions.get("2.5.29.19")?.value.toString("hex")).toBe("30060101ff020101");
    expect(authority.extensions.get("2.5.29.30")).toMatchObject({ critical: true });
});

describe("an update", () => {
    test("of the names keeps the key, and of nothing keeps the request", async () => {
        const state = await create(SERVER);
        expect(await update(state, SERVER)).toEqual(state);
        const renamed = await update(state, { ...SERVER, dnsNames: ["new.example.org"] });
        expect(renamed.requestPem).not.toBe(state.requestPem);
        expect(renamed.privateKeyPem).toBe(state.privateKeyPem);
        expect(renamed.previous).toEqual([]);
    });

    test.each<[string, Partial<CertificateRequestInputs>]>([
        ["generation", { generation: 2 }],
        ["keyAlgorithm", { keyAlgorithm: "EC-P384" }],
    ])("of the %s makes a new key", async (_name, change) => {
        const state = await create(SERVER);
        const next = await update(state, { ...SERVER, ...change });
        expect(keyOf(next)).not.toBe(keyOf(state));
        expect(createPublicKey(next.privateKeyPem ?? "").export({ type: "spki", format: "pem" })).toBe(
            keyOf(next),
        );
    });

    test("keeps the request and the key of the certificate in use, through any number of others", async () => {
        const state = await create(SERVER);
        const certificatePem = await certified("server", state.requestPem, tiers.intermediate);
        const held = { requestPem: state.requestPem, privateKeyPem: state.privateKeyPem };
        const second = await update(state, { ...SERVER, generation: 2, certificatePem });
        expect(second.previous).toEqual([held]);
        const third = await update(second, { ...SERVER, generation: 3, certificatePem });
        expect(third.previous).toEqual([held]);
        const ofThird = await certified("server", third.requestPem, tiers.intermediate);
        const fourth = await update(third, { ...SERVER, generation: 4, certificatePem: ofThird });
        expect(fourth.previous).toEqual([
            { requestPem: third.requestPem, privateKeyPem: third.privateKeyPem },
        ]);
        const foreign = await update(fourth, { ...SERVER, generation: 5, certificatePem: tiers.server.pem });
        expect(foreign.previous).toEqual([]);
    });
});

describe("a key file", () => {
    const inFile = (name: string, generation = 1): CertificateRequestInputs => ({
        tier: "intermediate",
        commonName: "Intermediate",
        keyAlgorithm: "EC-P256",
        generation,
        privateKeyFile: { path: join(folder, name), passphraseVariable: VARIABLE },
    });

    test("holds the key, and state does not", async () => {
        const state = await create(inFile("one.pem"));
        expect(existsSync(join(folder, "one.pem"))).toBe(true);
        expect(JSON.stringify(state)).not.toContain("PRIVATE KEY");
        expect(keyOf(await update(state, { ...inFile("one.pem"), commonName: "Other" }))).toBe(keyOf(state));
        expect(keyOf(await create(inFile("one.pem")))).toBe(keyOf(state));
    });

    test("is never overwritten: a new key needs another path, and there only a new key will do", async () => {
        const state = await create(inFile("two.pem"));
        await expect(update(state, inFile("two.pem", 2))).rejects.toMatchObject({
            code: "InvalidInput",
            property: "privateKeyFile.path",
        });
        const next = await update(state, inFile("three.pem", 2));
        expect(keyOf(next)).not.toBe(keyOf(state));
        await expect(update(next, inFile("two.pem", 2))).rejects.toThrow("holds another key");
    });
});

test.each<[string, object, string, RegExp]>([
    ["a server without names", { dnsNames: undefined }, "dnsNames", /It is missing/],
    ["no names at all", { dnsNames: [] }, "dnsNames", /Give DNS names/],
    ["an address as a name", { dnsNames: ["10.0.0.1"] }, "dnsNames[0]", /Give DNS names/],
    ["a name as an address", { ipAddresses: ["a.org"] }, "ipAddresses[0]", /Give IP addresses/],
    ["constraints of a server", { permittedDnsDomains: ["a.org"] }, "permittedDnsDomains", /Leave it out/],
    ["names of an authority", { tier: "issuer", ipAddresses: undefined }, "dnsNames", /Leave them out/],
    ["a root", { tier: "root" }, "tier", /Use one of/],
    ["a country in small letters", { country: "fr" }, "country", /two capital letters/],
    ["generation 0", { generation: 0 }, "generation", /whole number from 1 on/],
    [
        "a key for a certificate",
        { certificatePem: "-----BEGIN PRIVATE KEY-----" },
        "certificatePem",
        /private key/,
    ],
])("%s is refused", (_name, over, property, reason) => {
    const all: Readonly<Record<string, unknown>> = { ...SERVER, ...over };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const { failures } = certificateRequest.check(given, NOW, {});
    expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
});
