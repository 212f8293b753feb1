/** The program that the accounts of tested fleets share: one rule and its plan, or a whole AccountMfa. */
import * as pulumi from "@pulumi/pulumi";
import { AccountMfa, outscale } from "../../sdk";
import { ACCOUNT } from "./account-program";

/** Reads the account's configuration: `office` may enter, `watch` is protected, `mfa` asks for the whole component. */
export default function program(): Promise<Record<string, unknown>> {
    const config = new pulumi.Config();
    const office = config.require("office");
    if (config.getBoolean("mfa") === true) {
        const { certificates } = new AccountMfa("account", ACCOUNT);
        return Promise.resolve({ certificates });
    }
    const protect = [{ name: "watch", sourceIp: config.get("watch") ?? office }];
    const plan = new outscale.ApiAccessPlan("plan", {
        rules: [{ name: "office", ipRanges: [office] }],
        protect,
    });
    const rule = new outscale.ApiAccessRule("office", { ipRanges: [office] }, { dependsOn: plan });
    return Promise.resolve({ rule: rule.id, note: config.getSecret("note") });
}
