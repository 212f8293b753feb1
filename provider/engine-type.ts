/** What the engine, and so a stack's state, calls the type of a resource of this package. */

/** The engine type of a resource: `pulumi-nodejs:dynamic/<module>:<Type>`. */
export function engineType(token: string): string {
    return `pulumi-nodejs:dynamic/${token}`;
}
