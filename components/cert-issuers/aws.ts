/** The modules of @pulumi/aws, for the role that CertIssuers makes. */
import { awsFor } from "../aws";

export const aws = awsFor("CertIssuers", "Or give the ARN of a role that is there.");
