/** A component that is renamed without an alias must not open the account to the world. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { AccountMfa } from "../../components/account-mfa/account-mfa";
import { captureGraph, type Graph } from "../support/graph";
import { deployInTurn } from "./run";
import { OUTSIDE } from "./world";

const STRANGER = "192.0.2.99";
const EC = { keyAlgorithm: "EC-P256" } as const;

function named(name: string): Promise<Graph> {
    // The provider deploys from the backup address, so that certificates of a new authority do not keep it out.
    const args = { authority: EC, clients: { operator: EC }, backupIpRanges: [OUTSIDE] };
    return captureGraph(() => new AccountMfa(name, args));
}

describe("a renamed component", function () {
    this.timeout(120_000);

    it("is refused where its old self would give the retired rules back", async () => {
        const { account, failure } = await deployInTurn([await named("account"), await named("renamed")]);
        assert.match(failure?.message ?? "", /declares it gone under another name.*`aliases` option/);
        assert.equal(account.admits({ sourceAddress: STRANGER }), false);
    });

    it("can still be destroyed, which gives them back", async () => {
        const { account, failure } = await deployInTurn([await named("account"), undefined]);
        assert.equal(failure, undefined);
        assert.deepEqual(
            account
                .rules()
                .map(({ Description }) => Description)
                .sort(),
            ["Allows Outscale Cockpit of this region", "Allows all IPv4 domain"],
        );
    });
});
