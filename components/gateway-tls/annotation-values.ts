/**
 * Values of cert-manager's annotations at a Gateway. One that it cannot read keeps every certificate of the Gateway from
 * being asked for, and one that the issuer refuses is asked for again and again. Source of the forms:
 * pkg/controller/certificate-shim/helper.go of cert-manager 1.21.
 */
import { isIP } from "node:net";
import { z } from "zod";
import { jsonOf } from "../../provider/json";
import { hostNameRefusal, type Issuer } from "../../provider/kubernetes/issuer";
import { isHostName } from "../../provider/kubernetes/names";

type Refusal = (value: string, issuer: Issuer) => string | undefined;

/** Of keys and of extended keys, as cert-manager names them. */
const USAGES = [
    ...["signing", "digital signature", "content commitment", "key encipherment", "key agreement"],
    ...["data encipherment", "cert sign", "crl sign", "encipher only", "decipher only", "any"],
    ...["server auth", "client auth", "code signing", "email protection", "s/mime", "ipsec end system"],
    ...["ipsec tunnel", "ipsec user", "timestamping", "ocsp signing", "microsoft sgc", "netscape sgc"],
];

const secretTemplate = z.strictObject({
    annotations: z.record(z.string(), z.string()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
});

function oneOf(...values: readonly string[]): Refusal {
    return (value) => (values.includes(value) ? undefined : `Write ${values.join(" or ")}.`);
}

function wholeNumber(least: number, most: number): Refusal {
    return (value) =>
        /^[0-9]{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most
            ? undefined
            : `Write a whole number from ${least} to ${most}.`;
}

const duration: Refusal = (value) =>
    /^[1-9][0-9]{0,8}[hms]$/.test(value)
        ? undefined
        : `${JSON.stringify(value.slice(0, 40))} is no duration that cert-manager takes. Write a whole number of hours, minutes or seconds, as "2160h".`;

function hostNames(value: string, issuer: Issuer): string | undefined {
    for (const name of value.split(",")) {
        const refusal = isHostName(name)
            ? hostNameRefusal(issuer, name)
            : `${JSON.stringify(name.slice(0, 255))} is no host name. Write them in lower case, with a comma and no space between them.`;
        if (refusal !== undefined) return refusal;
    }
    return undefined;
}

function commonName(value: string, issuer: Issuer): string | undefined {
    if (Buffer.byteLength(value) > 64) {
        return "It has more than 64 bytes. Leave it out: clients read the other names alone.";
    }
    return isHostName(value)
        ? hostNameRefusal(issuer, value)
        : "It is no host name, and issuers refuse another. Leave it out: clients read the other names alone.";
}

function usages(value: string): string | undefined {
    const given = value.split(",").map((usage) => usage.trim());
    const unknown = given.find((usage) => !USAGES.includes(usage));
    if (unknown !== undefined) {
        return `${JSON.stringify(unknown.slice(0, 40))} is no usage that cert-manager knows. Those are ${USAGES.join(", ")}.`;
    }
    if (given.includes("server auth")) return undefined;
    return 'Without "server auth" no client takes the certificate for a server\'s. Add it, or leave the annotation out.';
}

function template(value: string): string | undefined {
    const read = secretTemplate.safeParse(jsonOf(value));
    if (!read.success)
        return 'It is no JSON of annotations and labels. Write it as {"labels":{"team":"platform"}}.';
    const own = Object.keys(read.data.annotations ?? {}).find((key) => key.startsWith("cert-manager.io/"));
    return own === undefined
        ? undefined
        : `cert-manager refuses its own annotation "${own}" there. Leave it out.`;
}

/** By the annotation's name behind "cert-manager.io/". What is not here may be any text. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
    "alt-names": hostNames,
    "common-name": commonName,
    duration,
    "email-sans": (value) =>
        value.split(",").every((address) => /^[^@\s,]+@[^@\s,]+$/.test(address))
            ? undefined
            : "Write addresses of electronic mail, with a comma and no space between them.",
    "ip-sans": (value) =>
        value.split(",").every((address) => isIP(address) !== 0)
            ? undefined
            : "Write IP addresses, with a comma and no space between them.",
    "private-key-algorithm": oneOf("RSA", "ECDSA", "Ed25519"),
    "private-key-encoding": oneOf("PKCS1", "PKCS8"),
    "private-key-rotation-policy": oneOf("Always", "Never"),
    "renew-before": duration,
    "renew-before-percentage": wholeNumber(1, 99),
    "revision-history-limit": wholeNumber(1, 2_147_483_647),
    "secret-template": template,
    usages,
};

/**
 * Why one annotation would not do, or two together; undefined where they would.
 *
 * @param annotations by their names behind "cert-manager.io/", each of a name that cert-manager reads
 */
export function valueRefusal(
    key: string,
    annotations: Readonly<Record<string, string>>,
    issuer: Issuer,
): string | undefined {
    const value = annotations[key] ?? "";
    if (key === "private-key-size") {
        const algorithm = annotations["private-key-algorithm"] ?? "RSA";
        const judge = algorithm === "ECDSA" ? oneOf("256", "384", "521") : wholeNumber(2_048, 8_192);
        return algorithm === "Ed25519"
            ? "A key of Ed25519 has one size. Leave it out."
            : judge(value, issuer);
    }
    if (key === "renew-before-percentage" && annotations["renew-before"] !== undefined) {
        return "It stands beside renew-before, and cert-manager takes one of them. Leave one out.";
    }
    return REFUSALS[key]?.(value, issuer);
}
