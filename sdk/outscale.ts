/** The resources of an OUTSCALE account, and the offline access decision. */
export {
    AccessKey,
    type AccessKeyArgs,
    type PreviousAccessKey,
} from "../provider/outscale/program/access-key";
export {
    ApiAccessPlan,
    type ApiAccessPlanArgs,
    type PlannedRuleArgs,
} from "../provider/outscale/program/api-access-plan";
export { ApiAccessPolicy, type ApiAccessPolicyArgs } from "../provider/outscale/program/api-access-policy";
export {
    ApiAccessProof,
    type ApiAccessProofArgs,
    type DeclaredRuleArgs,
} from "../provider/outscale/program/api-access-proof";
export { ApiAccessRule, type ApiAccessRuleArgs } from "../provider/outscale/program/api-access-rule";
export {
    KeyAudit,
    type AccountRecord,
    type BlockingKey,
    type KeyAuditArgs,
} from "../provider/outscale/program/key-audit";
export { Ca, type CaArgs } from "../provider/outscale/program/ca";
export {
    ApiAccessRuleRecord,
    RetiredApiAccessRule,
    type ApiAccessRuleRecordArgs,
    type RetiredApiAccessRuleArgs,
    type RuleCriteriaArgs,
} from "../provider/outscale/program/retired-api-access-rule";
export { SdkProfile, type SdkProfileArgs } from "../provider/outscale/program/sdk-profile";
export type { RecordedRule } from "../provider/outscale/api-access-rule-record";
export type {
    ClientCertificateArgs,
    ProtectedIdentityArgs,
    SharedArgs,
} from "../provider/outscale/program/shared";
export {
    decideAccess,
    type AccessDecision,
    type AccessRule,
    type Authority,
    type Identity,
    type RuleVerdict,
    type Verdict,
} from "../provider/outscale/access";
export type { AddressRange } from "../provider/outscale/ranges";
export { OutscaleError } from "../provider/outscale/api/errors";
