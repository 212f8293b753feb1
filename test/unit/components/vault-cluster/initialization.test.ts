/** What a cluster tells of itself fits into VaultInitialization whole, whatever the cluster is. */
import { beforeAll, expect, test } from "@jest/globals";
import type { VaultClusterArgs } from "../../../../components/vault-cluster/args";
import { planCluster } from "../../../../components/vault-cluster/check";
import { decideAutopilot, type ClusterSize } from "../../../../provider/vault/autopilot";
import { vaultInitialization } from "../../../../provider/vault/initialization";
import { makeHolders, NOW, type Holders } from "../../../support/holders";
import { HOLDER_A, HOLDER_B, HOLDER_C } from "../../../support/pgp-keys";
import { CLUSTER, clusterArgs, SERVER_NAME, tlsFiles, type TlsFixture } from "../../../support/vault-cluster";

let tls: TlsFixture;
let holders: Holders;
beforeAll(async () => {
    tls = await tlsFiles();
    holders = await makeHolders();
});

const initializationOf = (changes: Partial<VaultClusterArgs>) =>
    planCluster(CLUSTER, { ...clusterArgs(tls), ...changes }, new Date()).initialization;

/** What the resource makes of it, among the inputs that are of no cluster. */
const checked = (initialization: object) =>
    vaultInitialization.check(
        {
            ...initialization,
            address: `https://${SERVER_NAME}:8200`,
            owner: "project/stack vault",
            pgpKeys: [HOLDER_A, HOLDER_B, HOLDER_C].map(({ armored }) => armored),
            administrators: [{ name: "alice", certificatePem: holders.alice.certificatePem }],
        },
        NOW,
        {},
    );

const DEVICES = [
    { path: "file", type: "file", options: { file_path: "/var/log/vault/audit.log", mode: "0600" } },
    { path: "journal", type: "file", options: { file_path: "stdout" } },
];

const SIZES: readonly Partial<VaultClusterArgs>[] = [
    { mode: "dev" },
    { nodes: 3 },
    {},
    { nodes: 7, autopilot: { deadServerLastContactThreshold: "15m", minQuorum: 5 } },
    { nodes: 3, autopilot: { deadServerLastContactThreshold: "2m" } },
    { mode: "dev", autopilot: { deadServerLastContactThreshold: "15m" } },
];

test.each(SIZES.flatMap((size) => (["openbao", "vault"] as const).map((product) => ({ ...size, product }))))(
    "%j",
    (changes) => {
        const nodes: ClusterSize = changes.mode === "dev" ? 1 : ((changes.nodes ?? 5) as ClusterSize);
        const { inputs, failures } = checked(initializationOf(changes));
        expect(failures).toEqual([]);
        expect(inputs).toMatchObject({
            product: changes.product,
            nodes,
            serverName: SERVER_NAME,
            autopilot: changes.autopilot ?? {},
        });
        expect(inputs.auditDevices).toEqual(changes.product === "vault" ? DEVICES : undefined);
        expect(decideAutopilot(nodes, inputs.autopilot as object)).toEqual(
            decideAutopilot(nodes, changes.autopilot),
        );
    },
);

test("what was not chosen is left to VaultInitialization", () => {
    const chosen = { deadServerLastContactThreshold: undefined, minQuorum: undefined };
    expect(initializationOf({ autopilot: chosen }).autopilot).toEqual({});
    expect(Object.keys(initializationOf({}))).not.toContain("auditDevices");
});
