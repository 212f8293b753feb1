/** The trust policy of the nodes' role on a server that enforces it: nobody of the account can take the role. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { PolicyDocument } from "../../components/iam-policies";
import { trustPolicy } from "../../components/vault-cluster/policies";
import { findMoto } from "../../tools/services/moto";
import type { AwsCall } from "../oracles/boto";
import { openVaultAccount, PLACE, ROLE, type VaultAccount } from "../support/vault-account";
import { foundOrSkip } from "../support/skip";

describe("nobody of the account can take the nodes' role", function () {
    this.timeout(180_000);
    let account: VaultAccount;

    before(async function () {
        this.timeout(600_000);
        const found = foundOrSkip(this, await findMoto());
        account = await openVaultAccount(found);
    });

    after(() => (account as VaultAccount | undefined)?.moto.end());

    const RoleArn = `arn:aws:iam::${PLACE.account}:role/${ROLE}`;
    const assume = { RoleArn, RoleSessionName: "somebody" };
    const trusting = (document: PolicyDocument): AwsCall => ({
        ...{ service: "iam", operation: "update_assume_role_policy" },
        parameters: { RoleName: ROLE, PolicyDocument: JSON.stringify(document) },
    });
    const taken = async (): Promise<string | undefined> => {
        const wanted = { service: "sts", operation: "assume_role", parameters: assume };
        return (await account.call(account.administrator, wanted))[0]?.code;
    };

    it("be it who may do everything: the role trusts EC2 alone", async () => {
        assert.equal(await taken(), "AccessDenied");
        const [made] = await account.call(account.administrator, {
            ...{ service: "iam", operation: "get_role", parameters: { RoleName: ROLE } },
        });
        const { Role } = made?.answer as { Role: { AssumeRolePolicyDocument: unknown } };
        assert.deepEqual(Role.AssumeRolePolicyDocument, trustPolicy(PLACE));
    });

    it("and it is the trust that decides", async () => {
        const { Version, Statement } = trustPolicy(PLACE);
        const Principal = { AWS: `arn:aws:iam::${PLACE.account}:user/administrator` };
        const open = { Version, Statement: Statement.map((one) => ({ ...one, Principal })) };
        await account.call(account.administrator, trusting(open));
        try {
            assert.equal(await taken(), "ok");
        } finally {
            await account.call(account.administrator, trusting(trustPolicy(PLACE)));
        }
    });
});
