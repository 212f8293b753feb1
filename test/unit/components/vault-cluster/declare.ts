/** VaultCluster under mocks, with what AWS would answer, and every child found by the end of its name. */
import { jest } from "@jest/globals";
import type { VaultClusterArgs } from "../../../../components/vault-cluster/args";
import { VaultCluster } from "../../../../components/vault-cluster/vault-cluster";
import { childrenWith, type Child } from "../../../support/children";
import { CLUSTER, clusterArgs } from "../../../support/vault-cluster";

// The modules of @pulumi/aws are loaded when the first cluster is declared: on a busy machine that takes seconds.
jest.setTimeout(60_000);

export const ACCOUNT = "123456789012";
export const KEY_ARN = `arn:aws:kms:eu-west-3:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
export const SECRET_ARN = `arn:aws:secretsmanager:eu-west-3:${ACCOUNT}:secret:ogenki-vault-tls-AbCdEf`;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/ogenki-vault-role`;

/** What AWS would answer. */
export function outputs({ name, type }: { readonly name: string; readonly type: string }) {
    switch (type) {
        case "aws:kms/key:Key":
            return { arn: KEY_ARN };
        case "aws:secretsmanager/secret:Secret":
            return { arn: SECRET_ARN };
        case "aws:iam/role:Role":
            return { arn: ROLE_ARN, name: "ogenki-vault-role" };
        case "aws:ec2/launchTemplate:LaunchTemplate":
            return { latestVersion: 7 };
        case "aws:lb/loadBalancer:LoadBalancer":
            return { arn: `arn:${name}`, dnsName: "internal-x.elb.eu-west-3.amazonaws.com" };
        default:
            return { arn: `arn:${name}` };
    }
}

/** What its functions answer. */
export const functions = {
    "aws:index/getCallerIdentity:getCallerIdentity": { accountId: ACCOUNT },
    "aws:index/getPartition:getPartition": { partition: "aws", dnsSuffix: "amazonaws.com" },
    "aws:ec2/getAmi:getAmi": { id: "ami-1", rootDeviceName: "/dev/sda1" },
};

/** A cluster, and what it is made of. */
export interface Declared {
    readonly cluster: VaultCluster;
    readonly found: readonly Child[];
    /** The child whose name ends so; fails where there is none. */
    readonly child: (suffix: string) => Child;
    readonly inputs: (suffix: string) => Readonly<Record<string, unknown>>;
}

/** Declares a cluster of the usual arguments but for the changes. */
export async function declare(
    tls: VaultClusterArgs["tls"],
    changes: Partial<VaultClusterArgs> = {},
): Promise<Declared> {
    let cluster: VaultCluster | undefined;
    const found = await childrenWith(
        (opts) => (cluster = new VaultCluster(CLUSTER, { ...clusterArgs(tls), ...changes }, opts)),
        { outputs, functions },
    );
    if (cluster === undefined) throw new Error("no cluster");
    const child = (suffix: string): Child => {
        const one = found.find(({ name }) => name === `${CLUSTER}-${suffix}`);
        if (one === undefined) throw new Error(`no ${suffix} among ${found.map(({ name }) => name).join()}`);
        return one;
    };
    return { cluster, found, child, inputs: (suffix) => child(suffix).inputs };
}
