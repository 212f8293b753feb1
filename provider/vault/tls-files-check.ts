/** The TlsFilesCheck resource: judges the TLS files of a cluster's nodes, before any node is started with them. */
import { z } from "zod";
import { changedProperties } from "../changes";
import { checkInputs } from "../inputs";
import type { ResourceType } from "../resource";
import { tlsFailures, type TlsFiles } from "./tls-files";

const schema = z.object({
    serverName: z.string(),
    certificate: z.string(),
    publicKey: z.string(),
    authorities: z.string(),
});

/**
 * A decision and no object. It is a resource, and no function of the program's, since files that are made in the same
 * deployment are known only to the provider, and since a program's own late error leaves whatever waits for it waiting.
 */
export const tlsFilesCheck: ResourceType<TlsFiles, TlsFiles, undefined> = {
    token: "vault:TlsFilesCheck",

    check: (inputs, now) => checkInputs(schema, inputs, (planned) => tlsFailures(planned, now)),

    diff: (state, inputs) => ({
        changed: changedProperties(state, inputs, ["serverName", "certificate", "publicKey", "authorities"]),
        replaces: [],
    }),

    create: (inputs) => Promise.resolve({ id: "tls-files", state: inputs }),
    read: (id, state) => Promise.resolve({ id, state }),
    update: (_id, _state, inputs) => Promise.resolve(inputs),
    delete: () => Promise.resolve(),
};
