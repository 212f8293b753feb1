/** Makes the state of many resources from that of one, so that no benchmark waits for hundreds of creations. */
import type { Deployment } from "@pulumi/pulumi/automation";
import { z } from "zod";

const resourceSchema = z.looseObject({ urn: z.string(), type: z.string() });
const contentSchema = z.looseObject({ resources: z.array(resourceSchema) });
const bag = z.record(z.string(), z.unknown());

/** What tells a copy from the resource that it was made of. */
export interface Copy {
    /** Its name in the program. */
    readonly name: string;
    readonly id: string;
    /** Inputs, which state repeats among the outputs, that differ. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Further outputs that differ. */
    readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * The deployment with copies in place of its only resource of that type. Throws where it has none, or several: then
 * it is not what the caller takes it for.
 */
export function multiply(deployment: Deployment, type: string, copies: readonly Copy[]): Deployment {
    const content = contentSchema.parse(deployment.deployment);
    const [original, ...others] = content.resources.filter((resource) => resource.type === type);
    if (original === undefined || others.length > 0) {
        throw new Error(`The state should hold one resource of the type ${type}.`);
    }
    const made = copies.map(({ name, id, inputs, outputs }) => ({
        ...original,
        urn: [...original.urn.split("::").slice(0, -1), name].join("::"),
        id,
        inputs: { ...bag.parse(original.inputs), ...inputs },
        outputs: { ...bag.parse(original.outputs), ...inputs, ...outputs },
    }));
    const resources = content.resources.flatMap((resource) => (resource === original ? made : [resource]));
    return { ...deployment, deployment: { ...content, resources } };
}
