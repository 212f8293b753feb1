/** What VaultCluster refuses when it is constructed: all faults at once, each with its remedy. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { VaultClusterArgs } from "../../../../components/vault-cluster/args";
import { planCluster } from "../../../../components/vault-cluster/check";
import { PortcullisError } from "../../../../provider/errors";
import { CLUSTER, clusterArgs, SERVER_NAME, tlsFiles, type TlsFixture } from "../../../support/vault-cluster";

let tls: TlsFixture;
let args: VaultClusterArgs;
beforeAll(async () => {
    tls = await tlsFiles();
    args = clusterArgs(tls);
});

const plan = (changes: Partial<VaultClusterArgs> = {}, name = CLUSTER) =>
    planCluster(name, { ...args, ...changes }, new Date());

/** What is said of the one fault. */
function refusal(changes: Partial<VaultClusterArgs>, name = CLUSTER): PortcullisError {
    try {
        plan(changes, name);
    } catch (error) {
        if (error instanceof PortcullisError) return error;
        throw error;
    }
    throw new Error("it should have been refused");
}

test("what follows from arguments in order", () => {
    expect(plan()).toEqual({
        nodes: 5,
        onDemandBase: 0,
        most: 7,
        settings: {
            product: "openbao",
            binary: { path: "/usr/bin/bao" },
            clusterName: CLUSTER,
            nodes: 5,
            region: "eu-west-3",
            serverName: SERVER_NAME,
            lifecycleHook: "leave-raft",
            telemetry: false,
        },
        initialization: { product: "openbao", nodes: 5, serverName: SERVER_NAME, autopilot: {} },
        volumeSize: 20,
        egressCidrs: ["0.0.0.0/0"],
    });
    const chosen = plan({
        mode: "dev",
        product: "vault",
        clusterName: "other",
        volumeSize: 100,
        egressCidrs: ["10.0.0.0/8"],
    });
    expect(chosen).toMatchObject({
        nodes: 1,
        most: 2,
        settings: { product: "vault", clusterName: "other", nodes: 1, telemetry: false },
        initialization: { product: "vault", nodes: 1, autopilot: {} },
        volumeSize: 100,
        egressCidrs: ["10.0.0.0/8"],
    });
    expect(plan({ telemetry: { securityGroups: { prometheus: "sg-1" } } }).settings.telemetry).toBe(true);
});

test("all faults are said at once", () => {
    const error = refusal({
        nodes: 4,
        subnets: args.subnets.slice(0, 2),
        instanceTypes: ["m6i.large", "m5.large"],
        clients: { cidrs: ["0.0.0.0/0"] },
        autopilot: { deadServerLastContactThreshold: "10s" },
    });
    expect(error).toMatchObject({
        code: "InvalidInput",
        property: undefined,
        remedy: "Correct the program, and run it again.",
    });
    const lines = error.problem.split("\n").filter((line) => line !== "");
    expect(lines.map((line) => line.slice(0, 36))).toEqual([
        'VaultCluster "ogenki-vault" is refus',
        "  - subnets: They lie in eu-west-3a ",
        "  - instanceTypes: There are 2; with",
        "  - clients.cidrs[0]: It is every ad",
        "  - nodes: It is 4. An even number t",
        "  - autopilot.deadServerLastContactT",
    ]);
    expect(lines[0]).toBe('VaultCluster "ogenki-vault" is refused for 5 reasons:');
});

test("the forms of values are among them, each judged once", () => {
    const error = refusal({
        clusterName: 'a"b',
        serverName: "https://vault.example.org",
        binary: { url: "https://user:word@example.org/bao?x", sha256: "abc" },
        volumeSize: 1,
        tls: { ...tls, privateKey: pulumi.output("later") },
    });
    const properties = error.problem.split("\n").flatMap((line) => /^ {2}- ([^:]+): /.exec(line)?.[1] ?? []);
    expect(properties).toEqual(["clusterName", "serverName", "binary.url", "binary.sha256", "volumeSize"]);
    expect(error.message).not.toContain("word@");
});

/** As a program without types might call. */
const untyped = (changes: Readonly<Record<string, unknown>>): PortcullisError => refusal(changes);

describe("programs without types", () => {
    test.each([
        ["mode", "prod", 'Give "ha", for several nodes'],
        ["mode", undefined, 'Give "ha", for several nodes'],
        ["binary", undefined, 'It is missing. Say where the server program is: { path: "/usr/bin/bao" }'],
        ["binary", "/usr/bin/bao", "It is nothing that can be taken here. Say where the server program is"],
        ["serverName", undefined, "Give the DNS name by which clients call"],
        ["vpcId", undefined, "Give the id of the VPC"],
        ["subnets", undefined, "Give a list of { id, availabilityZone }"],
        ["clients", undefined, "Say who may call the API"],
        ["instanceTypes", undefined, "Give a list of instance types"],
        ["instanceTypes", "m5.large", "Give a list of instance types"],
        ["image", null, "Give the machine image"],
        ["tls", undefined, "Give the nodes' TLS files: { certificate, privateKey, authorities }"],
        ["product", "consul", 'Give "openbao" or "vault".'],
    ])("%s: %j", (property, value, remedy) => {
        const error = untyped({ [property]: value });
        expect(error).toMatchObject({ code: "InvalidInput", property });
        expect(error.problem).toContain(`- ${property}: `);
        expect(error.problem).toContain(remedy);
    });

    test("with nothing but a name are told everything at once", () => {
        const none = Object.fromEntries(Object.keys(args).map((key) => [key, undefined]));
        const error = untyped(none);
        expect(error.problem).toContain("is refused for 9 reasons:");
    });

    test("a digest that was left out", () => {
        expect(untyped({ binary: { url: "https://example.org/bao" } })).toMatchObject({
            property: "binary.sha256",
        });
    });
});

