/** VaultCluster as a component: every child with its type, its tags, its outputs, and what it refuses. */
import { beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { JOIN_TAG } from "../../../../components/vault-cluster/node/settings";
import { VaultCluster } from "../../../../components/vault-cluster/vault-cluster";
import { PortcullisError } from "../../../../provider/errors";
import { childrenWith, settled } from "../../../support/children";
import { CLUSTER, clusterArgs, SERVER_NAME, tlsFiles, type TlsFixture } from "../../../support/vault-cluster";
import { declare, functions, KEY_ARN, outputs, ROLE_ARN, SECRET_ARN, type Declared } from "./declare";

let tls: TlsFixture;
let declared: Declared;
beforeAll(async () => {
    tls = await tlsFiles();
    declared = await declare(tls);
});

const COMPONENT = "portcullis:index:VaultCluster";

test("every resource is a child of the component, and there is no other", () => {
    const [component, ...resources] = declared.found;
    expect(component).toMatchObject({ name: CLUSTER, type: COMPONENT, parent: undefined });
    expect(resources.map(({ name, type }) => [name.slice(CLUSTER.length + 1), type]).sort()).toEqual([
        ["api", "aws:lb/targetGroup:TargetGroup"],
        ["balancer-access", "aws:ec2/securityGroup:SecurityGroup"],
        ["balancer-from-10.0.0.0/16", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
        ["balancer-to-node", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"],
        ["group", "aws:autoscaling/group:Group"],
        ["key", "aws:kms/key:Key"],
        ["lb", "aws:lb/loadBalancer:LoadBalancer"],
        ["leave", "aws:autoscaling/lifecycleHook:LifecycleHook"],
        ["listener", "aws:lb/listener:Listener"],
        ["node-access", "aws:ec2/securityGroup:SecurityGroup"],
        ["node-api-from-balancer", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
        ["node-api-from-node", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
        ["node-api-to-node", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"],
        ["node-cluster-from-node", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
        ["node-cluster-to-node", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"],
        ["node-https-to-0.0.0.0/0", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"],
        ["profile", "aws:iam/instanceProfile:InstanceProfile"],
        ["role", "aws:iam/role:Role"],
        ["role-policy", "aws:iam/rolePolicy:RolePolicy"],
        ["template", "aws:ec2/launchTemplate:LaunchTemplate"],
        ["tls", "aws:secretsmanager/secret:Secret"],
        ["tls-check", "pulumi-nodejs:dynamic/vault:TlsFilesCheck"],
        ["tls-version", "aws:secretsmanager/secretVersion:SecretVersion"],
    ]);
    for (const { name, type, parent, urn } of resources) {
        expect({ name, parent }).toEqual({ name, parent: CLUSTER });
        expect(urn).toBe(`urn:pulumi:stack::project::${COMPONENT}$${type}::${name}`);
    }
});

test("tags are on everything that takes them, and on the instances", async () => {
    const tagged = await declare(tls, { tags: { team: "platform" } });
    const untagged = tagged.found
        .slice(1)
        .filter(({ inputs }) => !JSON.stringify(inputs.tags ?? "").includes("platform"))
        .map(({ name }) => name.slice(CLUSTER.length + 1));
    expect(untagged.sort()).toEqual(["leave", "role-policy", "tls-check", "tls-version"]);
    expect(tagged.inputs("group").tags).toContainEqual({
        key: "team",
        value: "platform",
        propagateAtLaunch: true,
    });
    expect(tagged.inputs("template").tagSpecifications).toEqual([
        { resourceType: "volume", tags: { team: "platform", Name: CLUSTER, [JOIN_TAG]: CLUSTER } },
    ]);
});

test("its outputs, none of them a secret", async () => {
    const { cluster } = declared;
    const values = {
        url: cluster.url,
        loadBalancerDnsName: cluster.loadBalancerDnsName,
        autoScalingGroupName: cluster.autoScalingGroupName,
        kmsKeyArn: cluster.kmsKeyArn,
        tlsSecretArn: cluster.tlsSecretArn,
        nodeRoleArn: cluster.nodeRoleArn,
        nodeSecurityGroupId: cluster.nodeSecurityGroupId,
    };
    expect(await settled(pulumi.output(values))).toEqual({
        url: `https://${SERVER_NAME}:8200`,
        loadBalancerDnsName: "internal-x.elb.eu-west-3.amazonaws.com",
        autoScalingGroupName: CLUSTER,
        kmsKeyArn: KEY_ARN,
        tlsSecretArn: SECRET_ARN,
        nodeRoleArn: ROLE_ARN,
        nodeSecurityGroupId: `${CLUSTER}-node-access-id`,
    });
    for (const value of Object.values(values)) expect(await pulumi.isSecret(value)).toBe(false);
    expect(cluster.initialization).toEqual({
        product: "openbao",
        nodes: 5,
        serverName: SERVER_NAME,
        autopilot: {},
    });
});

test("what is refused is refused before anything is declared", async () => {
    let thrown: unknown;
    const found = await childrenWith(
        (opts) => {
            try {
                return new VaultCluster(CLUSTER, { ...clusterArgs(tls), nodes: 4 }, opts);
            } catch (error) {
                thrown = error;
                return new pulumi.ComponentResource("test:index:Empty", "empty");
            }
        },
        { outputs, functions },
    );
    expect(thrown).toBeInstanceOf(PortcullisError);
    expect(thrown).toMatchObject({ code: "InvalidInput", property: "nodes" });
    expect(found.map(({ type }) => type)).toEqual([COMPONENT]);
});
