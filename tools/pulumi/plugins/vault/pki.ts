/** The PKI secrets engine in the `vault` stand-in: its configuration, its issuer and its roles. */
import { randomUUID } from "node:crypto";
import { bodyOf, fields, propertiesOf } from "./fields";
import { entry, type Kind } from "./kind";

const BACKEND = fields({ backend: "text" });

export const cluster = entry({
    fields: fields({ path: "text", aiaPath: "text" }),
    fixed: BACKEND,
    path: (inputs) => `${inputs.text("backend")}/config/cluster`,
    deletes: false,
});

export const urls = entry({
    fields: fields({
        issuingCertificates: "texts",
        crlDistributionPoints: "texts",
        ocspServers: "texts",
        enableTemplating: "flag",
    }),
    fixed: BACKEND,
    path: (inputs) => `${inputs.text("backend")}/config/urls`,
    deletes: false,
});

export const crl = entry({
    fields: fields({
        autoRebuild: "flag",
        autoRebuildGracePeriod: "duration",
        disable: "flag",
        enableDelta: "flag",
        expiry: "duration",
        ocspDisable: "flag",
        ocspExpiry: "duration",
    }),
    fixed: BACKEND,
    path: (inputs) => `${inputs.text("backend")}/config/crl`,
    deletes: false,
});

export const autoTidy = entry({
    fields: fields({
        enabled: "flag",
        intervalDuration: "duration",
        issuerSafetyBuffer: "duration",
        safetyBuffer: "duration",
        tidyCertStore: "flag",
        tidyExpiredIssuers: "flag",
        tidyRevokedCertIssuerAssociations: "flag",
        tidyRevokedCerts: "flag",
    }),
    fixed: BACKEND,
    path: (inputs) => `${inputs.text("backend")}/config/auto-tidy`,
    deletes: false,
});

const REQUEST = fields({
    commonName: "text",
    organization: "text",
    country: "text",
    keyType: "text",
    keyBits: "number",
    keyName: "text",
    addBasicConstraints: "flag",
});

/** A key that the server makes and keeps, and its certificate request. Only keys that never leave are made here. */
export const certificateRequest: Kind = {
    fields: {},
    fixed: { ...BACKEND, ...fields({ type: "text" }), ...REQUEST },
    computed: ["csr", "keyId"],
    async create(client, inputs, given) {
        const type = inputs.text("type");
        if (type !== "internal")
            throw new Error(`The stand-in makes no ${type} key: it would leave the server.`);
        const path = `${inputs.text("backend")}/issuers/generate/intermediate/internal`;
        const { data } = await client.write(path, bodyOf(REQUEST, given));
        return {
            id: `${path}/${randomUUID()}`,
            outputs: propertiesOf(fields({ csr: "text", keyId: "text" }), data),
        };
    },
    // As in the real provider: the server keeps the key, and no request.
    read: () => Promise.resolve({}),
    delete: () => Promise.resolve(),
};

/** Certificates that are brought in; those that the server has already are none of its outputs. */
export const setSigned: Kind = {
    fields: {},
    fixed: fields({ backend: "text", certificate: "text" }),
    computed: ["importedIssuers", "importedKeys"],
    async create(client, inputs, given) {
        const path = `${inputs.text("backend")}/intermediate/set-signed`;
        const { data } = await client.write(path, bodyOf(fields({ certificate: "text" }), given));
        return {
            id: `${path}/${randomUUID()}`,
            outputs: {
                importedIssuers: [],
                importedKeys: [],
                ...propertiesOf(fields({ importedIssuers: "texts", importedKeys: "texts" }), data),
            },
        };
    },
    read: () => Promise.resolve({}),
    delete: () => Promise.resolve(),
};

const ISSUER = fields({ issuerName: "text", leafNotAfterBehavior: "text", usage: "text" });

/** What is kept with an issuer that is there already. As in the real provider, another reference changes nothing. */
export const issuer: Kind = {
    fields: { ...ISSUER, ...fields({ issuerRef: "text" }) },
    fixed: BACKEND,
    computed: ["issuerId"],
    async create(client, inputs, given) {
        const id = `${inputs.text("backend")}/issuer/${inputs.text("issuerRef")}`;
        if ((await client.read(id)) === undefined) throw new Error(`There is no issuer at ${id}.`);
        const { data } = await client.write(id, bodyOf(ISSUER, given));
        return { id, outputs: propertiesOf({ ...ISSUER, ...fields({ issuerId: "text" }) }, data) };
    },
    async read(client, id) {
        const answer = await client.read(id).catch((error: unknown) => {
            // The server's answer where there is no such issuer has status 500.
            if (error instanceof Error && error.message.includes("unable to find PKI issuer"))
                return undefined;
            throw error;
        });
        return (
            answer && {
                ...propertiesOf({ ...ISSUER, ...fields({ issuerId: "text" }) }, answer.data),
                issuerRef: id.slice(id.lastIndexOf("/") + 1),
            }
        );
    },
    async update(client, id, _inputs, given) {
        const { data } = await client.patch(id, bodyOf(ISSUER, given));
        return { ...propertiesOf(ISSUER, data), issuerRef: id.slice(id.lastIndexOf("/") + 1) };
    },
    delete: (client, id) => client.remove(id),
};

export const issuers = entry({
    fields: fields({ default: "text", defaultFollowsLatestIssuer: "flag" }),
    fixed: BACKEND,
    path: (inputs) => `${inputs.text("backend")}/config/issuers`,
    deletes: false,
});

/** What one certificate may be. Country, organisation and key usages have other names in the API. */
export const role = entry({
    fields: fields(
        {
            allowAnyName: "flag",
            allowBareDomains: "flag",
            allowGlobDomains: "flag",
            allowIpSans: "flag",
            allowLocalhost: "flag",
            allowSubdomains: "flag",
            allowWildcardCertificates: "flag",
            allowedDomains: "texts",
            allowedDomainsTemplate: "flag",
            clientFlag: "flag",
            cnValidations: "names",
            codeSigningFlag: "flag",
            countries: "texts",
            emailProtectionFlag: "flag",
            enforceHostnames: "flag",
            generateLease: "flag",
            issuerRef: "text",
            keyBits: "number",
            keyType: "text",
            keyUsages: "names",
            maxTtl: "duration",
            noStore: "flag",
            organizations: "texts",
            requireCn: "flag",
            serverFlag: "flag",
            ttl: "duration",
            useCsrCommonName: "flag",
            useCsrSans: "flag",
        },
        { countries: "country", organizations: "organization", keyUsages: "key_usage" },
    ),
    fixed: fields({ backend: "text", name: "text" }),
    path: (inputs) => `${inputs.text("backend")}/roles/${inputs.text("name")}`,
    deletes: true,
});
