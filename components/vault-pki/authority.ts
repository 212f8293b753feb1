/** The authority within Vault: its secrets engine, addresses and lists, its key and request, and its signed issuer. */
import * as pulumi from "@pulumi/pulumi";
import type * as Vault from "@pulumi/vault";
import type { KeyAlgorithm } from "../../provider/pki/keys";
import { SignedCertificates } from "../../provider/pki/program/signed-certificates";
import type { VaultPkiArgs } from "./args";
import type { Chain } from "./chain";
import { acceptIssuer, unsignedWarning, type AcceptedIssuer } from "./issuer";
import { vaultAddress, type VaultPkiSettings } from "./settings";
import { vault } from "./vault";

export interface Authority {
    /** The present generation's request, PEM. */
    readonly request: pulumi.Output<string>;
    /** `<mount>/issuer/<id>`; undefined until it is signed. */
    readonly issuerPath: pulumi.Output<string> | undefined;
}

const KEYS: Readonly<Record<KeyAlgorithm, { readonly keyType: string; readonly keyBits: number }>> = {
    "EC-P256": { keyType: "ec", keyBits: 256 },
    "EC-P384": { keyType: "ec", keyBits: 384 },
    "RSA-2048": { keyType: "rsa", keyBits: 2048 },
    "RSA-3072": { keyType: "rsa", keyBits: 3072 },
    "RSA-4096": { keyType: "rsa", keyBits: 4096 },
};

/** A key stays what it is for as long as its generation: a request made anew would have a new key behind it. */
const IDENTITY = ["commonName", "organization", "country", "keyType", "keyBits"];

export function authority(
    name: string,
    args: VaultPkiArgs,
    settings: VaultPkiSettings,
    chain: Chain,
    component: pulumi.ComponentResource,
): Authority {
    const { Mount, pkisecret } = vault();
    const {
        mount: backend,
        limits: { domains },
        leafLifetime,
    } = settings;
    const kept = { retainOnDelete: args.keepOnDestroy ?? true };
    const warn = (message: string): void => {
        // A warning that cannot be delivered is no reason to stop.
        void pulumi.log.warn(`${name}: ${message}`, component).catch(() => undefined);
    };
    const accepted = args.signed && acceptIssuer(args.signed, { domains, leafLifetime }, new Date());
    for (const warning of accepted?.warnings ?? [unsignedWarning()]) warn(warning);
    chain.add(
        (opts) =>
            new Mount(
                `${name}-mount`,
                {
                    type: "pki",
                    path: backend,
                    description: `${settings.organization}: issuing authority`,
                    // What may be leased bounds every certificate of the engine, whatever its role says.
                    defaultLeaseTtlSeconds: leafLifetime,
                    maxLeaseTtlSeconds: leafLifetime,
                },
                opts,
            ),
        kept,
    );
    const address = pulumi.output(args.address).apply((text) => vaultAddress(text, settings.limits));
    configure(name, address, backend, chain, kept);
    const requests = settings.generations.map((generation) =>
        chain.add(
            (opts) =>
                new pkisecret.SecretBackendIntermediateCertRequest(
                    `${name}-request-${generation}`,
                    {
                        backend,
                        type: "internal",
                        commonName: settings.commonName,
                        organization: settings.organization,
                        country: settings.country,
                        ...KEYS[settings.keyAlgorithm],
                        keyName: `generation-${generation}`,
                        addBasicConstraints: true,
                    },
                    opts,
                ),
            { ...kept, ignoreChanges: IDENTITY },
        ),
    );
    const [present] = requests;
    // There always is a present generation.
    if (present === undefined) throw new Error("the authority has no generation");
    return {
        request: present.csr,
        issuerPath: accepted && signedIssuer(name, accepted, { settings, requests, kept, warn }, chain),
    };
}

