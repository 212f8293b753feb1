/** When ClientCertificate issues anew, and when it keeps what it has. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { commonNameOf, verifyClientCertificate } from "../../../../provider/pki/chain";
import {
    clientCertificate,
    type ClientCertificateInputs,
    type ClientCertificateState,
} from "../../../../provider/pki/client-certificate";
import { parseCertificate } from "../../../../provider/pki/parsed-certificate";
import { normalisePem } from "../../../../provider/pki/pem";
import { UNKNOWN, type PlannedInputs } from "../../../../provider/resource";
import { at, create, fixture, ofAuthority, type Fixture } from "./client-fixture";
import { authority, daysFromNow, NOW } from "./support";

let made: Fixture;
let inputs: ClientCertificateInputs;

beforeAll(async () => {
    made = await fixture();
    inputs = made.inputs;
});

describe("diff and update", () => {
    let state: ClientCertificateState;
    beforeAll(async () => {
        state = await create(inputs);
    });

    const diff = (over: Partial<PlannedInputs<ClientCertificateInputs>>, now = NOW) =>
        clientCertificate.diff(state, { ...inputs, ...over }, now);
    const update = (over: Partial<ClientCertificateInputs>, now = NOW) =>
        clientCertificate.update("id", state, { ...inputs, ...over }, at(now));

    test("nothing changed is no difference, and is not due until renewBefore", () => {
        expect(diff({ validity: "8760h", renewBefore: "720h" })).toEqual({ changed: [], replaces: [] });
        expect(diff({}, daysFromNow(334)).changed).toEqual([]);
        expect(diff({}, daysFromNow(335))).toEqual({ changed: ["notAfter"], replaces: [] });
    });

    test("an unknown authority is a difference, and nothing is read from it", () => {
        expect(diff({ authorityCertificatePem: UNKNOWN, authorityPrivateKeyPem: UNKNOWN })).toEqual({
            changed: ["authorityCertificatePem", "authorityPrivateKeyPem"],
            replaces: [],
        });
        const all = Object.fromEntries(Object.keys(inputs).map((key) => [key, UNKNOWN]));
        expect(diff(all).changed.length).toBe(Object.keys(inputs).length);
    });

    test("a renewed authority keeps the certificate, its key file unread", async () => {
        const over = { authorityCertificatePem: normalisePem(made.renewedCa.pem) };
        expect(diff(over)).toEqual({ changed: ["authorityCertificatePem"], replaces: [] });
        expect(await update(over)).toEqual({ ...state, ...over });
        const offline = {
            ...over,
            authorityPrivateKeyPem: undefined,
            authorityKeyFile: { path: "/nowhere", passphraseVariable: "NOT_SET" },
        };
        expect(await update(offline)).toEqual({ ...state, ...offline });
    });

    test("another authority issues another certificate", async () => {
        const after = await update(ofAuthority(made.otherCa));
        expect(verifyClientCertificate(after.certificatePem, made.otherCa.pem, NOW)).toEqual({
            trusted: true,
        });
    });

    test("an authority that ends before the certificate issues another one", async () => {
        const shorter = await authority({ notAfter: daysFromNow(50) }, made.ca.key);
        const after = await update({ authorityCertificatePem: shorter.pem });
        expect(after.notAfter).toBe(daysFromNow(50).toISOString());
    });

    test.each<[string, () => Partial<ClientCertificateInputs>]>([
        ["commonName", () => ({ commonName: "bob" })],
        ["keyAlgorithm", () => ({ keyAlgorithm: "EC-P384" })],
        ["validity", () => ({ validity: "100d" })],
        ["csrPem", () => ({ csrPem: made.csrPem, keyAlgorithm: undefined })],
    ])("another %s issues anew, in place; the certificate before stays valid", async (property, over) => {
        const { changed, replaces } = diff(over());
        expect(changed).toContain(property);
        expect(replaces).toEqual([]);
        const after = await update(over());
        expect(after.serialNumber).not.toBe(state.serialNumber);
        expect(after.privateKeyPem === undefined).toBe(property === "csrPem");
        expect(commonNameOf(after.certificatePem)).toBe(over().commonName ?? "alice");
        for (const pem of [state.certificatePem, after.certificatePem]) {
            expect(verifyClientCertificate(pem, made.ca.pem, NOW)).toEqual({ trusted: true });
        }
    });

    test.each([335, 400])("renews after %d days with a new key, and is then not due", async (days) => {
        const after = await update({}, daysFromNow(days));
        expect(after.privateKeyPem).not.toBe(state.privateKeyPem);
        expect(after.notAfter).toBe(daysFromNow(days + 365).toISOString());
        expect(clientCertificate.diff(after, inputs, daysFromNow(days))).toEqual({
            changed: [],
            replaces: [],
        });
    });

    test("renews for the request's own key", async () => {
        const withRequest = { ...inputs, csrPem: made.csrPem, keyAlgorithm: undefined };
        const before = await create(withRequest);
        const after = await clientCertificate.update("id", before, withRequest, at(daysFromNow(340)));
        expect(after.serialNumber).not.toBe(before.serialNumber);
        expect(
            parseCertificate(after.certificatePem).publicKey.equals(
                parseCertificate(before.certificatePem).publicKey,
            ),
        ).toBe(true);
    });

    test("after every update nothing is left to do, whatever the times", async () => {
        const days = fc.integer({ min: 1, max: 999 });
        await fc.assert(
            fc.asyncProperty(
                days,
                fc.integer({ min: 1, max: 1000 }),
                days,
                async (later, validity, before) => {
                    fc.pre(before < validity);
                    const wanted = { ...inputs, validity: `${validity}d`, renewBefore: `${before}d` };
                    const now = daysFromNow(later);
                    const after = await clientCertificate.update("id", state, wanted, at(now));
                    expect(clientCertificate.diff(after, wanted, now).changed).toEqual([]);
                    expect(verifyClientCertificate(after.certificatePem, made.ca.pem, now)).toEqual({
                        trusted: true,
                    });
                },
            ),
            { numRuns: 25 },
        );
    });

    test("read echoes, delete does nothing", async () => {
        expect(await clientCertificate.read("id", state, at(NOW))).toEqual({ id: "id", state });
        await expect(clientCertificate.delete("id", state, at(NOW))).resolves.toBeUndefined();
    });
});
