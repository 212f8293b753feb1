/** Policies of IAM as data: their form, and what the policies of several components say alike. */

export interface Statement {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: "*" | Readonly<Record<string, string>>;
    readonly Action: readonly string[];
    /** Absent from trust policies alone. */
    readonly Resource?: readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyDocument {
    readonly Version: "2012-10-17";
    readonly Statement: readonly Statement[];
}

export function policyDocument(statements: readonly Statement[]): PolicyDocument {
    return { Version: "2012-10-17", Statement: statements };
}

/** Where something stands, as ARNs say it. */
export interface Place {
    /** As "aws", "aws-cn", "aws-us-gov" or "aws-eusc". */
    readonly partition: string;
    /** "amazonaws.com", or the partition's own. */
    readonly dnsSuffix: string;
    readonly account: string;
    readonly region: string;
}

/** All that can be done with a key but use it: encrypting, decrypting and granting are not among them. */
const ADMINISTRATION = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
];

/** The account itself, by which whoever of it has the rights by a policy of their own is meant. */
export function accountOf({ partition, account }: Place): Readonly<Record<string, string>> {
    return { AWS: `arn:${partition}:iam::${account}:root` };
}

/** In a key's own policy: the account's administrators may change and delete the key, so that nobody is locked out of it. */
export function administrationByTheAccount(place: Place): Statement {
    return {
        Sid: "AdministrationByTheAccount",
        Effect: "Allow",
        Principal: accountOf(place),
        Action: ADMINISTRATION,
        Resource: ["*"],
    };
}

/** What Vault's seal by a key of KMS asks for. */
export const SEAL_ACTIONS: readonly string[] = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"];

/** A service account of Kubernetes. */
export interface ServiceAccountName {
    readonly namespace: string;
    readonly name: string;
}

const ARN = "arn:aws[a-z-]*:iam::[0-9]{12}";

/** Whether a text is the ARN of an OpenID Connect provider; its issuer is a host, with a path or none. */
export function isOidcProviderArn(text: string): boolean {
    return new RegExp(`^${ARN}:oidc-provider/[A-Za-z0-9.-]+(/[A-Za-z0-9._/-]+)?$`).test(text);
}

/** Whether a text is the ARN of a role, with its path where it has one. */
export function isRoleArn(text: string): boolean {
    return new RegExp(`^${ARN}:role/[\\w+=,.@/-]+$`).test(text);
}

/**
 * Who may take the role by a token of the cluster: exactly one service account, for STS.
 *
 * @param oidcProviderArn `arn:aws:iam::<account>:oidc-provider/<issuer without scheme>`
 */
export function irsaTrust(oidcProviderArn: string, account: ServiceAccountName): PolicyDocument {
    const issuer = oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1);
    return policyDocument([
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
    ]);
}
