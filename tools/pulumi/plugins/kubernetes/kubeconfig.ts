/** Reads a kubeconfig: where the API server of its current context is, and who asks. */
import { parse } from "yaml";
import { z } from "zod";

/** An API server, and a user of it. */
export interface Cluster {
    /** As "https://127.0.0.1:6443". */
    readonly server: string;
    /** Authorities that its certificate is verified by: PEM. */
    readonly authorities: string;
    readonly token: string;
}

const NAMED = z.object({ name: z.string() });
const KUBECONFIG = z.object({
    "current-context": z.string(),
    contexts: z.array(NAMED.extend({ context: z.object({ cluster: z.string(), user: z.string() }) })),
    clusters: z.array(
        NAMED.extend({
            cluster: z.object({ server: z.string(), "certificate-authority-data": z.string() }),
        }),
    ),
    users: z.array(NAMED.extend({ user: z.object({ token: z.string() }) })),
});

/** The cluster of a kubeconfig in YAML or JSON, whose user signs in by token. Throws where it is none. */
export function clusterOf(kubeconfig: string): Cluster {
    const read = KUBECONFIG.safeParse(parse(kubeconfig));
    if (!read.success) {
        const what = z.prettifyError(read.error);
        throw new Error(`The stand-in cannot use this kubeconfig (it signs in by token only): ${what}`);
    }
    const { contexts, clusters, users, "current-context": current } = read.data;
    const context = named(contexts, current).context;
    const { server, "certificate-authority-data": authority } = named(clusters, context.cluster).cluster;
    const { token } = named(users, context.user).user;
    return { server, authorities: Buffer.from(authority, "base64").toString("utf8"), token };
}

function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
    const found = all.find((one) => one.name === name);
    if (found === undefined) throw new Error(`The kubeconfig names ${name} and does not have it.`);
    return found;
}
