import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { KINDS } from "../../../../../tools/pulumi/plugins/aws/kinds";
import {
    check,
    create,
    diff,
    invoke,
    recordTo,
    remove,
    update,
    type Recorded,
} from "../../../../../tools/pulumi/plugins/aws/provider";
import { secret } from "../../../../../tools/pulumi/plugins/values";

const REGION = "eu-west-3";
const urn = (type: string, name = "x"): string => `urn:pulumi:s::p::pkg:index:Parent$aws:${type}::${name}`;
const KEY = urn("kms/key:Key");
const GROUP = urn("autoscaling/group:Group");
const TEMPLATE = urn("ec2/launchTemplate:LaunchTemplate");
const VERSION = urn("secretsmanager/secretVersion:SecretVersion");

const ignore = (): void => undefined;
const made = (of: string, inputs: object = {}) => create(of, inputs, REGION, ignore);

test("ids and ARNs look like AWS's, and belong to the resource: the same in every run, another for another", () => {
    const key = made(KEY);
    expect(key.outs.arn).toMatch(/^arn:aws:kms:eu-west-3:123456789012:key\/[0-9a-f-]{36}$/);
    expect(made(KEY)).toEqual(key);
    expect(made(urn("kms/key:Key", "y")).id).not.toBe(key.id);
    expect(made(urn("iam/role:Role")).outs.arn).toMatch(/^arn:aws:iam::123456789012:role\/x-[0-9a-f]{7}$/);
    const secretArn = made(urn("secretsmanager/secret:Secret")).outs.arn;
    expect(secretArn).toMatch(
        /^arn:aws:secretsmanager:eu-west-3:123456789012:secret:x-[0-9a-f]{7}-[a-p]{6}$/,
    );
});

test("every kind can be made, and names those of its inputs that replace", () => {
    for (const [type, { inputs, replaces }] of Object.entries(KINDS)) {
        expect(create(`urn:pulumi:s::p::${type}::x`, {}, REGION, ignore).id).not.toBe("");
        expect(inputs).toEqual(expect.arrayContaining([...replaces]));
    }
});

test("inputs that it does not know, types and functions are refused by name", () => {
    expect(check(KEY, { enableKeyRotation: true, keyUsage: "x" }, REGION)).toEqual({
        inputs: { enableKeyRotation: true, keyUsage: "x" },
        failures: [
            { property: "keyUsage", reason: "The stand-in for the aws provider does not know keyUsage." },
        ],
    });
    const table = urn("dynamodb/table:Table");
    expect(() => check(table, {}, REGION)).toThrow("has no aws:dynamodb/table:Table");
    expect(() => made(table)).toThrow("has no aws:dynamodb/table:Table");
    expect(() => {
        remove("x", table, ignore);
    }).toThrow("has no aws:dynamodb/table:Table");
    expect(() => invoke("aws:ec2/getVpc:getVpc", {})).toThrow("has no function aws:ec2/getVpc:getVpc");
});

test("names that Pulumi would make too long are refused, as the real provider does", () => {
    const balancer = (name: string) => check(urn("lb/loadBalancer:LoadBalancer", name), {}, REGION).failures;
    expect(balancer("a".repeat(24))).toEqual([]);
    expect(balancer("a".repeat(25))).toMatchObject([{ property: "name" }]);
});

test("a change updates, but for what AWS cannot change; secrets and the order of properties are no changes", () => {
    const { outs } = made(GROUP, { name: "g", minSize: 5, tags: [{ key: "a", value: "b" }] });
    const wanted = { name: "g", minSize: 5, tags: [{ value: "b", key: "a" }] };
    expect(diff(GROUP, outs, wanted)).toEqual({ changes: false, replaces: [] });
    expect(diff(GROUP, outs, { ...wanted, minSize: secret(5) }).changes).toBe(false);
    expect(diff(GROUP, outs, { ...wanted, minSize: 3 })).toEqual({ changes: true, replaces: [] });
    expect(diff(GROUP, outs, { name: "g", minSize: 5 })).toEqual({ changes: true, replaces: [] });
    expect(diff(GROUP, outs, { ...wanted, name: "h" })).toEqual({ changes: true, replaces: ["name"] });
    const role = made(urn("iam/role:Role"), { description: "d" });
    expect(diff(urn("iam/role:Role"), role.outs, { description: "d" }).changes).toBe(false);
});

