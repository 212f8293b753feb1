/** What External Secrets does for an ExternalSecret: reads the store, and makes the Secret. */
import { z } from "zod";
import type { KubernetesClient, ObjectName } from "../../tools/pulumi/plugins/kubernetes/client";
import { TEST } from "./kubernetes";

const EXTERNAL_SECRET = z.object({
    metadata: z.object({ namespace: z.string() }),
    spec: z.object({
        secretStoreRef: z.object({ name: z.string(), kind: z.literal("ClusterSecretStore") }),
        target: z.object({ name: z.string(), creationPolicy: z.literal("Owner") }),
        data: z.array(
            z.object({
                secretKey: z.string(),
                remoteRef: z.object({ key: z.string(), property: z.string() }),
            }),
        ),
    }),
});
const PROPERTIES = z.record(z.string(), z.string());

/** Text of the secret of that name, JSON, in the store. */
export type Store = (key: string) => Promise<string>;

/** @returns the name of the store that the object asks */
export async function fill(
    client: KubernetesClient,
    { name, namespace }: Pick<ObjectName, "name" | "namespace">,
    store: Store,
): Promise<string> {
    const { metadata, spec } = EXTERNAL_SECRET.parse(
        await client.read({ apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", name, namespace }),
    );
    const data: Record<string, string> = {};
    for (const { secretKey, remoteRef } of spec.data) {
        const value = PROPERTIES.parse(JSON.parse(await store(remoteRef.key)))[remoteRef.property];
        if (value === undefined) throw new Error(`${remoteRef.key} has no ${remoteRef.property}`);
        data[secretKey] = Buffer.from(value).toString("base64");
    }
    await client.apply(
        {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: spec.target.name, namespace: metadata.namespace },
            data,
        },
        TEST,
    );
    return spec.secretStoreRef.name;
}
