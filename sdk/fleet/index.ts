/** Fleets: one stack an account for hundreds of accounts, by a driver on one machine or by Pulumi's operator. */
export {
    driveFleet,
    type AccountReport,
    type DriveOptions,
    type FleetEvent,
    type FleetReport,
} from "./drive";
export type { FleetOperation } from "./engine";
export type {
    Fleet,
    FleetAccount,
    FleetSource,
    FleetValue,
    GitSource,
    OperatorSettings,
    RolloutRules,
    SecretKeyRef,
    SecretReference,
} from "./fleet";
export { manifestsOf, manifestsText, type Manifest } from "./manifests";
export { readFleet } from "./read";
export type { Halt } from "./rollout";
export { parseFleet, type FleetDescription } from "./schema";
