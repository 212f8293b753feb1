/** What state calls, for ever: `require("pulumi-portcullis/runtime").provider(token)` serves that type of resource. */
import { PortcullisError } from "../provider/errors";
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

/** One served provider a type. A token is never renamed or removed: it stands in users' state. */
const providers: Readonly<Record<string, () => ServedProvider>> = {
    [ca.token]: () => serve(ca, connectOutscale),
    [apiAccessRule.token]: () => serve(apiAccessRule, connectOutscale),
    [apiAccessRuleRecord.token]: () => serve(apiAccessRuleRecord, connectOutscale),
    [retiredApiAccessRule.token]: () => serve(retiredApiAccessRule, connectOutscale),
    [apiAccessProof.token]: () => serve(apiAccessProof, connectOutscale),
    [certificateAuthority.token]: () => serve(certificateAuthority, noClient),
    [clientCertificate.token]: () => serve(clientCertificate, noClient),
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
