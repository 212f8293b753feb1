/** The policies by which cert-manager writes proofs to one hosted zone, as data. */

export interface Statement {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Principal?: Readonly<Record<string, string>>;
    readonly Action: readonly string[];
    readonly Resource?: readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
    readonly Version: "2012-10-17";
    readonly Statement: readonly Statement[];
}

/** A service account of Kubernetes. */
export interface ServiceAccountName {
    readonly namespace: string;
    readonly name: string;
}

/**
 * What a proof by DNS takes: records of the type TXT alone are written, in this hosted zone alone. Hosted zones are not
 * listed, for the issuers name theirs.
 */
export function dnsPolicy(partition: string, hostedZoneId: string): PolicyDocument {
    const zone = `arn:${partition}:route53:::hostedzone/${hostedZoneId}`;
    return {
        Version: "2012-10-17",
        Statement: [
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
        ],
    };
}

/**
 * Who may take the role by a token of the cluster: exactly one service account, for STS.
 *
 * @param oidcProviderArn `arn:aws:iam::<account>:oidc-provider/<issuer without scheme>`
 */
export function irsaTrust(oidcProviderArn: string, account: ServiceAccountName): PolicyDocument {
    const issuer = oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1);
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "OneServiceAccount",
                Effect: "Allow",
                Principal: { Federated: oidcProviderArn },
                Action: ["sts:AssumeRoleWithWebIdentity"],
                Condition: {
                    StringEquals: {
                        [`${issuer}:aud`]: "sts.amazonaws.com",
                        [`${issuer}:sub`]: `system:serviceaccount:${account.namespace}:${account.name}`,
                    },
                },
            },
        ],
    };
}

/** Who may take the role by EKS Pod Identity: exactly one service account of one cluster. */
export function podIdentityTrust(clusterName: string, account: ServiceAccountName): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [
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
        ],
    };
}
