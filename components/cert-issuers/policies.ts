/** The policies by which cert-manager writes proofs to one hosted zone, as data. */
import { policyDocument, type PolicyDocument, type ServiceAccountName } from "../iam-policies";

/**
 * What a proof by DNS takes: records of the type TXT alone are written, in this hosted zone alone. Hosted zones are not
 * listed, for the issuers name theirs.
 */
export function dnsPolicy(partition: string, hostedZoneId: string): PolicyDocument {
    const zone = `arn:${partition}:route53:::hostedzone/${hostedZoneId}`;
    return policyDocument([
        {
            Sid: "SeeChangesDone",
            Effect: "Allow",
            Action: ["route53:GetChange"],
            // Ids of changes are not known before they are made.
            Resource: [`arn:${partition}:route53:::change/*`],
        },
        {
            Sid: "ReadTheZone",
            Effect: "Allow",
            Action: ["route53:ListResourceRecordSets"],
            Resource: [zone],
        },
        {
            Sid: "WriteProofs",
            Effect: "Allow",
            Action: ["route53:ChangeResourceRecordSets"],
            Resource: [zone],
            Condition: {
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
                },
                // Of an empty set, all values are equal to anything.
                Null: { "route53:ChangeResourceRecordSetsRecordTypes": "false" },
            },
        },
    ]);
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
