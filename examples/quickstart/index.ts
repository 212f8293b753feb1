/** The quickstart's program: an OUTSCALE account that only opens to client certificates. */
import { AccountMfa } from "pulumi-portcullis";

const account = new AccountMfa("account", {
    // Each gets a certificate of an authority made here: for people, machines, pipelines.
    clients: {
        operator: {},
        pipeline: { keyAlgorithm: "EC-P256" },
    },
    // Any rule that matches admits a call.
    rules: {
        certificate: { description: "Anybody with a certificate of our authority" },
    },
    // For the day the certificates fail: an address that is not the one you work from.
    backupIpRanges: ["192.0.2.10/32"],
    // A change that would lock one of these out is refused, at preview already.
    protect: [{ client: "operator" }, { client: "pipeline" }, { name: "backup", sourceIp: "192.0.2.10" }],
});

/** Certificates and private keys by client; encrypted in state: `pulumi stack output certificates --show-secrets`. */
export const certificates = account.certificates;
/** Rules that were found to admit calls without a certificate. */
export const otherRules = account.otherRules;
