/** The resource CertificateAuthority: checked, made, renewed with the same key, its key in the state or in a file. */
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    certificateAuthority,
    type CertificateAuthorityInputs,
    type CertificateAuthorityState,
} from "../../../../provider/pki/certificate-authority";
import { Declarations } from "../../../../provider/declarations";
import { validityOf, verifyClientCertificate } from "../../../../provider/pki/chain";
import { encryptPrivateKey, generatePrivateKey, keyMatchesCertificate } from "../../../../provider/pki/keys";
import { parseCertificate } from "../../../../provider/pki/parsed-certificate";
import { fingerprintSha1 } from "../../../../provider/pki/pem";
import { UNKNOWN, type Context, type PlannedInputs } from "../../../../provider/resource";
import { client, DAY, daysFromNow, NOW } from "./support";

const at = (now: Date): Context<unknown> => ({
    client: undefined,
    now: () => now,
    declared: new Declarations(),
    sleep: () => Promise.resolve(),
});
const inputs: CertificateAuthorityInputs = {
    commonName: "Test authority",
    keyAlgorithm: "EC-P256",
    validity: "365d",
    renewBefore: "30d",
    pathLength: 1,
    permanent: false,
};
const VARIABLE = "PORTCULLIS_TEST_CA_PASSPHRASE";

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "portcullis-ca-"));
    process.env[VARIABLE] = "correct horse";
});

afterEach(() => {
    rmSync(folder, { recursive: true });
    Reflect.deleteProperty(process.env, VARIABLE);
});

async function create(
    over: Partial<CertificateAuthorityInputs> = {},
    now = NOW,
): Promise<CertificateAuthorityState> {
    return (await certificateAuthority.create({ ...inputs, ...over }, at(now))).state;
}

describe("check", () => {
    test("fills the defaults", () => {
        expect(certificateAuthority.check({ commonName: "x" }, NOW, {})).toEqual({
            inputs: {
                commonName: "x",
                keyAlgorithm: "RSA-4096",
                validity: "365d",
                renewBefore: "30d",
                pathLength: 1,
                permanent: false,
            },
            failures: [],
        });
    });

    test("lets unknown values through, each of them and all", () => {
        const full = {
            ...inputs,
            organization: "Org",
            privateKeyFile: { path: "p", passphraseVariable: "V" },
        };
        fc.assert(
            fc.property(fc.subarray(Object.keys(full)), (unknown) => {
                const planned = { ...full, ...Object.fromEntries(unknown.map((key) => [key, UNKNOWN])) };
                expect(certificateAuthority.check(planned, NOW, {})).toEqual({
                    inputs: planned,
                    failures: [],
                });
            }),
        );
        const file = { path: UNKNOWN, passphraseVariable: "V" };
        expect(certificateAuthority.check({ ...inputs, privateKeyFile: file }, NOW, {}).failures).toEqual([]);
    });

    test.each<[string, object, RegExp]>([
        ["commonName", { commonName: "" }, /1 to 64 characters/],
        ["commonName", { commonName: "x".repeat(65) }, /1 to 64 characters/],
        ["commonName", { commonName: " x" }, /no space at either end/],
        ["commonName", { commonName: "a\nb" }, /no control characters/],
        ["commonName", { commonName: undefined }, /Give the authority's common name/],
        ["organization", { organization: "" }, /Give the organization/],
        [
            "keyAlgorithm",
            { keyAlgorithm: "DSA" },
            /Use one of: RSA-2048, RSA-3072, RSA-4096, EC-P256, EC-P384\./,
        ],
        ["validity", { validity: "1 year" }, /Write a whole number with its unit/],
        ["renewBefore", { renewBefore: "365d" }, /must be shorter than validity \(365d\)/],
        ["renewBefore", { validity: "1d", renewBefore: "24h" }, /must be shorter than validity \(1d\)/],
        ["pathLength", { pathLength: -1 }, /whole number from 0 to 10/],
        ["pathLength", { pathLength: 1.5 }, /whole number from 0 to 10/],
        [
            "privateKeyFile.path",
            { privateKeyFile: { path: "~/ca", passphraseVariable: "V" } },
            /"~" is not expanded/,
        ],
        ["privateKeyFile.path", { privateKeyFile: { passphraseVariable: "V" } }, /Give the path/],
        [
            "privateKeyFile.passphraseVariable",
            { privateKeyFile: { path: "p", passphraseVariable: "pass word" } },
            /never the passphrase itself/,
        ],
        [
            "privateKeyFile",
            { privateKeyFile: { path: "p", passphraseVariable: "V", passphrase: "x" } },
            /nothing else/,
        ],
        ["commonname", { commonname: "x" }, /There is no such input/],
    ])("refuses a wrong %s: %j", (property, over, reason) => {
        const { failures } = certificateAuthority.check({ ...inputs, ...over }, NOW, {});
        expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) }]);
    });
});

