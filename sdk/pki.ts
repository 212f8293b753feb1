/** Authorities and client certificates. */
export {
    CertificateAuthority,
    type CertificateAuthorityArgs,
    type KeyFileArgs,
} from "../provider/pki/program/certificate-authority";
export {
    ClientCertificate,
    type ClientCertificateResourceArgs as ClientCertificateArgs,
} from "../provider/pki/program/client-certificate";
export type { Credential } from "../provider/pki/credentials";
export type { KeyAlgorithm } from "../provider/pki/keys";
