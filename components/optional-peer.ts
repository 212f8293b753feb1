/** Loads packages that only some components need, when one is declared: they are optional peers. */
import { createRequire } from "node:module";
import { PortcullisError } from "../provider/errors";

/** The packages, with the line of each that this one is made for. */
const PEERS = { "@pulumi/aws": 7, "@pulumi/tls": 5, "@pulumi/vault": 7 } as const;
export type OptionalPeer = keyof typeof PEERS;

const load = createRequire(__filename);

/**
 * What the package, or a module of it, exports. Whoever calls says its type, by a type import of the same name.
 * @param user what is made of it, as "VaultCluster"
 * @param path of the module within the package; the package itself unless given
 * @param otherwise what can be done in place of installing it: a sentence; nothing unless given
 * @throws PortcullisError InvalidConfiguration where it is not installed
 */
export function optionalPeer(
    name: OptionalPeer,
    user: string,
    { path, otherwise }: { readonly path?: string; readonly otherwise?: string | undefined } = {},
): unknown {
    const module = path === undefined ? name : `${name}/${path}`;
    try {
        return load(module);
    } catch (cause) {
        throw new PortcullisError({
            code: "InvalidConfiguration",
            problem: `${user} is made of the package ${name}, of which ${path ?? "nothing"} could be loaded: it is not installed, or of another version.`,
            remedy: `Install it beside pulumi-portcullis: npm install ${name}@${PEERS[name]}.${otherwise === undefined ? "" : ` ${otherwise}`}`,
            cause,
        });
    }
}