describe("create", () => {
    test("makes a root whose state echoes the inputs", async () => {
        const { id, state } = await certificateAuthority.create({ ...inputs, organization: "Org" }, at(NOW));
        expect(state).toEqual({
            ...inputs,
            organization: "Org",
            certificatePem: expect.stringMatching(
                /^-----BEGIN CERTIFICATE-----\n[^]*-----END CERTIFICATE-----\n$/,
            ),
            privateKeyPem: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n/),
            notBefore: "2026-06-15T11:55:00.000Z",
            notAfter: "2027-06-15T12:00:00.000Z",
            fingerprintSha1: fingerprintSha1(state.certificatePem),
        });
        const parsed = parseCertificate(state.certificatePem);
        expect(parsed.x509.subject).toBe("O=Org\nCN=Test authority");
        expect(parsed.basicConstraints).toEqual({ critical: true, ca: true, pathLength: 1 });
        expect(parsed.extensions.get("2.5.29.19")?.value.toString("hex")).toBe("30060101ff020101");
        expect([...(parsed.keyUsage ?? [])]).toEqual([5, 6]);
        expect(parsed.extensions.get("2.5.29.15")?.critical).toBe(true);
        expect(parsed.x509.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
        expect(id).toMatch(/^[0-9a-f]{40}$/);
        expect(keyMatchesCertificate(state.privateKeyPem ?? "", state.certificatePem)).toBe(true);
    });

    test("any name that check lets through is the subject, exactly", async () => {
        const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
        await fc.assert(
            fc.asyncProperty(names, async (commonName) => {
                fc.pre(certificateAuthority.check({ ...inputs, commonName }, NOW, {}).failures.length === 0);
                const { certificatePem } = await create({ commonName });
                expect(parseCertificate(certificatePem).commonNames).toEqual([commonName]);
            }),
            { numRuns: 25 },
        );
    });
});

describe("diff", () => {
    let state: CertificateAuthorityState;
    const diff = (over: Partial<PlannedInputs<CertificateAuthorityInputs>>, now = NOW) =>
        certificateAuthority.diff(state, { ...inputs, ...over }, now);

    beforeEach(async () => {
        state = await create();
    });

    test.each<[string, Partial<PlannedInputs<CertificateAuthorityInputs>>, string[], string[]]>([
        ["nothing", {}, [], []],
        ["a duration written differently", { validity: "8760h" }, [], []],
        ["another name", { commonName: "Other" }, ["commonName"], ["commonName"]],
        ["an organization", { organization: "Org" }, ["organization"], ["organization"]],
        ["another kind of key", { keyAlgorithm: "EC-P384" }, ["keyAlgorithm"], ["keyAlgorithm"]],
        ["another path length", { pathLength: 0 }, ["pathLength"], ["pathLength"]],
        ["another validity", { validity: "30d", renewBefore: "30d" }, ["validity"], []],
        ["another moment of renewal", { renewBefore: "10d" }, ["renewBefore"], []],
        ["a moment of renewal that has come", { renewBefore: "365d" }, ["renewBefore", "notAfter"], []],
        ["permanence", { permanent: true }, ["permanent"], []],
        ["a key file", { privateKeyFile: { path: "p", passphraseVariable: "V" } }, ["privateKeyFile"], []],
        ["an unknown name", { commonName: UNKNOWN }, ["commonName"], ["commonName"]],
        ["an unknown duration", { renewBefore: UNKNOWN }, ["renewBefore"], []],
    ])("%s", (_title, over, changed, replaces) => {
        expect(diff(over)).toEqual({ changed, replaces });
    });

    test("a name that reads like a duration is a name", () => {
        const named = { ...state, commonName: "24h", organization: "60m" };
        const { replaces } = certificateAuthority.diff(
            named,
            { ...inputs, commonName: "1d", organization: "1h" },
            NOW,
        );
        expect(replaces).toEqual(["commonName", "organization"]);
    });

    test("renewal is due from renewBefore on, expired or not", () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 800 * 24 }), (hours) => {
                const due = hours >= (365 - 30) * 24;
                expect(diff({}, daysFromNow(hours / 24)).changed).toEqual(due ? ["notAfter"] : []);
            }),
        );
    });
});

