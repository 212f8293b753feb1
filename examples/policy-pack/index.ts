/** A team's policy pack: `pulumi preview --policy-pack examples/policy-pack`. */
import { PolicyPack } from "@pulumi/policy";
import { accessPolicies } from "pulumi-portcullis/policy";

new PolicyPack("account-access", {
    policies: accessPolicies({
        // A violation refuses the preview; "advisory" tells of it and goes on.
        enforcementLevel: "mandatory",
        maxKeyLifetime: "90d",
        // Addresses that calls without a certificate may come from, however many they are: the backup's, say.
        openRanges: ["192.0.2.10/32"],
    }),
});