/** Addresses in certificates, and lists: they are there before anything is issued, for they cannot be added later. */
function configure(
    name: string,
    address: pulumi.Output<string>,
    backend: string,
    chain: Chain,
    kept: pulumi.CustomResourceOptions,
): void {
    const { pkisecret } = vault();
    const base = pulumi.interpolate`${address}/v1/${backend}`;
    chain.add(
        (opts) =>
            new pkisecret.BackendConfigCluster(
                `${name}-cluster`,
                { backend, path: base, aiaPath: base },
                opts,
            ),
        kept,
    );
    chain.add(
        (opts) =>
            new pkisecret.SecretBackendConfigUrls(
                `${name}-urls`,
                {
                    backend,
                    // Of the issuer that signs: each generation has its own certificate and list.
                    enableTemplating: true,
                    issuingCertificates: ["{{cluster_aia_path}}/issuer/{{issuer_id}}/der"],
                    crlDistributionPoints: ["{{cluster_aia_path}}/issuer/{{issuer_id}}/crl/der"],
                    ocspServers: ["{{cluster_aia_path}}/ocsp"],
                },
                opts,
            ),
        kept,
    );
    chain.add(
        (opts) =>
            new pkisecret.SecretBackendCrlConfig(
                `${name}-crl`,
                {
                    backend,
                    disable: false,
                    expiry: "72h",
                    autoRebuild: true,
                    autoRebuildGracePeriod: "12h",
                    ocspDisable: false,
                    ocspExpiry: "12h",
                },
                opts,
            ),
        kept,
    );
    chain.add(
        (opts) =>
            new pkisecret.BackendConfigAutoTidy(
                `${name}-tidy`,
                {
                    backend,
                    enabled: true,
                    intervalDuration: "12h",
                    safetyBuffer: "72h",
                    issuerSafetyBuffer: "8760h",
                    tidyCertStore: true,
                    tidyRevokedCerts: true,
                    tidyRevokedCertIssuerAssociations: true,
                    tidyExpiredIssuers: true,
                },
                opts,
            ),
        kept,
    );
}

function signedIssuer(
    name: string,
    accepted: AcceptedIssuer,
    options: {
        readonly settings: VaultPkiSettings;
        readonly requests: readonly Vault.pkisecret.SecretBackendIntermediateCertRequest[];
        readonly kept: pulumi.CustomResourceOptions;
        readonly warn: (message: string) => void;
    },
    chain: Chain,
): pulumi.Output<string> {
    const { pkisecret } = vault();
    const { settings, requests, kept, warn } = options;
    const {
        mount: backend,
        limits: { domains },
    } = settings;
    const { intermediate, root } = accepted.above;
    // Refuses, at preview as soon as Vault has made the request, what is not signed for it: nothing below is touched.
    const judged = chain.add(
        (opts) =>
            new SignedCertificates(
                `${name}-certificates`,
                {
                    signed: { issuer: accepted.certificate, intermediate, root },
                    requests: { issuer: requests.map(({ csr }) => csr) },
                    issuesFor: { issuer: [...domains] },
                },
                opts,
            ),
    );
    judged.answered.apply(({ issuer: answered = 0 }) => {
        if (answered > 0)
            warn(
                "signed.issuer answers the request before; sign the output request, and give its certificate.",
            );
    });
    // Apart from the issuer, so that a renewed authority above it does not touch the issuer.
    chain.add(
        (opts) =>
            new pkisecret.SecretBackendIntermediateSetSigned(
                `${name}-chain`,
                { backend, certificate: `${intermediate}${root}` },
                opts,
            ),
        kept,
    );
    const imported = chain.add(
        (opts) =>
            new pkisecret.SecretBackendIntermediateSetSigned(
                `${name}-signed`,
                { backend, certificate: accepted.certificate },
                opts,
            ),
        kept,
    );
    const issuer = chain.add(
        (opts) =>
            new pkisecret.SecretBackendIssuer(
                `${name}-issuer`,
                {
                    backend,
                    // A certificate that Vault has already is not imported again; it has its name by then.
                    issuerRef: imported.importedIssuers.apply(([id]) => id ?? accepted.name),
                    issuerName: accepted.name,
                    leafNotAfterBehavior: "truncate",
                    usage: "crl-signing,issuing-certificates,ocsp-signing,read-only",
                },
                opts,
            ),
        // The provider cannot follow another reference in place. The issuer of before stays, for its revocation list.
        { retainOnDelete: true, replaceOnChanges: ["issuerRef"] },
    );
    chain.add(
        (opts) =>
            new pkisecret.SecretBackendConfigIssuers(
                `${name}-issuers`,
                { backend, default: issuer.issuerId, defaultFollowsLatestIssuer: false },
                opts,
            ),
        kept,
    );
    return pulumi.interpolate`${backend}/issuer/${issuer.issuerId}`;
}
