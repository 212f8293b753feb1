/** SdkProfile: what somebody changed in the file is seen, never shown, and never silently lost. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { sdkProfile, type SdkProfileState } from "../../../../provider/outscale/sdk-profile";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
import {
    all,
    CONFIG,
    create,
    destroy,
    home,
    inputsOf,
    parsed,
    put,
    read,
    refusal,
    SECRET,
    text,
    update,
} from "./profile/folder";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

const PEM = ".osc/config.json.secure.pem";

describe("drift", () => {
    const changeTo = (value: unknown): void => {
        put(CONFIG, JSON.stringify({ secure: value }));
    };
    const diffOf = (state: SdkProfileState) => sdkProfile.diff(state, inputsOf(), NOW);

    test("shows the keys and never their values, and is put right", async () => {
        const state = await create();
        changeTo({
            ...(parsed().secure as object),
            secret_key: "HIDDEN",
            region: "x",
            x509_client_cert: null,
        });
        const live = await read(state);
        expect(live).toMatchObject({
            driftedKeys: ["region", "secret_key", "x509_client_cert"],
            secretKey: SECRET,
        });
        expect(JSON.stringify(live)).not.toContain("HIDDEN");
        expect(diffOf(live ?? state)).toEqual({
            changed: ["driftedKeys"],
            replaces: [],
            deleteBeforeReplace: false,
        });
        const right = await update(live ?? state);
        expect(right).toEqual(state);
        expect(await read(right)).toEqual(state);
    });

    test.each([
        ["a missing key", { access_key: "AK" }],
        ["no object", 5],
        ["a list", []],
    ])("%s", async (_title, value) => {
        const state = await create();
        changeTo(value);
        expect((await read(state))?.driftedKeys).toEqual(
            ["access_key", "host", "https", "method", "region", "secret_key"].slice(
                "access_key" in Object(value) ? 1 : 0,
            ),
        );
    });

    test("a certificate's file that is gone or another", async () => {
        const state = await create({ clientCertificate: holders.alice });
        rmSync(join(home, PEM));
        expect((await read(state))?.driftedKeys).toEqual(["client_certificate"]);
        put(PEM, text(CONFIG));
        expect((await read(state))?.driftedKeys).toEqual(["client_certificate"]);
    });

    test("the order of keys and the white space are none", async () => {
        const state = await create();
        changeTo(Object.fromEntries(Object.entries(parsed().secure as object).reverse()));
        expect(await read(state)).toEqual(state);
    });

    test("a profile or a file that is gone is gone", async () => {
        const state = await create();
        put(CONFIG, "{}");
        expect(await read(state)).toBeUndefined();
        expect((await update(state)).digest).toBe(state.digest);
        rmSync(join(home, ".osc"), { recursive: true });
        expect(await read(state)).toBeUndefined();
        await destroy(state);
        expect(all()).toEqual([]);
    });

    test("that no refresh has seen is neither overwritten nor removed", async () => {
        const state = await create();
        changeTo({ secret_key: "HIDDEN" });
        const before = text();
        for (const work of [update(state, { region: "us-east-2" }), destroy(state)]) {
            const error = await refusal(work);
            expect(error.problem).toBe(
                `The profile "secure" of ${join(home, CONFIG)} is not as it was last seen; nothing has been written.`,
            );
            expect(error.remedy).toMatch(/^Run `pulumi refresh`/);
        }
        expect(text()).toBe(before);
        await destroy((await read(state)) ?? state);
        expect(text()).toBe("{}");
    });
});
