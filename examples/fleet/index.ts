/** The program of every account of the fleet: `fleet.yaml` says what differs. */
import * as pulumi from "@pulumi/pulumi";
import { AccountMfa } from "pulumi-portcullis";

const backup = new pulumi.Config().require("backupIpRange");

const account = new AccountMfa("account", {
    clients: { operator: {}, pipeline: { keyAlgorithm: "EC-P256" } },
    rules: { certificate: { description: "Anybody with a certificate of our authority" } },
    backupIpRanges: [backup],
    protect: [{ client: "operator" }, { client: "pipeline" }, { name: "backup", sourceIp: backup }],
});

/** Certificates and private keys by client; encrypted in state. */
export const certificates = account.certificates;
