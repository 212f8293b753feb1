/** A Vault cluster below a root that stays offline: its PKI, its nodes on spot instances, its initialisation, its issuer, and what Kubernetes has of it. */
import * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OfflineAuthority, VaultCluster, VaultInitialization, VaultPki } from "pulumi-portcullis/vault";
import { onKubernetes } from "./kubernetes";

const config = new pulumi.Config();
const path = (name: string): string => join(config.get("folder") ?? ".", name);
/**
 * A public file that somebody handed in, as soon as it is there. Once all have been (`commissioned`), one that is gone
 * is an error: the program would otherwise take for "not yet" what hangs on it, and plan to delete the cluster.
 */
const handedIn = (name: string): string | undefined => {
    if (existsSync(path(name))) return readFileSync(path(name), "utf8");
    if (config.getBoolean("commissioned") !== true) return undefined;
    throw new Error(
        `${path(name)} is not there, and this stack is commissioned. Nothing was changed: bring it back.`,
    );
};

const domain = "priv.cloud.ogenki.io";
// Outside every domain that it issues for: whoever may have leaves signed could pass for Vault with one for its name.
const serverName = "vault.cloud.ogenki.io";
const network = "10.0.0.0/16";
const subject = { organization: "Ogenki", country: "FR" };
const root = handedIn("root-ca.pem");
const intermediate = handedIn("intermediate-ca.pem");
const issuerCertificate = handedIn("issuer.pem");

// 1. The PKI. What has to be signed away from here, and by which command, every preview says until it is done.
const authority = new OfflineAuthority("ogenki", {
    ...subject,
    intermediate: {
        commonName: "Ogenki Intermediate CA",
        privateKeyFile: {
            path: path("intermediate-ca-key.pem"),
            passphraseVariable: "INTERMEDIATE_PASSPHRASE",
        },
        permittedDnsDomains: [domain, serverName, "cluster.local"],
    },
    // The address is for a tunnel to a node.
    server: { dnsNames: [serverName], ipAddresses: ["127.0.0.1"] },
    signed: { root, intermediate, server: handedIn("vault.pem") },
});
export const requests = authority.requests;

// 2. The nodes.
const cluster = authority.whenSigned(
    (_files, tls) =>
        new VaultCluster("ogenki-vault", {
            mode: "ha",
            binary: { path: "/usr/bin/bao" },
            serverName,
            vpcId: "vpc-0a1b2c3d4e5f60718",
            subnets: [
                { id: "subnet-0a1b2c3d4e5f60711", availabilityZone: "eu-west-3a" },
                { id: "subnet-0a1b2c3d4e5f60712", availabilityZone: "eu-west-3b" },
                { id: "subnet-0a1b2c3d4e5f60713", availabilityZone: "eu-west-3c" },
            ],
            clients: { cidrs: [network] },
            instanceTypes: ["m7i-flex.large", "m6i.large", "m6a.large", "m5.large", "m5a.large"],
            image: { owner: "123456789012", name: "*hardened-ubuntu-*" },
            tls,
            enableSsm: config.getBoolean("enableSsm") ?? false,
        }),
);
export const loadBalancer = cluster?.loadBalancerDnsName;

// 3. Its initialisation, once somebody who administers it and the holders of its recovery shares handed in who they are.
const administrator = handedIn("administrator.pem");
const holders = ["alice.asc", "bob.asc", "carol.asc"].map((name) => handedIn(name));
const address = config.get("address") ?? "";

const platform = authority.whenSigned((files) => {
    if (cluster === undefined || administrator === undefined || holders.includes(undefined)) {
        const wanted = "administrator.pem, alice.asc, bob.asc and carol.asc";
        void pulumi.log.warn(`The cluster is initialised once ${wanted} are all in ${path("")}.`);
        return undefined;
    }
    const reached = address === "" ? cluster.url : address;
    const initialization = new VaultInitialization(
        "ogenki-vault",
        {
            ...cluster.initialization,
            address: reached,
            caCertificatePem: files["root-ca.pem"],
            pgpKeys: holders.filter((key) => key !== undefined),
            administrators: [{ name: "platform", certificatePem: administrator }],
            node: { authorityPem: files["root-ca.pem"], dnsNames: [serverName] },
        },
        { dependsOn: cluster },
    );

    // 4. What it issues from then on, signed in as that administrator.
    const provider = new vault.Provider(
        "ogenki-vault",
        {
            address: reached,
            caCertFile: path("root-ca.pem"),
            authLoginCert: {
                name: "administrator-platform",
                certFile: path("administrator.pem"),
                keyFile: path("administrator-key.pem"),
            },
        },
        { dependsOn: initialization },
    );
    const issuer = new VaultPki(
        "ogenki",
        {
            ...subject,
            address: cluster.url,
            commonName: "Ogenki Vault Issuer",
            domains: ["cluster.local", domain],
            certManager: { boundCidrs: [network] },
            snapshot: { boundCidrs: [network] },
            signed:
                issuerCertificate && intermediate && root
                    ? { issuer: issuerCertificate, intermediate, root }
                    : undefined,
        },
        { provider, dependsOn: initialization },
    );
    // 5. What stands on it in Kubernetes.
    const kubernetes = onKubernetes({ cluster, issuer, authorities: files["root-ca.pem"] });
    return { initialization, issuer, kubernetes };
});
/** One for each holder, encrypted to their key. */
export const shares = platform?.initialization.encryptedShares;
export const issuerRequest = platform?.issuer.request;
/** What `deliver.sh` brings to Secrets Manager, once. */
export const approles = platform?.issuer.approles;
export const backups = platform?.kubernetes.backup?.bucketName;
export const hostNames = platform?.kubernetes.gateway?.hostNames;
