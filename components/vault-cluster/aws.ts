/** The modules of @pulumi/aws, for VaultCluster. */
import { awsFor } from "../aws";

export const aws = awsFor("VaultCluster");
