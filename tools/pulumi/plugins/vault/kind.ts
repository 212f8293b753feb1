/** What a resource type of the `vault` stand-in is, and the kind that most are: fields written at a path, and read there. */
import type { Properties, Reader } from "../values";
import type { VaultClient } from "./client";
import { bodyOf, propertiesOf, type Fields } from "./fields";

export interface Made {
    readonly id: string;
    /** What is added to the inputs to make the state. */
    readonly outputs: Properties;
}

export interface Kind {
    /** Inputs that can be changed in place. */
    readonly fields: Fields;
    /** Inputs that say where it is, or that it was made with: a change replaces. */
    readonly fixed: Fields;
    /** Outputs that are not known before it is made. */
    readonly computed: readonly string[];
    create(client: VaultClient, inputs: Reader, given: Properties): Promise<Made>;
    /** What the server has now; undefined where it is gone. */
    read(client: VaultClient, id: string, state: Reader): Promise<Properties | undefined>;
    /** Absent where nothing can be changed in place. */
    readonly update?: (
        client: VaultClient,
        id: string,
        inputs: Reader,
        given: Properties,
    ) => Promise<Properties>;
    /** Does what the real provider does, which for some types is nothing. */
    delete(client: VaultClient, id: string, state: Reader): Promise<void>;
}

export interface EntryOptions {
    readonly fields: Fields;
    readonly fixed: Fields;
    readonly computed?: readonly string[];
    /** The path of its API, which is its id as well. */
    readonly path: (inputs: Reader) => string;
    /** Whether the real provider deletes anything. */
    readonly deletes: boolean;
}

/** A type whose fields are written at one path, in whole, and read there. */
export function entry({ fields, fixed, computed = [], path, deletes }: EntryOptions): Kind {
    const read = async (client: VaultClient, id: string): Promise<Properties | undefined> => {
        const answer = await client.read(id);
        return answer && propertiesOf(fields, answer.data);
    };
    const write = async (client: VaultClient, id: string, given: Properties): Promise<Properties> => {
        await client.write(id, bodyOf(fields, given));
        const found = await read(client, id);
        if (found === undefined) throw new Error(`${id} is not there after it was written.`);
        return found;
    };
    return {
        fields,
        fixed,
        computed,
        create: async (client, inputs, given) => {
            const id = path(inputs);
            return { id, outputs: await write(client, id, given) };
        },
        read,
        update: (client, id, _inputs, given) => write(client, id, given),
        delete: (client, id) => (deletes ? client.remove(id) : Promise.resolve()),
    };
}
