/** Authorities, client certificates, and files of them for browsers. */
export {
    CertificateAuthority,
    type CertificateAuthorityArgs,
    type KeyFileArgs,
} from "../provider/pki/program/certificate-authority";
export {
    ClientCertificate,
    type ClientCertificateResourceArgs as ClientCertificateArgs,
} from "../provider/pki/program/client-certificate";
export { CertificateRequest, type CertificateRequestArgs } from "../provider/pki/program/certificate-request";
export {
    SignedCertificates,
    type ByTierInput,
    type SignedCertificatesArgs,
} from "../provider/pki/program/signed-certificates";
export { Pkcs12Bundle, type Pkcs12BundleArgs } from "../provider/pki/program/pkcs12-bundle";
export type { Credential } from "../provider/pki/credentials";
export type { KeyAlgorithm } from "../provider/pki/keys";
export type { Pkcs12Encryption } from "../provider/pki/pkcs12";
