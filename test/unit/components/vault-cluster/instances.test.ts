/** The instances of VaultCluster: their group, what they are started from, and what has to be there before. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { VaultClusterArgs } from "../../../../components/vault-cluster/args";
import { JOIN_TAG } from "../../../../components/vault-cluster/node/settings";
import { userData } from "../../../../components/vault-cluster/node/user-data";
import { VaultCluster } from "../../../../components/vault-cluster/vault-cluster";
import { childrenWith } from "../../../support/children";
import { CLUSTER, clusterArgs, SERVER_NAME, tlsFiles, type TlsFixture } from "../../../support/vault-cluster";
import { declare, functions, KEY_ARN, outputs, SECRET_ARN, type Declared } from "./declare";

let tls: TlsFixture;
let declared: Declared;
beforeAll(async () => {
    tls = await tlsFiles();
    declared = await declare(tls);
});

test("the Auto Scaling group, whole", () => {
    const tag = (key: string, value: string) => ({ key, value, propagateAtLaunch: true });
    expect(declared.inputs("group")).toEqual({
        name: CLUSTER,
        minSize: 5,
        desiredCapacity: 5,
        maxSize: 7,
        vpcZoneIdentifiers: ["subnet-a", "subnet-b", "subnet-c"],
        availabilityZoneDistribution: { capacityDistributionStrategy: "balanced-best-effort" },
        mixedInstancesPolicy: {
            instancesDistribution: {
                onDemandBaseCapacity: 0,
                onDemandPercentageAboveBaseCapacity: 0,
                spotAllocationStrategy: "price-capacity-optimized",
            },
            launchTemplate: {
                launchTemplateSpecification: { launchTemplateId: `${CLUSTER}-template-id`, version: "7" },
                overrides: [
                    { instanceType: "m6i.large" },
                    { instanceType: "m5.large" },
                    { instanceType: "c6i.large" },
                ],
            },
        },
        capacityRebalance: true,
        instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 140 },
        healthCheckType: "EC2",
        healthCheckGracePeriod: 300,
        targetGroupArns: [`arn:${CLUSTER}-api`],
        tags: [tag("Name", CLUSTER), tag(JOIN_TAG, CLUSTER)],
    });
});

test("the hook that holds a terminating instance until its node has left", () => {
    expect(declared.inputs("leave")).toEqual({
        name: "leave-raft",
        autoscalingGroupName: CLUSTER,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: 300,
        defaultResult: "CONTINUE",
    });
});

test("the launch template, whole", () => {
    const settings = {
        product: "openbao" as const,
        binary: { path: "/usr/bin/bao" },
        clusterName: CLUSTER,
        nodes: 5 as const,
        region: "eu-west-3",
        serverName: SERVER_NAME,
        lifecycleHook: "leave-raft",
        telemetry: false,
        kmsKeyArn: KEY_ARN,
        tlsSecretArn: SECRET_ARN,
    };
    expect(declared.inputs("template")).toEqual({
        description: "A node of the Vault cluster",
        imageId: "ami-1",
        iamInstanceProfile: { arn: `arn:${CLUSTER}-profile` },
        metadataOptions: {
            httpEndpoint: "enabled",
            httpTokens: "required",
            httpPutResponseHopLimit: 1,
            httpProtocolIpv6: "disabled",
            instanceMetadataTags: "disabled",
        },
        networkInterfaces: [
            {
                deviceIndex: 0,
                associatePublicIpAddress: "false",
                deleteOnTermination: "true",
                securityGroups: [`${CLUSTER}-node-access-id`],
            },
        ],
        blockDeviceMappings: [
            {
                deviceName: "/dev/sda1",
                ebs: { encrypted: "true", volumeType: "gp3", volumeSize: 20, deleteOnTermination: "true" },
            },
        ],
        userData: Buffer.from(userData(settings)).toString("base64"),
        tagSpecifications: [{ resourceType: "volume", tags: { Name: CLUSTER, [JOIN_TAG]: CLUSTER } }],
        updateDefaultVersion: true,
        tags: {},
    });
});

test("user data is encoded exactly once, is what cloud-init reads, and is small enough", () => {
    const encoded = String(declared.inputs("template").userData);
    const raw = Buffer.from(encoded, "base64").toString("utf8");
    expect(raw.startsWith("#cloud-config\n")).toBe(true);
    expect(Buffer.from(raw, "utf8").toString("base64")).toBe(encoded);
    expect(Buffer.byteLength(raw)).toBeLessThanOrEqual(16_384);
});

describe("the image", () => {
    const asked = async (image: VaultClusterArgs["image"]): Promise<unknown[]> => {
        const calls: unknown[] = [];
        await childrenWith((opts) => new VaultCluster(CLUSTER, { ...clusterArgs(tls), image }, opts), {
            outputs,
            functions,
            onCall: ({ token, inputs }) => {
                if (token === "aws:ec2/getAmi:getAmi") calls.push(inputs);
            },
        });
        return calls;
    };

    test("is the newest of its owner and name, on EBS", async () => {
        expect(await asked({ owner: "self", name: "hardened-*", architecture: "arm64" })).toEqual([
            {
                owners: ["self"],
                mostRecent: true,
                filters: [
                    { name: "name", values: ["hardened-*"] },
                    { name: "architecture", values: ["arm64"] },
                    { name: "root-device-type", values: ["ebs"] },
                    { name: "virtualization-type", values: ["hvm"] },
                ],
            },
        ]);
    });

    test("by its id is looked up for its root device, so that the encrypted volume is the root", async () => {
        expect(await asked({ id: "ami-2" })).toEqual([
            { filters: [{ name: "image-id", values: ["ami-2"] }] },
        ]);
    });
});

test("one node for development: the same, with room for its replacement", async () => {
    const dev = await declare(tls, {
        mode: "dev",
        instanceTypes: ["t3.small"],
        subnets: [{ id: "subnet-a", availabilityZone: "eu-west-3a" }],
        onDemandBase: 1,
    });
    expect(dev.inputs("group")).toMatchObject({
        minSize: 1,
        desiredCapacity: 1,
        maxSize: 2,
        instanceMaintenancePolicy: { minHealthyPercentage: 100, maxHealthyPercentage: 200 },
        mixedInstancesPolicy: {
            instancesDistribution: { onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 0 },
        },
    });
    expect(dev.cluster.initialization).toMatchObject({ nodes: 1, autopilot: {} });
});

test("nothing starts before what it needs, and nothing that it needs goes before it", () => {
    const { found } = declared;
    expect(found.find(({ name }) => name === `${CLUSTER}-group`)?.dependsOn.sort()).toEqual(
        [
            ...["balancer-from-10.0.0.0/16", "balancer-to-node", "node-api-from-balancer"],
            ...["node-api-from-node", "node-api-to-node", "node-cluster-from-node", "node-cluster-to-node"],
            ...["node-https-to-0.0.0.0/0", "role-policy", "tls-version"],
        ].map((suffix) => `${CLUSTER}-${suffix}`),
    );
});
