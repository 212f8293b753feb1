/** What state calls, for ever: `require("pulumi-portcullis/runtime").provider(token)` serves that type of resource. */
import { Declarations } from "../provider/declarations";
import { PortcullisError } from "../provider/errors";
import { REGISTRY, type Registered } from "../provider/registry";
import { serve, type ServedProvider } from "../provider/serve";

/** The engine starts a process for each deployment: what one has declared is all that the process ever sees. */
const declared = new Declarations();
const registry: Readonly<Record<string, Registered>> = REGISTRY;

/**
 * The provider of one type of resource.
 * @throws PortcullisError where this version of the package knows no such type.
 */
export function provider(token: string): ServedProvider {
    const served = Object.hasOwn(registry, token) ? registry[token] : undefined;
    if (served !== undefined) return serve(served.type, served.connect, declared);
    throw new PortcullisError({
        code: "InvalidInput",
        problem: `This version of pulumi-portcullis serves no resource "${token}".`,
        remedy: "The state was written by a newer version: install that one.",
    });
}
