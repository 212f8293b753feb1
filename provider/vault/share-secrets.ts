/** Recovery shares in AWS Secrets Manager: each in a secret of its own, whose place is proven before a share exists. */
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PortcullisError } from "../errors";
import { withoutSecrets } from "../redaction";

export interface SecretsManagerPlace {
    /** The secrets are `<prefix>-1`, `<prefix>-2` and so on. */
    readonly prefix: string;
    readonly region: string;
    /** The KMS key that encrypts them; the account's default for Secrets Manager unless given. */
    readonly kmsKeyId?: string | undefined;
}

/** Where the shares of one cluster go. */
export interface ShareSecrets {
    /** By the shares' order. */
    readonly names: readonly string[];
    /**
     * Makes the secrets and writes a value without meaning into each, so that what is not allowed is known before the
     * cluster is initialised. A secret that is there is taken where its tags say that it was prepared for the same owner
     * and never got a share, or that its share is of the try `before`, and refused otherwise: also one of the same owner,
     * for a run that no state knows may have filled it.
     * @param before the mark of an earlier try whose cluster is gone
     */
    prepare(owner: string, before: string | undefined): Promise<void>;
    /** Writes the shares, one after another, into secrets that bear the mark of this try from then on. */
    deliver(shares: readonly string[], attempt: string): Promise<void>;
}

const STAGE_TAG = "portcullis:recovery-share";
const OWNER_TAG = "portcullis:owner";
const ATTEMPT_TAG = "portcullis:initialization";
const NO_SHARE = "no share yet";

/** The names of so many secrets. */
export function shareSecretNames(prefix: string, count: number): readonly string[] {
    return Array.from({ length: count }, (_none, index) => `${prefix}-${index + 1}`);
}

/** Credentials and, for tests, the endpoint are those of the SDK's own environment and files. */
export async function openShareSecrets(place: SecretsManagerPlace, count: number): Promise<ShareSecrets> {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const client: SecretsManagerClient = new sdk.SecretsManagerClient({ region: place.region });
    const names = shareSecretNames(place.prefix, count);

    const put = (name: string, value: string): Promise<unknown> =>
        told("PutSecretValue", name, [value], () =>
            client.send(new sdk.PutSecretValueCommand({ SecretId: name, SecretString: value })),
        );

    const make = async (name: string, owner: string, before: string | undefined): Promise<void> => {
        try {
            await told("CreateSecret", name, [], () =>
                client.send(
                    new sdk.CreateSecretCommand({
                        Name: name,
                        Description: `A recovery share of a Vault cluster (${owner})`,
                        ...(place.kmsKeyId === undefined ? {} : { KmsKeyId: place.kmsKeyId }),
                        Tags: [
                            { Key: STAGE_TAG, Value: NO_SHARE },
                            { Key: OWNER_TAG, Value: owner },
                        ],
                    }),
                ),
            );
        } catch (error) {
            if (!(error instanceof PortcullisError)) throw error;
            if (!(error.cause instanceof sdk.ResourceExistsException)) throw error;
            const { Tags = [] } = await told("DescribeSecret", name, [], () =>
                client.send(new sdk.DescribeSecretCommand({ SecretId: name })),
            );
            const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
            const isEmpty = tags.get(STAGE_TAG) === NO_SHARE && tags.get(OWNER_TAG) === owner;
            if (!isEmpty && (before === undefined || tags.get(ATTEMPT_TAG) !== before)) throw taken(name);
        }
    };

    return {
        names,
        async prepare(owner, before) {
            for (const name of names) await make(name, owner, before);
            for (const name of names) await put(name, NO_SHARE);
        },
        async deliver(shares, attempt) {
            for (const [index, share] of shares.slice(0, names.length).entries()) {
                const name = names[index] ?? "";
                // The tag first: what may hold a share is never written again.
                await told("TagResource", name, [], () =>
                    client.send(
                        new sdk.TagResourceCommand({
                            SecretId: name,
                            Tags: [
                                { Key: STAGE_TAG, Value: "held" },
                                { Key: ATTEMPT_TAG, Value: attempt },
                            ],
                        }),
                    ),
                );
                await put(name, share);
            }
        },
    };
}

/** What the call gives; an error of it without anything secret. */
async function told<T>(
    call: string,
    name: string,
    secrets: readonly string[],
    work: () => Promise<T>,
): Promise<T> {
    try {
        return await work();
    } catch (error) {
        const why = error instanceof Error ? `${error.name}: ${error.message}` : "unknown";
        throw new PortcullisError({
            code: "ServiceError",
            property: "secretsManager",
            problem: `AWS Secrets Manager refused ${call} of "${name}" (${withoutSecrets(why, secrets, "[secret]").slice(0, 400)}).`,
            remedy: "Give the AWS identity of this deployment the rights CreateSecret, DescribeSecret, PutSecretValue and TagResource on these secrets, and correct `secretsManager`.",
            cause: error,
        });
    }
}

function taken(name: string): PortcullisError {
    return new PortcullisError({
        code: "AmbiguousMatch",
        property: "secretsManager.prefix",
        problem: `The secret "${name}" is there already, and may hold a share of another cluster. The cluster was not initialised.`,
        remedy: "Give another `prefix`; or delete the secrets of that prefix, once you know that the cluster whose shares they hold is gone.",
    });
}
