/** A cluster as tests declare it, with the values of the reference, and the TLS files of its nodes. */
import type { VaultClusterArgs } from "../../components/vault-cluster/args";
import { makeAuthority, makeClient, type ClientShape } from "../oracles/certificates";

export const CLUSTER = "ogenki-vault";
export const SERVER_NAME = "vault.priv.cloud.ogenki.io";

/** Extended key usages (RFC 5280, 4.2.1.12). */
export const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
export const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

export interface TlsFixture {
    readonly certificate: string;
    readonly privateKey: string;
    readonly authorities: string;
}

type Validity = Pick<ClientShape, "notBefore" | "notAfter">;

/** Files that serve, or that fail to in the ways that `shape` says; valid from a day ago on unless it says otherwise. */
export async function tlsFiles(shape: ClientShape = {}, ofRoot: Validity = {}): Promise<TlsFixture> {
    const authority = await makeAuthority({ name: "Ogenki root", ...ofRoot });
    const leaf = await makeClient(authority, {
        commonName: SERVER_NAME,
        dnsNames: [SERVER_NAME],
        usages: [SERVER_AUTH, CLIENT_AUTH],
        ...shape,
    });
    return { certificate: leaf.pem, privateKey: leaf.keyPem, authorities: authority.pem };
}

/** Arguments in order: five nodes on three types in three zones. */
export function clusterArgs(tls: VaultClusterArgs["tls"]): VaultClusterArgs {
    return {
        mode: "ha",
        binary: { path: "/usr/bin/bao" },
        serverName: SERVER_NAME,
        vpcId: "vpc-0a1b2c3d4e5f60718",
        subnets: ["a", "b", "c"].map((zone) => ({
            id: `subnet-${zone}`,
            availabilityZone: `eu-west-3${zone}`,
        })),
        clients: { cidrs: ["10.0.0.0/16"] },
        instanceTypes: ["m6i.large", "m5.large", "c6i.large"],
        image: { owner: "123456789012", name: "hardened-ubuntu-24.04-*" },
        tls,
    };
}
