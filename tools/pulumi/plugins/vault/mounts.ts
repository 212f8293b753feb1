/** Secrets engines, auth methods and policies of the `vault` stand-in. */
import type { VaultClient } from "./client";
import { bodyOf, fields, propertiesOf, type Fields } from "./fields";
import type { Kind } from "./kind";

const MOUNT_CONFIG = fields(
    { defaultLeaseTtlSeconds: "number", maxLeaseTtlSeconds: "number" },
    { defaultLeaseTtlSeconds: "default_lease_ttl", maxLeaseTtlSeconds: "max_lease_ttl" },
);
const DESCRIPTION = fields({ description: "text" });
/** What an engine's type asks for, as the version of KV. */
const OPTIONS = fields({ options: "map" });

/** A secrets engine. Moving it to another path, which the real provider can, is refused. */
export const mount: Kind = {
    fields: { ...DESCRIPTION, ...OPTIONS, ...MOUNT_CONFIG },
    fixed: fields({ path: "text", type: "text" }),
    computed: ["accessor"],
    async create(client, inputs, given) {
        const id = inputs.text("path");
        await client.write(`sys/mounts/${id}`, {
            type: inputs.text("type"),
            ...bodyOf({ ...DESCRIPTION, ...OPTIONS }, given),
            config: bodyOf(MOUNT_CONFIG, given),
        });
        return { id, outputs: await found(client, id, readMount) };
    },
    read: readMount,
    async update(client, id, _inputs, given) {
        await client.write(`sys/mounts/${id}/tune`, {
            ...bodyOf({ ...DESCRIPTION, ...OPTIONS, ...MOUNT_CONFIG }, given),
        });
        return found(client, id, readMount);
    },
    delete: (client, id) => client.remove(`sys/mounts/${id}`),
};

type Read = (client: VaultClient, id: string) => Promise<Readonly<Record<string, unknown>> | undefined>;

async function found(client: VaultClient, id: string, read: Read) {
    const state = await read(client, id);
    if (state === undefined) throw new Error(`${id} is not there after it was written.`);
    return state;
}

async function readMount(client: VaultClient, id: string) {
    const { data } = (await client.read("sys/mounts")) ?? { data: {} };
    const one = partOf(data, `${id}/`);
    return (
        one && {
            ...readMounted(one, id, { ...DESCRIPTION, ...OPTIONS }),
            ...propertiesOf(MOUNT_CONFIG, partOf(one, "config") ?? {}),
        }
    );
}

/** An auth method. */
export const authBackend: Kind = {
    fields: DESCRIPTION,
    fixed: fields({ path: "text", type: "text" }),
    computed: ["accessor"],
    async create(client, inputs, given) {
        const id = inputs.text("path", inputs.text("type"));
        await client.write(`sys/auth/${id}`, { type: inputs.text("type"), ...bodyOf(DESCRIPTION, given) });
        return { id, outputs: await found(client, id, readAuth) };
    },
    read: readAuth,
    async update(client, id, _inputs, given) {
        await client.write(`sys/auth/${id}/tune`, bodyOf(DESCRIPTION, given));
        return found(client, id, readAuth);
    },
    delete: (client, id) => client.remove(`sys/auth/${id}`),
};

async function readAuth(client: VaultClient, id: string) {
    const { data } = (await client.read("sys/auth")) ?? { data: {} };
    const one = partOf(data, `${id}/`);
    return one && readMounted(one, id, DESCRIPTION);
}

function readMounted(one: Readonly<Record<string, unknown>>, path: string, known: Fields) {
    return { ...propertiesOf({ ...known, ...fields({ type: "text", accessor: "text" }) }, one), path };
}

function partOf(data: Readonly<Record<string, unknown>>, name: string) {
    const part = data[name];
    // The server's own types: an object at these places has names and values.
    return typeof part === "object" && part !== null
        ? (part as Readonly<Record<string, unknown>>)
        : undefined;
}

const POLICY = fields({ policy: "text" });
const policyPath = (name: string) => `sys/policies/acl/${name}`;

export const policy: Kind = {
    fields: POLICY,
    fixed: fields({ name: "text" }),
    computed: [],
    async create(client, inputs, given) {
        const id = inputs.text("name");
        await client.write(policyPath(id), bodyOf(POLICY, given));
        return { id, outputs: {} };
    },
    async read(client, id) {
        const answer = await client.read(policyPath(id));
        return answer && { ...propertiesOf(POLICY, answer.data), name: id };
    },
    async update(client, id, _inputs, given) {
        await client.write(policyPath(id), bodyOf(POLICY, given));
        return {};
    },
    delete: (client, id) => client.remove(policyPath(id)),
};
