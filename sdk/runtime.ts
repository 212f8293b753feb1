/** What state calls, for ever: `require("pulumi-portcullis/runtime").provider(token)` serves that type of resource. */
import { Declarations } from "../provider/declarations";
import { PortcullisError } from "../provider/errors";
import { apiAccessPlan } from "../provider/outscale/api-access-plan";
import { apiAccessProof } from "../provider/outscale/api-access-proof";
import { apiAccessRule } from "../provider/outscale/api-access-rule";
import { apiAccessRuleRecord } from "../provider/outscale/api-access-rule-record";
import { ca } from "../provider/outscale/ca";
import { connectOutscale } from "../provider/outscale/connect";
import { retiredApiAccessRule } from "../provider/outscale/retired-api-access-rule";
import { certificateAuthority } from "../provider/pki/certificate-authority";
import { clientCertificate } from "../provider/pki/client-certificate";
import { serve, type ServedProvider } from "../provider/serve";

const noClient = (): undefined => undefined;
/** The engine starts a process for each deployment: what one has declared is all that the process ever sees. */
const declared = new Declarations();

/** One served provider a type. A token is never renamed or removed: it stands in users' state. */
const providers: Readonly<Record<string, () => ServedProvider>> = {
    [ca.token]: () => serve(ca, connectOutscale, declared),
    [apiAccessRule.token]: () => serve(apiAccessRule, connectOutscale, declared),
    [apiAccessRuleRecord.token]: () => serve(apiAccessRuleRecord, connectOutscale, declared),
    [retiredApiAccessRule.token]: () => serve(retiredApiAccessRule, connectOutscale, declared),
    [apiAccessPlan.token]: () => serve(apiAccessPlan, noClient, declared),
    [apiAccessProof.token]: () => serve(apiAccessProof, connectOutscale, declared),
    [certificateAuthority.token]: () => serve(certificateAuthority, noClient, declared),
    [clientCertificate.token]: () => serve(clientCertificate, noClient, declared),
};

/**
 * The provider of one type of resource.
 * @throws PortcullisError where this version of the package knows no such type.
 */
export function provider(token: string): ServedProvider {
    const make = Object.hasOwn(providers, token) ? providers[token] : undefined;
    if (make !== undefined) return make();
    throw new PortcullisError({
        code: "InvalidInput",
        problem: `This version of pulumi-portcullis serves no resource "${token}".`,
        remedy: "The state was written by a newer version: install that one.",
    });
}
