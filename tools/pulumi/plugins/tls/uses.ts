/** Turns the `tls` provider's `allowedUses` into key usage and extended key usage. */
import * as x509 from "@peculiar/x509";

const KEY_USAGES: Readonly<Record<string, x509.KeyUsageFlags>> = {
    digital_signature: x509.KeyUsageFlags.digitalSignature,
    content_commitment: x509.KeyUsageFlags.nonRepudiation,
    key_encipherment: x509.KeyUsageFlags.keyEncipherment,
    data_encipherment: x509.KeyUsageFlags.dataEncipherment,
    key_agreement: x509.KeyUsageFlags.keyAgreement,
    cert_signing: x509.KeyUsageFlags.keyCertSign,
    crl_signing: x509.KeyUsageFlags.cRLSign,
    encipher_only: x509.KeyUsageFlags.encipherOnly,
    decipher_only: x509.KeyUsageFlags.decipherOnly,
};

/** RFC 5280, section 4.2.1.12. */
const EXTENDED_KEY_USAGES: Readonly<Record<string, string>> = {
    any_extended: "2.5.29.37.0",
    server_auth: "1.3.6.1.5.5.7.3.1",
    client_auth: "1.3.6.1.5.5.7.3.2",
    code_signing: "1.3.6.1.5.5.7.3.3",
    email_protection: "1.3.6.1.5.5.7.3.4",
    ipsec_end_system: "1.3.6.1.5.5.7.3.5",
    ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
    ipsec_user: "1.3.6.1.5.5.7.3.7",
    timestamping: "1.3.6.1.5.5.7.3.8",
    ocsp_signing: "1.3.6.1.5.5.7.3.9",
};

/** The extensions for a list of uses; a use that is not known is refused by name. */
export function keyUsages(uses: readonly string[]): x509.Extension[] {
    const unknown = uses.find((use) => !(use in KEY_USAGES) && !(use in EXTENDED_KEY_USAGES));
    if (unknown !== undefined)
        throw new Error(`allowedUses: ${unknown} is not a use that this stand-in knows.`);
    const named = uses.flatMap((use) => KEY_USAGES[use] ?? []);
    const extended = uses.flatMap((use) => EXTENDED_KEY_USAGES[use] ?? []);
    return [
        ...(named.length === 0 ? [] : [keyUsage(named)]),
        ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
    ];
}

function keyUsage(named: readonly x509.KeyUsageFlags[]): x509.Extension {
    const flags = named.reduce((all, flag) => all | flag);
    return new x509.KeyUsagesExtension(flags, true);
}
