/** The resource Pkcs12Bundle: when its file is made anew, and when it is kept. */
import { createSecureContext } from "node:tls";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { pkcs12Bundle, type Pkcs12BundleInputs } from "../../../../provider/pki/pkcs12-bundle";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
import { at } from "./client-fixture";

let holders: Holders;
let inputs: Pkcs12BundleInputs;
beforeAll(async () => {
    holders = await makeHolders();
    inputs = {
        ...holders.alice,
        chainPems: [holders.authorities.a.certificatePem],
        password: "correct horse battery",
        encryption: "modern",
        iterations: 10_000,
    };
});

const create = async (over: Partial<Pkcs12BundleInputs> = {}) =>
    pkcs12Bundle.create({ ...inputs, ...over }, at(NOW));

const open = ({ pkcs12, password }: { readonly pkcs12: string; readonly password: string }) =>
    createSecureContext({ pfx: Buffer.from(pkcs12, "base64"), passphrase: password });

describe("makes", () => {
    test("a file that the password opens, and echoes its inputs", async () => {
        const { id, state } = await create();
        expect(state).toEqual({ ...inputs, pkcs12: state.pkcs12 });
        expect(id).toMatch(/^[0-9a-f]{40}$/);
        open(state);
        expect(() => open({ ...state, password: "correct horse" })).toThrow();
    });

    test("another file for each change, and none without", async () => {
        const { id, state } = await create();
        expect(pkcs12Bundle.diff(state, inputs, NOW)).toEqual({ changed: [], replaces: [] });
        expect(await pkcs12Bundle.update(id, state, inputs, at(NOW))).toEqual(state);
        const changes: Partial<Pkcs12BundleInputs>[] = [
            { certificatePem: holders.expired.certificatePem, privateKeyPem: holders.expired.privateKeyPem },
            { chainPems: [] },
            { password: "another horse battery" },
            { friendlyName: "Alice's card" },
            { encryption: "legacy" },
            { iterations: 10_001 },
        ];
        for (const change of changes) {
            const wanted = { ...inputs, ...change };
            const changed = Object.keys(change);
            expect(pkcs12Bundle.diff(state, wanted, NOW)).toEqual({ changed, replaces: [] });
            const after = await pkcs12Bundle.update(id, state, wanted, at(NOW));
            expect(after).toEqual({ ...wanted, pkcs12: after.pkcs12 });
            expect(after.pkcs12).not.toBe(state.pkcs12);
            open(after);
        }
    });

    test("nothing at a refresh", async () => {
        const { id, state } = await create();
        expect(await pkcs12Bundle.read(id, state, at(NOW))).toEqual({ id, state });
    });
});
