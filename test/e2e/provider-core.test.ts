/** The provider core on the real engine: no-op previews, drift, objects gone, partial failures, adoption. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { z } from "zod";
import { outscale, pki } from "../../sdk";
import { providerText } from "../../provider/dynamic";
import { accountProgram, EC, OFFICE } from "../support/account-program";
import {
    changesOf,
    openDeployment,
    OPENING,
    skipWherePlain,
    type Checkpoint,
    type Deployment,
} from "../support/deployment";
import { failureOf } from "../support/secrets";
import { refusal, shapeOf, type AccountShape } from "../support/staged-account";

const resources = z.object({
    resources: z.array(
        z.object({
            type: z.string(),
            urn: z.string(),
            id: z.string().optional(),
            inputs: z.record(z.string(), z.unknown()).default({}),
            outputs: z.record(z.string(), z.unknown()).default({}),
        }),
    ),
});

/** The resources that the stack's state holds. */
async function stateOf({ stack }: Deployment): Promise<z.output<typeof resources>["resources"]> {
    return resources.parse((await stack.exportState()).deployment).resources;
}

const isOurs = ({ type }: { readonly type: string }): boolean =>
    type.startsWith("pulumi-nodejs:dynamic/") && !type.startsWith("pulumi-nodejs:dynamic/other");

