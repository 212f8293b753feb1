/** What is kept of an initialisation whose answer is not what was asked for. */
import { expect, test } from "@jest/globals";
import type { VaultServer } from "../../../../provider/vault/client";
import { initialise } from "../../../../provider/vault/initialising";
import type { VaultInitializationInputs } from "../../../../provider/vault/initialization";
import { HOLDER_A, HOLDER_B, HOLDER_C } from "../../../support/pgp-keys";

/** Takes the place of a server that makes another number of shares: none of the real ones does. */
function making(shares: readonly string[]): VaultServer {
    const server: VaultServer = {
        call: (_method, _path, schema) =>
            Promise.resolve({
                status: 200,
                data: schema.parse({ root_token: "s.root", recovery_keys_base64: shares }),
            }),
        patient: () => server,
        close: () => undefined,
    };
    return server;
}

// Nothing else of the inputs is read.
const inputs = {
    address: "https://vault.example:8200",
    owner: "project/stack vault",
    product: "openbao",
    pgpKeys: [HOLDER_A, HOLDER_B, HOLDER_C].map(({ armored }) => armored),
    recoveryShares: 3,
    recoveryThreshold: 2,
} as unknown as VaultInitializationInputs;

test.each([
    [["a", "b"], /answered with 2 recovery shares where it was asked for 3; those that there are were kept/],
    [["a", "b", "c", "d"], /answered with 4 recovery shares where it was asked for 3/],
    [[], /answered with 0 recovery shares/],
])("other than as many shares as keys, %j, are kept and said to be no whole", async (shares, why) => {
    const made = await initialise(making(shares), inputs, undefined, new Date());
    expect(made.delivery.encryptedShares).toEqual(shares);
    expect(made.lost).toMatchObject({
        code: "ServiceError",
        property: "recoveryShares",
        message: expect.stringMatching(why),
    });
});

test("as many shares as keys are what was asked for", async () => {
    const made = await initialise(making(["a", "b", "c"]), inputs, undefined, new Date());
    expect(made.lost).toBeUndefined();
    expect(made.delivery.pgpFingerprints).toEqual(
        [HOLDER_A, HOLDER_B, HOLDER_C].map((each) => each.fingerprint),
    );
});
