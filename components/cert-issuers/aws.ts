/** The parts of @pulumi/aws that the role for DNS is made of, loaded when one is made: the package is an optional peer. */
import { createRequire } from "node:module";
import type * as podIdentityAssociation from "@pulumi/aws/eks/podIdentityAssociation";
import type * as getPartition from "@pulumi/aws/getPartition";
import type * as role from "@pulumi/aws/iam/role";
import type * as rolePolicy from "@pulumi/aws/iam/rolePolicy";
import { PortcullisError } from "../../provider/errors";

/** By their paths in the package: the types of all of it would take the compiler half a minute. */
interface Modules {
    readonly "eks/podIdentityAssociation": typeof podIdentityAssociation;
    readonly getPartition: typeof getPartition;
    readonly "iam/role": typeof role;
    readonly "iam/rolePolicy": typeof rolePolicy;
}

const load = createRequire(__filename);

/**
 * One module of @pulumi/aws.
 * @throws PortcullisError InvalidConfiguration where the package is not installed
 */
export function aws<Path extends keyof Modules>(path: Path): Modules[Path] {
    try {
        // The table above says what stands at each path.
        return load(`@pulumi/aws/${path}`) as Modules[Path];
    } catch (cause) {
        throw new PortcullisError({
            code: "InvalidConfiguration",
            problem: `CertIssuers makes its role of @pulumi/aws, of which ${path} cannot be loaded.`,
            remedy: "Install it beside pulumi-portcullis: npm install @pulumi/aws@7. Or give the ARN of a role that is there.",
            cause,
        });
    }
}