test("a bucket is known by its name, and so is what is said of it apart", () => {
    const bucket = urn("s3/bucket:Bucket", "backups");
    const { id, outs } = made(bucket, { bucket: "ogenki-backups", objectLockEnabled: false });
    expect([id, outs.arn]).toEqual(["ogenki-backups", "arn:aws:s3:::ogenki-backups"]);
    expect(diff(bucket, outs, { bucket: "other", objectLockEnabled: true })).toEqual({
        changes: true,
        replaces: ["bucket", "objectLockEnabled"],
    });
    expect(made(bucket).id).toMatch(/^backups-[0-9a-f]{7}$/);
    const named = made(bucket, { tags: { a: "b" } });
    expect(diff(bucket, named.outs, { tags: { a: "b" } })).toEqual({ changes: false, replaces: [] });
    expect(update(named.id, bucket, named.outs, { tags: {} }, ignore).outs.bucket).toBe(named.id);

    const elsewhere = { bucket: "ogenki-backups", region: "eu-central-1" };
    expect(made(bucket, elsewhere).outs.bucketRegionalDomainName).toBe(
        "ogenki-backups.s3.eu-central-1.amazonaws.com",
    );
    expect(diff(bucket, elsewhere, { ...elsewhere, region: REGION }).replaces).toEqual(["region"]);
    const key = { description: "d", region: "eu-central-1" };
    expect(made(urn("kms/key:Key"), key).outs.arn).toMatch(/^arn:aws:kms:eu-central-1:/);

    const versioning = urn("s3/bucketVersioning:BucketVersioning");
    const enabled = { bucket: "ogenki-backups", versioningConfiguration: { status: "Enabled" } };
    expect(made(versioning, enabled).id).toBe("ogenki-backups");
    expect(diff(versioning, enabled, { ...enabled, bucket: "other" })).toEqual({
        changes: true,
        replaces: ["bucket"],
    });
    expect(check(versioning, { ...enabled, status: "Enabled" }, REGION).failures).toMatchObject([
        { property: "status" },
    ]);
});

test("an update keeps what AWS gave, and makes a new version of a launch template", () => {
    const { id, outs } = made(TEMPLATE, { imageId: "ami-1", description: "d" });
    const { outs: next } = update(id, TEMPLATE, outs, { imageId: "ami-2" }, ignore);
    expect(next).toEqual({
        imageId: "ami-2",
        name: outs.name,
        arn: outs.arn,
        latestVersion: 2,
        defaultVersion: 2,
    });
});

test("all that is asked is recorded, and no secret with it; state keeps secrets in their envelopes", () => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-aws-"));
    try {
        const file = join(folder, "record");
        const record = recordTo(file);
        const inputs = { secretId: "arn", secretString: secret("hunter2-hunter2") };
        const { id, outs } = create(VERSION, inputs, REGION, record);
        expect(outs.secretString).toEqual(secret("hunter2-hunter2"));
        update(id, VERSION, outs, { ...inputs, secretString: secret("other-other") }, record);
        remove(id, VERSION, record);
        const text = readFileSync(file, "utf8");
        expect(text).not.toMatch(/hunter2|other-other/);
        const shown = { secretId: "arn", secretString: "[secret]" };
        expect(
            text
                .trim()
                .split("\n")
                .map((line) => JSON.parse(line) as Recorded),
        ).toEqual([
            { operation: "create", urn: VERSION, id, inputs: shown },
            { operation: "update", urn: VERSION, id, inputs: shown },
            { operation: "delete", urn: VERSION, id },
        ]);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
});

test("functions answer from a table; an image is the same for the same question", () => {
    expect(invoke("aws:index/getPartition:getPartition", {})).toEqual({
        partition: "aws",
        dnsSuffix: "amazonaws.com",
    });
    expect(invoke("aws:index/getCallerIdentity:getCallerIdentity", {})).toMatchObject({
        accountId: "123456789012",
    });
    const image = (name: string) => invoke("aws:ec2/getAmi:getAmi", { filters: [name] });
    expect(image("a")).toEqual(image("a"));
    expect(image("a")).not.toEqual(image("b"));
    expect(image("a")).toMatchObject({ rootDeviceName: "/dev/sda1" });
});
