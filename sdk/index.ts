/** What programs import. */
import * as outscale from "./outscale";
import * as pki from "./pki";

export { AccountMfa, type AccessKeyOutput, type ClientOutput } from "../components/account-mfa/account-mfa";
export type * from "../components/account-mfa/args";
export { PortcullisError, type ErrorCode } from "../provider/errors";
export { outscale, pki };
