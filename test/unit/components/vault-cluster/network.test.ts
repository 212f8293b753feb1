/** The network of VaultCluster: its balancer, its health checks, and every rule of its security groups. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { CLUSTER, tlsFiles, type TlsFixture } from "../../../support/vault-cluster";
import { declare, type Declared } from "./declare";

let tls: TlsFixture;
let declared: Declared;
beforeAll(async () => {
    tls = await tlsFiles();
    declared = await declare(tls);
});

test("the balancer is internal, has its security group, and passes TLS through", () => {
    expect(declared.inputs("lb")).toEqual({
        loadBalancerType: "network",
        internal: true,
        ipAddressType: "ipv4",
        subnets: ["subnet-a", "subnet-b", "subnet-c"],
        securityGroups: [`${CLUSTER}-balancer-access-id`],
        enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
        enableCrossZoneLoadBalancing: true,
        tags: {},
    });
    expect(declared.inputs("listener")).toEqual({
        loadBalancerArn: `arn:${CLUSTER}-lb`,
        port: 8200,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: `arn:${CLUSTER}-api` }],
        tags: {},
    });
});

test("the target group asks for routing alone: a sealed node gets no calls, and is not replaced for it", () => {
    expect(declared.inputs("api")).toEqual({
        port: 8200,
        protocol: "TCP",
        targetType: "instance",
        vpcId: "vpc-0a1b2c3d4e5f60718",
        preserveClientIp: "false",
        deregistrationDelay: 30,
        connectionTermination: true,
        healthCheck: {
            protocol: "HTTPS",
            port: "traffic-port",
            path: "/v1/sys/health?standbyok=true&perfstandbyok=true",
            matcher: "200",
            interval: 10,
            timeout: 6,
            healthyThreshold: 2,
            unhealthyThreshold: 2,
        },
        tags: {},
    });
    expect(declared.inputs("group").healthCheckType).toBe("EC2");
});

describe("who reaches what", () => {
    /** Each rule in one line: the group that it is on, the ports, and the other end. */
    const lines = ({ found }: Declared): string[] =>
        found
            .filter(({ type }) => /SecurityGroup(In|E)gressRule$/.test(type))
            .map(({ type, inputs }) => {
                const { securityGroupId, ipProtocol, fromPort, toPort, cidrIpv4, referencedSecurityGroupId } =
                    inputs;
                const direction = type.endsWith("IngressRule") ? "from" : "to";
                const ports =
                    fromPort === toPort ? String(fromPort) : `${String(fromPort)}-${String(toPort)}`;
                const line = `${String(securityGroupId)} ${String(ipProtocol)} ${ports} ${direction} ${String(cidrIpv4 ?? referencedSecurityGroupId)}`;
                return line.replaceAll(`${CLUSTER}-`, "").replaceAll("-access-id", "");
            })
            .sort();

    test("nothing but this", () => {
        expect(lines(declared)).toEqual([
            "balancer tcp 8200 from 10.0.0.0/16",
            "balancer tcp 8200 to node",
            "node tcp 443 to 0.0.0.0/0",
            "node tcp 8200 from balancer",
            "node tcp 8200 from node",
            "node tcp 8200 to node",
            "node tcp 8201 from node",
            "node tcp 8201 to node",
        ]);
    });

    test("security groups have no rules besides, and each has its own VPC and name", () => {
        for (const group of ["balancer", "node"]) {
            expect(declared.inputs(`${group}-access`)).toEqual({
                description:
                    group === "node" ? "The nodes of the Vault cluster" : "The balancer of the Vault cluster",
                vpcId: "vpc-0a1b2c3d4e5f60718",
                tags: { Name: `${CLUSTER}-${group}-access` },
            });
        }
    });

    test("clients by their groups, metrics from those who scrape alone and on their own port, egress as given", async () => {
        const other = await declare(tls, {
            clients: { cidrs: ["10.1.0.0/16", "10.2.0.0/16"], securityGroups: { apps: "sg-apps" } },
            telemetry: { cidrs: ["10.3.0.0/24"], securityGroups: { prometheus: "sg-prometheus" } },
            egressCidrs: ["10.0.0.0/8"],
        });
        expect(lines(other).filter((line) => !/8201|(from|to) (node|balancer)$/.test(line))).toEqual([
            "balancer tcp 8200 from 10.1.0.0/16",
            "balancer tcp 8200 from 10.2.0.0/16",
            "balancer tcp 8200 from sg-apps",
            "node tcp 443 to 10.0.0.0/8",
            "node tcp 8203 from 10.3.0.0/24",
            "node tcp 8203 from sg-prometheus",
        ]);
        expect(other.child("balancer-from-apps").inputs.description).toBe("Clients");
        expect(other.child("node-metrics-from-prometheus").inputs.description).toBe("Metrics");
        const told = Buffer.from(String(other.inputs("template").userData), "base64").toString();
        expect(told).not.toBe(Buffer.from(String(declared.inputs("template").userData), "base64").toString());
    });
});
