/** Writes a certificate's subject from the properties by which the `tls` provider takes it. */
import * as x509 from "@peculiar/x509";
import type { Reader } from "../values";

/** Properties and the attribute's object identifier (X.520), in the order in which they stand in the name. */
const ATTRIBUTES = [
    ["country", "2.5.4.6"],
    ["organization", "2.5.4.10"],
    ["organizationalUnit", "2.5.4.11"],
    ["locality", "2.5.4.7"],
    ["province", "2.5.4.8"],
    ["streetAddresses", "2.5.4.9"],
    ["postalCode", "2.5.4.17"],
    ["commonName", "2.5.4.3"],
    ["serialNumber", "2.5.4.5"],
    ["emailAddress", "1.2.840.113549.1.9.1"],
] as const;

export function distinguishedName(subject: Reader): x509.Name {
    return new x509.Name(
        ATTRIBUTES.filter(([property]) => subject.has(property)).map(([property, oid]) => ({
            [oid]: property === "streetAddresses" ? subject.texts(property) : [subject.text(property)],
        })),
    );
}
