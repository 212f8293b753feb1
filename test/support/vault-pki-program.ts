/** A program that declares VaultPki on a real server, with a provider of its own. */
import * as pulumi from "@pulumi/pulumi";
import type { OutputMap, PulumiFn } from "@pulumi/pulumi/automation";
import * as vault from "@pulumi/vault";
import { VaultPki, type VaultPkiArgs } from "../../sdk/vault";
import type { RunningSingle } from "./vault-stack";

/** The domain that the intermediate of tests is constrained to. */
export const DOMAIN = "priv.example.org";

export function vaultPkiProgram(
    { server, token }: Pick<RunningSingle, "server" | "token">,
    args: Partial<VaultPkiArgs> = {},
): PulumiFn {
    return () => {
        const provider = new vault.Provider("vault", { address: server.url, token: pulumi.secret(token) });
        const pki = new VaultPki(
            "pki",
            {
                address: server.url,
                commonName: "Ogenki Vault Issuer",
                organization: "Ogenki",
                country: "FR",
                domains: [DOMAIN],
                certManager: { boundCidrs: ["127.0.0.1"] },
                snapshot: { boundCidrs: ["127.0.0.0/24"] },
                drill: {},
                ...args,
            },
            { providers: [provider] },
        );
        const { certManager, snapshot, drill } = pki.approles;
        return Promise.resolve({
            request: pki.request,
            signPath: pki.signPath,
            adminPolicy: pki.adminPolicy,
            issued: pki.issuerPath.apply((path) => path ?? "unsigned"),
            certManagerRoleId: certManager.roleId,
            certManagerToken: certManager.wrappingToken,
            certManagerAccessor: certManager.secretIdAccessor,
            snapshotRoleId: snapshot?.roleId,
            snapshotToken: snapshot?.wrappingToken,
            drillRoleId: drill?.roleId,
            drillToken: drill?.wrappingToken,
        });
    };
}

/** An output of the program, in clear. */
export function outputOf(outputs: OutputMap, name: string): string {
    return String(outputs[name]?.value);
}