test("one fault alone names its property", () => {
    const error = refusal({ nodes: 4 });
    expect(error).toMatchObject({ code: "InvalidInput", property: "nodes" });
    expect(error.message).toBe(
        'VaultCluster "ogenki-vault" is refused:\n  - nodes: It is 4. An even number tolerates no more losses than 3 would, and has one node more to lose. Give 3, 5 or 7; 5 outlives the loss of any two.\n Correct the program, and run it again.',
    );
});

describe("one fault", () => {
    const DIGEST = "0".repeat(64);
    const release = (version: string) => ({
        url: `https://example.org/openbao/v${version}/bao_${version}_linux_amd64.tar.gz`,
        sha256: DIGEST,
    });
    const IMAGE = { owner: "123456789012", name: "hardened-*" };

    test.each<[string, Partial<VaultClusterArgs>, string, string]>([
        [
            "autopilot that removes living nodes",
            { autopilot: { deadServerLastContactThreshold: "10s" } },
            "autopilot.deadServerLastContactThreshold",
            "Give 2m to 15m",
        ],
        [
            "autopilot that keeps no majority",
            { autopilot: { minQuorum: 2 } },
            "autopilot.minQuorum",
            "Give a whole number from 3 to 5",
        ],
        ["clients that are nobody", { clients: {} }, "clients", "Give cidrs or securityGroups."],
        [
            "telemetry for nobody",
            { telemetry: { cidrs: [], securityGroups: {} } },
            "telemetry",
            "Give cidrs or securityGroups.",
        ],
        [
            "telemetry for the world",
            { telemetry: { cidrs: ["::/0"] } },
            "telemetry.cidrs[0]",
            "Give an IPv4 network.",
        ],
        [
            "metrics of Vault, whose port would serve the whole API",
            { product: "vault", telemetry: { cidrs: ["10.0.0.0/24"] } },
            "telemetry",
            "Leave it out, and read sys/metrics at the API with a token",
        ],
        ["egress to no network", { egressCidrs: ["aws"] }, "egressCidrs[0]", "Write it as"],
        ["a cluster name with a dot", { clusterName: "a.b" }, "clusterName", "letters, digits and hyphens"],
        [
            "a server name with a scheme",
            { serverName: `https://${SERVER_NAME}` },
            "serverName",
            "without scheme and port",
        ],
        ["an image of anybody", { image: { ...IMAGE, owner: "*" } }, "image.owner", "account id of 12"],
        ["an image of any name", { image: { ...IMAGE, name: "*" } }, "image.name", "Give its name"],
        ["a volume that holds no system", { volumeSize: 4 }, "volumeSize", "from 8 to 16384."],
        ["half a GiB", { volumeSize: 20.5 }, "volumeSize", "from 8 to 16384."],
        ["a tag of the component's", { tags: { Name: "x" } }, 'tags["Name"]', "sets this tag itself"],
        [
            "the tag by which nodes meet",
            { tags: { "portcullis:vault-cluster": "x" } },
            'tags["portcullis:vault-cluster"]',
            "sets this tag itself",
        ],
        ["a tag of AWS's", { tags: { "aws:x": "x" } }, 'tags["aws:x"]', "AWS's own"],
        [
            "an OpenBao without the seal",
            { binary: release("2.7.2") },
            "binary.url",
            "OpenBao 2.7 has no built-in seal by AWS KMS, so that no node would unseal. Give a release of the line 2.6.",
        ],
        [
            "a program in the clear",
            { binary: { url: "http://example.org/bao", sha256: DIGEST } },
            "binary.url",
            "begins with https://",
        ],
        [
            "a program without its digest",
            { binary: { url: "https://example.org/bao", sha256: "abc" } },
            "binary.sha256",
            "64 hexadecimal digits",
        ],
    ])("%s", (_title, changes, property, remedy) => {
        const named = changes.serverName === undefined ? {} : { tls: { ...tls, privateKey: later } };
        const error = refusal({ ...changes, ...named });
        expect(error).toMatchObject({ code: "InvalidInput", property });
        expect(error.problem).toContain(`- ${property}: `);
        expect(error.problem).toContain(remedy);
    });

    const later = pulumi.output(new Promise<string>(() => undefined));

    test("a release of the line 2.6", () => {
        expect(plan({ binary: release("2.6.2") }).settings.binary).toEqual(release("2.6.2"));
    });

    test("a release that is out of support", () => {
        const old = refusal({
            product: "vault",
            binary: { url: "https://example.org/vault_1.14.8_linux_amd64.zip", sha256: DIGEST },
        });
        expect(old).toMatchObject({ code: "InvalidInput", property: "binary.url" });
        expect(old.problem).toContain("Vault 1.14 is out of support");
    });

    test("an image by its id is not searched for", () => {
        expect(plan({ image: { id: "ami-1" } }).nodes).toBe(5);
    });

    test.each(["", "has space", "ends-", "a.b", "a".repeat(21)])("the name %j", (name) => {
        expect(refusal({ clusterName: "fine" }, name)).toMatchObject({ property: "name" });
    });

    test("TLS files of another name, where they are known; the key is not said", async () => {
        const other = await tlsFiles({ dnsNames: ["vault.example.org"] });
        const error = refusal({ tls: other });
        expect(error).toMatchObject({ property: "tls.certificate" });
        expect(error.message).not.toContain(other.privateKey.split("\n")[1]);
        expect(plan({ tls: { ...other, privateKey: later } }).nodes).toBe(5);
    });
});
