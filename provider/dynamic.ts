/** The one bridge from the resource contract to Pulumi's dynamic providers: the half that programs run. */
import * as pulumi from "@pulumi/pulumi";
import { engineType } from "./engine-type";
import { TYPES, type Token, type TypeDeclaration } from "./types";

export { engineType } from "./engine-type";

/** The subpath that state holds for ever: it is never renamed, and whatever version is installed answers there. */
export const RUNTIME = "pulumi-portcullis/runtime";

/**
 * The text that stands for a provider in state. It only calls out to the installed package, so it never changes
 * with a dependency, holds no secret, and old state runs current code.
 *
 * It is written here and not made by Pulumi's closure serializer, whose output differs by version and is far larger
 * (docs/adr/0001).
 */
export function providerText(token: string): string {
    return `exports.handler = () => require(${JSON.stringify(RUNTIME)}).provider(${JSON.stringify(token)});`;
}

/** A custom resource served by this package; the classes that programs use extend it. */
export abstract class DynamicResource extends pulumi.CustomResource {
    protected constructor(token: Token, name: string, args: object, opts?: pulumi.CustomResourceOptions) {
        const { outputs, secrets }: TypeDeclaration = TYPES[token];
        const seeded = Object.fromEntries(outputs.map((output) => [output, undefined]));
        const encrypted = Object.entries(args)
            .filter(([key, value]) => secrets.includes(key) && value !== undefined)
            .map(([key, value]): [string, unknown] => [key, pulumi.secret(value)]);
        const frames = Error.stackTraceLimit;
        // To find leaked promises, the SDK takes four stack traces a property, which source maps make dear: half of
        // what a program with many resources costs. What it knows of positions in the program does not hang on this.
        if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
        try {
            super(
                engineType(token),
                name,
                { ...seeded, ...args, ...Object.fromEntries(encrypted), __provider: providerText(token) },
                pulumi.mergeOptions(opts, { additionalSecretOutputs: [...secrets] }),
            );
        } catch (error) {
            Error.stackTraceLimit = frames;
            if (error instanceof Error) Error.captureStackTrace(error);
            throw error;
        } finally {
            Error.stackTraceLimit = frames;
        }
    }
}
