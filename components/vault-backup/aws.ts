/** The modules of @pulumi/aws, for VaultBackup. */
import { awsFor } from "../aws";

export const aws = awsFor("VaultBackup");
