/** The four resources of the `tls` stand-in: defaults, differences and creation, as the real provider has them. */
import { newLocallySigned, newRequest, newSelfSigned, type NewCertificate } from "./certificates";
import { newKey, sha1 } from "./keys";
import { asProperties, Reader, same, secret, unwrap, type Properties } from "../values";

interface Made {
    readonly id: string;
    /** What is added to the inputs to make the state. */
    readonly outputs: Properties;
}

interface Kind {
    /** Inputs that are given a value where the program gives none; whatever is named here or there is an input. */
    readonly defaults: Properties;
    readonly inputs: readonly string[];
    make(inputs: Reader, now: Date): Promise<Made>;
}

const CERTIFICATE_DEFAULTS = {
    earlyRenewalHours: 0,
    isCaCertificate: false,
    maxPathLength: -1,
    setSubjectKeyId: false,
};

const NAMES = ["subject", "dnsNames", "ipAddresses", "uris"];

const KINDS: Readonly<Record<string, Kind>> = {
    "tls:index/privateKey:PrivateKey": {
        defaults: { rsaBits: 2048, ecdsaCurve: "P224" },
        inputs: ["algorithm"],
        async make(inputs) {
            const key = await newKey(inputs);
            const { privateKeyPem, privateKeyPemPkcs8, publicKeyPem } = key;
            return {
                id: sha1(publicKeyPem),
                outputs: {
                    privateKeyPem: secret(privateKeyPem),
                    privateKeyPemPkcs8: secret(privateKeyPemPkcs8),
                    publicKeyPem,
                },
            };
        },
    },
    "tls:index/certRequest:CertRequest": {
        defaults: {},
        inputs: ["privateKeyPem", ...NAMES],
        async make(inputs) {
            const { certRequestPem, algorithm } = await newRequest(inputs);
            return { id: sha1(certRequestPem), outputs: { certRequestPem, keyAlgorithm: algorithm } };
        },
    },
    "tls:index/selfSignedCert:SelfSignedCert": {
        defaults: { ...CERTIFICATE_DEFAULTS, setAuthorityKeyId: false },
        inputs: ["privateKeyPem", "allowedUses", "validityPeriodHours", ...NAMES],
        async make(inputs, now) {
            const made = await newSelfSigned(inputs, now);
            return certificate(made, { keyAlgorithm: made.algorithm });
        },
    },
    "tls:index/locallySignedCert:LocallySignedCert": {
        defaults: CERTIFICATE_DEFAULTS,
        inputs: ["caPrivateKeyPem", "caCertPem", "certRequestPem", "allowedUses", "validityPeriodHours"],
        async make(inputs, now) {
            const made = await newLocallySigned(inputs, now);
            return certificate(made, { caKeyAlgorithm: made.algorithm });
        },
    },
};

function certificate(made: NewCertificate, algorithm: Properties): Made {
    const { certPem, serialNumber, validityStartTime, validityEndTime } = made;
    return {
        id: serialNumber,
        outputs: { certPem, validityStartTime, validityEndTime, readyForRenewal: false, ...algorithm },
    };
}

/** The inputs with the defaults filled in, or the properties refused. */
export function check(urn: string, news: unknown) {
    const kind = kindOf(urn);
    const given = asProperties(news);
    const known = new Set([...kind.inputs, ...Object.keys(kind.defaults)]);
    const failures = Object.keys(given)
        .filter((name) => !known.has(name) && !name.startsWith("__"))
        .map((property) => ({
            property,
            reason: `The stand-in for the tls provider does not know ${property}.`,
        }));
    return { inputs: { ...kind.defaults, ...given }, failures };
}

/** Any changed input replaces, and so does a certificate's having come within `earlyRenewalHours` of its end. */
export function diff(urn: string, olds: unknown, news: unknown, now: Date) {
    const kind = kindOf(urn);
    const [state, inputs] = [asProperties(olds), asProperties(news)];
    const replaces = [...kind.inputs, ...Object.keys(kind.defaults)].filter(
        (name) => !same(state[name] ?? null, inputs[name] ?? null),
    );
    if (renewalDue(state, now)) replaces.push("readyForRenewal");
    return { changes: replaces.length > 0, replaces };
}

function renewalDue(state: Properties, now: Date): boolean {
    const end = unwrap(state.validityEndTime);
    if (typeof end !== "string") return false;
    const early = new Reader(state).number("earlyRenewalHours", 0) * 3_600_000;
    return now.getTime() >= Date.parse(end) - early;
}

export async function create(urn: string, properties: unknown, now: Date) {
    const inputs = asProperties(properties);
    const { id, outputs } = await kindOf(urn).make(new Reader(inputs), now);
    return { id, outs: { ...inputs, ...outputs } };
}

function kindOf(urn: string): Kind {
    // urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const kind = KINDS[type];
    if (!kind) throw new Error(`The stand-in for the tls provider has no ${type}.`);
    return kind;
}