describe("AccountMfa on the real engine", function () {
    this.timeout(180_000);

    let deployment: Deployment;
    let base: Checkpoint;
    let shape: AccountShape;

    before(async function () {
        this.timeout(OPENING);
        deployment = await openDeployment({ program: accountProgram() });
        await deployment.stack.up({ outputs: false });
        base = await deployment.checkpoint();
        shape = shapeOf(deployment.account);
    });

    beforeEach(() => deployment.restore(base));
    after(() => deployment.close());

    it("leaves two certificate-only ways in and retires the rules that it found", () => {
        assert.deepEqual(shape, {
            rules: [
                `["gatehouse/test account-backup-rule",[],[],["${OFFICE}/32"]]`,
                '["gatehouse/test account-rule-certificate-1",["gatehouse/test account-ca-1"],[],[]]',
            ],
            cas: ["gatehouse/test account-ca-1"],
        });
    });

    it("shows no change at the next preview, and none after a refresh", async () => {
        assert.deepEqual(changesOf(await deployment.stack.preview()), {});
        assert.deepEqual(changesOf(await deployment.stack.refresh()), {});
        assert.deepEqual(changesOf(await deployment.stack.preview()), {});
        assert.deepEqual(deployment.account.snapshot(), base.account);
    });

    it("keeps in state the text that calls out to the package, and nothing else", async () => {
        const ours = (await stateOf(deployment)).filter(isOurs);
        assert.equal(ours.length, 13);
        for (const { type, inputs, outputs } of ours) {
            const text = providerText(type.slice("pulumi-nodejs:dynamic/".length));
            assert.equal(inputs.__provider, text, type);
            assert.equal(outputs.__provider, text, type);
        }
    });

    it("finds a rule that is gone, and makes it again", async () => {
        const { account, stack } = deployment;
        const lost = account.ruleDescribed("account-backup-rule").ApiAccessRuleId;
        account.changeRules((rules) => rules.filter(({ ApiAccessRuleId }) => ApiAccessRuleId !== lost));
        assert.deepEqual(changesOf(await stack.refresh()), { delete: 1 });
        // Both proofs name the rule by its id, so they are made anew as well.
        assert.deepEqual(changesOf(await stack.up({ outputs: false })), { create: 1, update: 2 });
        assert.deepEqual(shapeOf(account), shape);
        assert.notEqual(account.ruleDescribed("account-backup-rule").ApiAccessRuleId, lost);
        assert.deepEqual(changesOf(await stack.preview()), {});
    });

    it("finds a rule that was changed by hand, and restores it", async () => {
        const { account, stack } = deployment;
        const id = account.ruleDescribed("account-rule-certificate-1").ApiAccessRuleId;
        account.changeRules((rules) =>
            rules.map((rule) =>
                rule.ApiAccessRuleId === id
                    ? { ...rule, Cns: ["operator"], Description: "touched by hand" }
                    : rule,
            ),
        );
        assert.deepEqual(changesOf(await stack.refresh()), { update: 1 });
        const up = await stack.up({ outputs: false });
        assert.deepEqual(shapeOf(account), shape);
        assert.equal(account.ruleDescribed("account-rule-certificate-1").ApiAccessRuleId, id);
        assert.equal(up.changes.create, undefined);
        assert.deepEqual(changesOf(await stack.preview()), {});
    });

    it("finds a retired rule that came back, and retires it again", async () => {
        const { account, stack } = deployment;
        const world = {
            CaIds: [],
            Cns: [],
            IpRanges: ["0.0.0.0/0"],
            Description: "Allows all IPv4 domain",
            ApiAccessRuleId: `aar-${"1".repeat(32)}`,
        };
        account.changeRules((rules) => [...rules, world]);
        assert.deepEqual(changesOf(await stack.refresh()), { delete: 1 });
        assert.deepEqual(changesOf(await stack.up({ outputs: false })), { create: 1 });
        assert.deepEqual(shapeOf(account), shape);
        assert.deepEqual(changesOf(await stack.preview()), {});
    });

    it("keeps the id of a retirement whose last look failed, and finishes it the next time", async () => {
        const { account, stack } = deployment;
        await stack.destroy();
        let deleted = 0;
        account.alter = (call, answer) => {
            if (call === "DeleteApiAccessRule") deleted += 1;
            return deleted > 0 && call === "ReadApiAccessRules" ? refusal(400, "4000", "Not now.") : answer;
        };
        const failure = await failureOf(stack.up({ outputs: false }));
        assert.match(failure.message, /OUTSCALE refused ReadApiAccessRules \(HTTP 400, code 4000/);
        account.alter = undefined;
        const retired = (await stateOf(deployment)).filter(({ type }) =>
            type.endsWith(":RetiredApiAccessRule"),
        );
        assert.ok(retired.length >= 1, "a rule that was deleted is in state");
        await stack.up({ outputs: false });
        assert.deepEqual(shapeOf(account), shape);
        assert.deepEqual(changesOf(await stack.preview()), {});
        await stack.destroy();
        const found = ["Allows Outscale Cockpit of this region", "Allows all IPv4 domain"];
        assert.deepEqual(
            account
                .rules()
                .map(({ Description }) => Description)
                .sort(),
            found,
        );
    });

    it("needs no credentials for a preview, and lets through what is not known yet", async () => {
        const bare = await openDeployment({ program: accountProgram(), config: () => ({}) });
        try {
            const preview = await bare.stack.preview();
            assert.deepEqual(preview.changes, { create: 15 });
            // Where the programs are projects, the engine tells where their language host came from.
            const notes = /^using pulumi-language-nodejs from /;
            assert.deepEqual(
                preview.diagnostics.filter(({ message }) => !notes.test(message)),
                [],
            );
            assert.deepEqual(bare.emulator.calls, []);
        } finally {
            await bare.close();
        }
    });
});

describe("single resources on the real engine", function () {
    this.timeout(180_000);

    let deployment: Deployment;
    let empty: Checkpoint;
    let authority: string;

    before(async function () {
        skipWherePlain(this);
        this.timeout(OPENING);
        const program = () => {
            const { certificatePem } = new pki.CertificateAuthority("authority", {
                ...EC,
                commonName: "Gate",
            });
            return Promise.resolve({ certificatePem });
        };
        deployment = await openDeployment({ program });
        const { outputs } = await deployment.stack.up();
        authority = String(outputs.certificatePem?.value);
        await deployment.stack.destroy();
        empty = await deployment.checkpoint();
    });

    beforeEach(() => deployment.restore(empty));
    after(() => (deployment as Deployment | undefined)?.close());

    const gate =
        (options: Partial<outscale.CaArgs> & { readonly adopt?: boolean } = {}) =>
        () => {
            const ca = new outscale.Ca("gate", { caPem: authority, ...options });
            const rule = new outscale.ApiAccessRule("gate", {
                caIds: [ca.caId],
                ...(options.adopt === undefined ? {} : { adopt: options.adopt }),
            });
            return Promise.resolve({ caId: ca.caId, ruleId: rule.ruleId });
        };

    it("keeps an authority whose fingerprint could not be verified, and goes on with the same one", async () => {
        const { account, stack } = deployment;
        // `answer` is in the form of CreateCa and ReadCas.
        account.alter = (call, answer) =>
            ["CreateCa", "ReadCas"].includes(call)
                ? {
                      ...answer,
                      body: JSON.parse(
                          JSON.stringify(answer.body).replace(/[0-9a-f]{40}/g, "0".repeat(40)),
                      ) as typeof answer.body,
                  }
                : answer;
        const failure = await failureOf(stack.up({ program: gate(), outputs: false }));
        assert.match(failure.message, /the account reports fingerprint 0{40} for ca-[0-9a-f]{32}/i);
        const [made] = account.cas();
        const kept = (await stateOf(deployment)).find(({ type }) => type.endsWith(":Ca"));
        assert.equal(kept?.id, made?.CaId);
        assert.deepEqual(
            account.rules().filter(({ CaIds }) => CaIds.length > 0),
            [],
            "no rule trusts it yet",
        );

        const again = await failureOf(stack.up({ program: gate(), outputs: false }));
        assert.match(again.message, /the account reports fingerprint/i);
        account.alter = undefined;
        await stack.up({ program: gate(), outputs: false });
        assert.deepEqual(
            account.cas().map(({ CaId }) => CaId),
            [made?.CaId],
        );
        assert.equal(account.rules().filter(({ CaIds }) => CaIds.length > 0).length, 1);
        assert.deepEqual(changesOf(await stack.preview({ program: gate() })), {});
    });

    it("continues where the rule could not be made, without a second authority", async () => {
        const { account, stack } = deployment;
        account.alter = (call, answer) =>
            call === "ReadApiAccessRules" ? refusal(400, "4000", "Not now.") : answer;
        await failureOf(stack.up({ program: gate(), outputs: false }));
        const [made] = account.cas();
        account.alter = undefined;
        await stack.up({ program: gate(), outputs: false });
        assert.deepEqual(
            account.cas().map(({ CaId }) => CaId),
            [made?.CaId],
        );
        assert.equal(account.rules().length, 3);
    });

    it("adopts what the account already has, when told so", async () => {
        const { account, stack } = deployment;
        const { outputs } = await stack.up({ program: gate() });
        // The account as it is, and a stack that knows nothing of it.
        const standing = account.snapshot();
        await deployment.restore({ ...empty, account: standing });
        account.changeRules((rules) =>
            rules.map((rule) => (rule.CaIds.length > 0 ? { ...rule, Description: "by hand" } : rule)),
        );
        account.changeCas((cas) => cas.map((ca) => ({ ...ca, Description: "by hand" })));
        const adopted = await stack.up({ program: gate({ adopt: true }) });
        assert.deepEqual(adopted.outputs, outputs);
        assert.deepEqual(account.snapshot(), standing, "the descriptions are the program's again");
        assert.deepEqual(changesOf(await stack.preview({ program: gate({ adopt: true }) })), {});
        assert.deepEqual(changesOf(await stack.preview({ program: gate() })), {}, "adoption is over");
    });

    it("finds an authority that is gone, and makes it and what names it again", async () => {
        const { account, stack } = deployment;
        await stack.up({ program: gate(), outputs: false });
        const shape = shapeOf(account);
        account.changeCas(() => []);
        assert.deepEqual(changesOf(await stack.refresh()), { delete: 1 });
        assert.deepEqual(changesOf(await stack.up({ program: gate(), outputs: false })), {
            create: 1,
            update: 1,
        });
        assert.deepEqual(shapeOf(account), shape);
        assert.deepEqual(changesOf(await stack.preview({ program: gate() })), {});
    });
});