describe("update", () => {
    test.each([340, 400])("renews after %d days: same key and name, another serial number", async (days) => {
        const before = await create();
        // Longer than its authority: what is asked here is whether the renewed one vouches for it.
        const issuer = [{ CN: [{ utf8String: inputs.commonName }] }];
        const alice = await client(before.privateKeyPem ?? "", { issuer, notAfter: daysFromNow(1000) });
        const now = daysFromNow(days);
        const after = await certificateAuthority.update("id", before, inputs, at(now));
        const [old, renewed] = [
            new X509Certificate(before.certificatePem),
            new X509Certificate(after.certificatePem),
        ];
        expect(after.privateKeyPem).toBe(before.privateKeyPem);
        expect(renewed.subject).toBe(old.subject);
        expect(renewed.serialNumber).not.toBe(old.serialNumber);
        expect(validityOf(after.certificatePem).notAfter).toEqual(new Date(now.getTime() + 365 * DAY));
        expect(verifyClientCertificate(alice.pem, after.certificatePem, now)).toEqual({ trusted: true });
        expect(certificateAuthority.diff(after, inputs, now)).toEqual({ changed: [], replaces: [] });
    });

    test("only echoes where nothing about the certificate changed", async () => {
        const before = await create();
        const after = await certificateAuthority.update(
            "id",
            before,
            { ...inputs, renewBefore: "10d" },
            at(NOW),
        );
        expect(after).toEqual({ ...before, renewBefore: "10d" });
    });

    test("a change of validity issues anew with the same key", async () => {
        const before = await create();
        const after = await certificateAuthority.update(
            "id",
            before,
            { ...inputs, validity: "730d" },
            at(NOW),
        );
        expect(after.notAfter).toBe(daysFromNow(730).toISOString());
        expect(after.privateKeyPem).toBe(before.privateKeyPem);
    });
});

describe("a key file", () => {
    const file = () => ({ path: join(folder, "ca-key.pem"), passphraseVariable: VARIABLE });

    test("keeps the key out of the state, and signs the renewal", async () => {
        const state = await create({ privateKeyFile: file() });
        expect(state.privateKeyPem).toBeUndefined();
        expect(JSON.stringify(state)).not.toContain("PRIVATE KEY");
        const wanted = { ...inputs, privateKeyFile: file() };
        const renewed = await certificateAuthority.update("id", state, wanted, at(daysFromNow(340)));
        expect(renewed.privateKeyPem).toBeUndefined();
        expect(
            parseCertificate(renewed.certificatePem).publicKey.equals(
                parseCertificate(state.certificatePem).publicKey,
            ),
        ).toBe(true);
        await certificateAuthority.delete("id", renewed, at(NOW));
        expect(existsSync(file().path)).toBe(true);
    });

    test("a run stopped after the file was written continues with that key", async () => {
        const [first, second] = [
            await create({ privateKeyFile: file() }),
            await create({ privateKeyFile: file() }),
        ];
        const key = (state: CertificateAuthorityState) => parseCertificate(state.certificatePem).publicKey;
        expect(key(second).equals(key(first))).toBe(true);
    });

    test("an existing file of another passphrase, kind or content is refused and kept", async () => {
        const key = await generatePrivateKey("EC-P384");
        const texts: [string, RegExp][] = [
            [
                await encryptPrivateKey(key, "another passphrase"),
                /The passphrase does not open the private key/,
            ],
            [await encryptPrivateKey(key, "correct horse"), /is EC-P384, while keyAlgorithm says EC-P256/],
            ["notes", /holds no encrypted PEM private key/],
        ];
        for (const [text, message] of texts) {
            writeFileSync(file().path, text);
            await expect(create({ privateKeyFile: file() })).rejects.toThrow(message);
            expect(existsSync(file().path)).toBe(true);
        }
    });

    test("the key moves from the state to a file, to another file, and back", async () => {
        const inState = await create();
        const update = (state: CertificateAuthorityState, privateKeyFile?: ReturnType<typeof file>) =>
            certificateAuthority.update("id", state, { ...inputs, privateKeyFile }, at(NOW));
        const inFile = await update(inState, file());
        expect(inFile.privateKeyPem).toBeUndefined();
        expect(inFile.certificatePem).toBe(inState.certificatePem);
        const elsewhere = { ...file(), path: join(folder, "moved.pem") };
        renameSync(file().path, elsewhere.path);
        const moved = await update(inFile, elsewhere);
        const copied = await update(moved, file());
        expect((await update(copied)).privateKeyPem).toBe(inState.privateKeyPem);
    });

    test("refuses another authority's file, and says so where the file is gone", async () => {
        const state = await create({ privateKeyFile: file() });
        const other = { ...file(), path: join(folder, "other.pem") };
        await create({ privateKeyFile: other });
        const wanted = { ...inputs, privateKeyFile: other };
        await expect(certificateAuthority.update("id", state, wanted, at(NOW))).rejects.toThrow(
            "The key file holds another key than this authority's.",
        );
        rmSync(file().path);
        const same = { ...inputs, privateKeyFile: file() };
        await expect(certificateAuthority.update("id", state, same, at(daysFromNow(340)))).rejects.toThrow(
            `There is no file ${file().path}. Mount or restore the key file`,
        );
        expect(await certificateAuthority.read("id", state, at(NOW))).toEqual({ id: "id", state });
        expect(
            await certificateAuthority.update("id", state, { ...same, renewBefore: "5d" }, at(NOW)),
        ).toEqual({
            ...state,
            renewBefore: "5d",
        });
    });
});
