/** A strict stand-in for the OUTSCALE API's access control: in process, or on a TLS port of this machine. */
export { OutscaleAccount, type OutscaleAccountOptions } from "./account";
export type { Caller } from "./enforcement";
export {
    Faults,
    type CallEvent,
    type CallPhase,
    type CallSelector,
    type Cancel,
    type FailureStatus,
    type Throttling,
} from "./faults";
export { SOURCE_HEADER, type RecordedCall } from "./handler";
export type { ApiAnswer } from "./refusals";
export type { CallName } from "./requests";
export { REGIONS, type AccountSeed, type DefaultRules } from "./seed";
export { startOutscaleEmulator, type OutscaleEmulatorOptions, type RunningEmulator } from "./server";
export type {
    AccessKeyRecord,
    AccountState,
    ApiAccessPolicyRecord,
    ApiAccessRuleRecord,
    CaRecord,
    UserRecord,
    VmRecord,
} from "./state";
