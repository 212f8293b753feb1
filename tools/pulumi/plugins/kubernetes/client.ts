/** Calls a real Kubernetes API server: server-side apply with strict fields, reading and deleting. */
import { request } from "node:https";
import { z } from "zod";
import { asProperties, type Properties } from "../values";
import type { Cluster } from "./kubeconfig";

/** Which object: what its path is made of. */
export interface ObjectName {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    /** "default" unless given, for kinds that live in namespaces. */
    readonly namespace?: string | undefined;
}

const RESOURCES = z.object({
    resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});
type ApiResource = z.output<typeof RESOURCES>["resources"][number];

/** How long a call may take, in milliseconds. */
const LIMIT = 30_000;
/** How long a kind may be unknown: the server takes a moment to serve what a new definition defines. */
const DISCOVERY_LIMIT = 15_000;

/** Thrown where the server refuses; its message is the server's own. */
export class KubernetesError extends Error {
    constructor(
        readonly status: number,
        readonly reason: string,
        message: string,
    ) {
        super(message);
        this.name = "KubernetesError";
    }
}

export interface ApplyOptions {
    /** Whose fields these are; a field that another manager owns with another value is a conflict. */
    readonly fieldManager: string;
    /** Whether the server only says what it would do. False unless given. */
    readonly dryRun?: boolean;
    /** Whether it takes such fields from their owner. False unless given. */
    readonly force?: boolean;
}

export class KubernetesClient {
    private readonly known = new Map<string, Promise<readonly ApiResource[]>>();

    constructor(private readonly cluster: Cluster) {}

    /** Server-side apply of the whole object, with unknown and doubled fields refused. The object as it is then. */
    async apply(
        object: Properties,
        { fieldManager, dryRun = false, force = false }: ApplyOptions,
    ): Promise<Properties> {
        const path = await this.pathOf(objectName(object));
        const query = new URLSearchParams({
            fieldManager,
            fieldValidation: "Strict",
            force: force.toString(),
        });
        if (dryRun) query.set("dryRun", "All");
        const type = "application/apply-patch+yaml";
        return this.call("PATCH", `${path}?${query.toString()}`, { type, text: JSON.stringify(object) });
    }

    /** Undefined where it is not there. */
    async read(name: ObjectName): Promise<Properties | undefined> {
        return this.unlessGone(async () => this.call("GET", await this.pathOf(name)));
    }

    /** Undefined where it was gone already. What waits for a controller to let it go is left to wait. */
    async remove(name: ObjectName): Promise<Properties | undefined> {
        const text = JSON.stringify({ propagationPolicy: "Background" });
        return this.unlessGone(async () =>
            this.call("DELETE", await this.pathOf(name), { type: "application/json", text }),
        );
    }

    private async unlessGone(work: () => Promise<Properties>): Promise<Properties | undefined> {
        try {
            return await work();
        } catch (error) {
            if (error instanceof KubernetesError && error.status === 404) return undefined;
            throw error;
        }
    }

    private async pathOf({ apiVersion, kind, name, namespace = "default" }: ObjectName): Promise<string> {
        const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
        const resource = await this.resourceOf(base, kind);
        const within = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : "";
        return `${base}${within}/${resource.name}/${encodeURIComponent(name)}`;
    }

    private async resourceOf(base: string, kind: string): Promise<ApiResource> {
        const end = Date.now() + DISCOVERY_LIMIT;
        for (;;) {
            const found = (await this.resourcesOf(base)).find(
                (one) => one.kind === kind && !one.name.includes("/"),
            );
            if (found !== undefined) return found;
            this.known.delete(base);
            if (Date.now() > end) {
                throw new KubernetesError(404, "NotFound", `The API server serves no ${kind} at ${base}.`);
            }
            await new Promise((resolve) => setTimeout(resolve, 200));
        }
    }

    private resourcesOf(base: string): Promise<readonly ApiResource[]> {
        const asked =
            this.known.get(base) ??
            this.unlessGone(() => this.call("GET", base)).then((answer) =>
                answer === undefined ? [] : RESOURCES.parse(answer).resources,
            );
        this.known.set(base, asked);
        return asked;
    }

    private async call(
        method: string,
        path: string,
        body?: { readonly type: string; readonly text: string },
    ): Promise<Properties> {
        const { status, text } = await this.exchange(method, path, body);
        if (status >= 200 && status <= 299) return asProperties(JSON.parse(text));
        throw refusal(status, text);
    }

    private exchange(
        method: string,
        path: string,
        body?: { readonly type: string; readonly text: string },
    ): Promise<{ readonly status: number; readonly text: string }> {
        const { server, authorities, token } = this.cluster;
        return new Promise((resolve, reject) => {
            const outgoing = request(`${server}${path}`, {
                method,
                ca: authorities,
                timeout: LIMIT,
                headers: {
                    Authorization: `Bearer ${token}`,
                    Accept: "application/json",
                    ...(body && {
                        "Content-Type": body.type,
                        "Content-Length": Buffer.byteLength(body.text),
                    }),
                },
            });
            outgoing.on("timeout", () => outgoing.destroy(new Error(`${method} ${path} took too long`)));
            outgoing.on("error", reject);
            outgoing.on("response", (incoming) => {
                let text = "";
                incoming
                    .setEncoding("utf8")
                    .on("data", (part: string) => (text += part))
                    .on("error", reject)
                    .on("end", () => {
                        resolve({ status: incoming.statusCode ?? 0, text });
                    });
            });
            outgoing.end(body?.text);
        });
    }
}

/** What the server says; of a group that it does not have it speaks in plain text. */
function refusal(status: number, text: string): KubernetesError {
    if (!text.startsWith("{")) return new KubernetesError(status, "Unknown", text.trim());
    const { reason, message } = asProperties(JSON.parse(text));
    return new KubernetesError(status, String(reason), String(message));
}

/** Which object it is; throws where it does not say so. */
export function objectName(object: Properties): ObjectName {
    const { apiVersion, kind } = object;
    const { name, namespace } = asProperties(object.metadata);
    if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") {
        throw new Error("An object needs apiVersion, kind and metadata.name.");
    }
    return { apiVersion, kind, name, ...(typeof namespace === "string" && { namespace }) };
}
