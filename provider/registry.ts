/** Every type of resource with its functions and what makes its client: the one list of what this package serves. */
import { accessKey } from "./outscale/access-key";
import { apiAccessPlan } from "./outscale/api-access-plan";
import { apiAccessPolicy } from "./outscale/api-access-policy";
import { apiAccessProof } from "./outscale/api-access-proof";
import { apiAccessRule } from "./outscale/api-access-rule";
import { apiAccessRuleRecord } from "./outscale/api-access-rule-record";
import { ca } from "./outscale/ca";
import { connectOutscale } from "./outscale/connect";
import { keyAudit } from "./outscale/key-audit";
import { retiredApiAccessRule } from "./outscale/retired-api-access-rule";
import { sdkProfile } from "./outscale/sdk-profile";
import { certificateAuthority } from "./pki/certificate-authority";
import { certificateRequest } from "./pki/certificate-request";
import { clientCertificate } from "./pki/client-certificate";
import { pkcs12Bundle } from "./pki/pkcs12-bundle";
import { signedCertificates } from "./pki/signed-certificates";
import type { ResourceType } from "./resource";
import type { ReadConfig } from "./serve";
import type { Token } from "./types";
import { connectVault } from "./vault/connect";
import { vaultInitialization } from "./vault/initialization";
import { tlsFilesCheck } from "./vault/tls-files-check";

/** A type whose inputs and state are not told apart from others': each only ever gets back what it returned itself. */
export type AnyResourceType = ResourceType<Record<string, unknown>, Record<string, unknown>, unknown>;

/** One type as it is served. */
export interface Registered {
    readonly type: AnyResourceType;
    /** Makes the client from the stack's configuration. */
    readonly connect: (config: ReadConfig) => unknown;
}

function registered<Inputs extends object, State extends Inputs, Client>(
    type: ResourceType<Inputs, State, Client>,
    connect: (config: ReadConfig) => Client,
): Registered {
    // Served as pairs, a type never meets another's inputs, state or client.
    return { type: type as unknown as AnyResourceType, connect };
}

const noClient = (): undefined => undefined;

export const REGISTRY: Readonly<Record<Token, Registered>> = {
    "outscale:Ca": registered(ca, connectOutscale),
    "outscale:ApiAccessRule": registered(apiAccessRule, connectOutscale),
    "outscale:ApiAccessRuleRecord": registered(apiAccessRuleRecord, connectOutscale),
    "outscale:RetiredApiAccessRule": registered(retiredApiAccessRule, connectOutscale),
    "outscale:ApiAccessPlan": registered(apiAccessPlan, noClient),
    "outscale:ApiAccessProof": registered(apiAccessProof, connectOutscale),
    "outscale:AccessKey": registered(accessKey, connectOutscale),
    "outscale:KeyAudit": registered(keyAudit, connectOutscale),
    "outscale:ApiAccessPolicy": registered(apiAccessPolicy, connectOutscale),
    "outscale:SdkProfile": registered(sdkProfile, noClient),
    "pki:CertificateAuthority": registered(certificateAuthority, noClient),
    "pki:ClientCertificate": registered(clientCertificate, noClient),
    "pki:CertificateRequest": registered(certificateRequest, noClient),
    "pki:SignedCertificates": registered(signedCertificates, noClient),
    "pki:Pkcs12Bundle": registered(pkcs12Bundle, noClient),
    "vault:VaultInitialization": registered(vaultInitialization, (config) => connectVault(config)),
    "vault:TlsFilesCheck": registered(tlsFilesCheck, noClient),
};
