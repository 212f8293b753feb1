/** The policies by which cert-manager writes proofs to one hosted zone, as data. */
import type { KnownAcme } from "./acme";
import { policyDocument, type PolicyDocument, type ServiceAccountName } from "../iam-policies";

/**
 * What a proof by DNS takes: records of the type TXT alone are written, at the names of proofs for these DNS zones alone,
 * in this hosted zone alone. Nothing is listed, for the issuers name their hosted zone.
 */
export function dnsPolicy(
    partition: string,
    { hostedZoneId, zones }: Pick<KnownAcme, "hostedZoneId" | "zones">,
): PolicyDocument {
    const names = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
    const types = "route53:ChangeResourceRecordSetsRecordTypes";
    return policyDocument([
        {
            Sid: "SeeChangesDone",
            Effect: "Allow",
            Action: ["route53:GetChange"],
            // Ids of changes are not known before they are made.
            Resource: [`arn:${partition}:route53:::change/*`],
        },
        {
            Sid: "WriteProofs",
            Effect: "Allow",
            Action: ["route53:ChangeResourceRecordSets"],
            Resource: [`arn:${partition}:route53:::hostedzone/${hostedZoneId}`],
            Condition: {
                "ForAllValues:StringEquals": { [types]: ["TXT"] },
                "ForAllValues:StringLike": { [names]: zones.flatMap(proofNames) },
                // Of an empty set, all values are equal to anything.
                Null: { [types]: "false", [names]: "false" },
            },
        },
    ]);
}

/** Names of the records that prove names in a DNS zone (RFC 8555, 8.4), as conditions of IAM match them. */
function proofNames(zone: string): readonly string[] {
    return [`_acme-challenge.${zone}`, `_acme-challenge.*.${zone}`];
}

/** Who may take the role by EKS Pod Identity: exactly one service account of one cluster. */
export function podIdentityTrust(clusterName: string, account: ServiceAccountName): PolicyDocument {
    return policyDocument([
        {
            Sid: "OneServiceAccount",
            Effect: "Allow",
            Principal: { Service: "pods.eks.amazonaws.com" },
            Action: ["sts:AssumeRole", "sts:TagSession"],
            Condition: {
                StringEquals: {
                    "aws:RequestTag/eks-cluster-name": clusterName,
                    "aws:RequestTag/kubernetes-namespace": account.namespace,
                    "aws:RequestTag/kubernetes-service-account": account.name,
                },
            },
        },
    ]);
}
