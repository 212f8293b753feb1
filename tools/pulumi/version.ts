/** Which Pulumi CLI is installed or built where none is on PATH; cli/go.mod names the same. */
export const PINNED_VERSION = "3.256.0";
