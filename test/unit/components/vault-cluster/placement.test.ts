/** Zones and instance types: which are enough, and what is said of the others. */
import { describe, expect, test } from "@jest/globals";
import { regionOf, typeFailures, zoneFailures } from "../../../../components/vault-cluster/placement";

test.each([
    ["eu-west-3a", "eu-west-3"],
    ["us-gov-west-1b", "us-gov-west-1"],
    ["ap-southeast-2c", "ap-southeast-2"],
    ["us-west-2-lax-1a", undefined],
    ["euw3-az1", undefined],
    ["eu-west-3", undefined],
    ["EU-WEST-3A", undefined],
    ["", undefined],
])("the region of %s is %s", (zone, region) => {
    expect(regionOf(zone)).toBe(region);
});

const three = ["eu-west-3a", "eu-west-3b", "eu-west-3c"];

test.each<["ha" | "dev", string[]]>([
    ["ha", three],
    ["ha", ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]],
    ["dev", ["eu-west-3a"]],
    ["dev", three],
])("in mode %s, %j are enough", (mode, zones) => {
    expect(zoneFailures(mode, zones)).toEqual([]);
});

describe("zones refused", () => {
    test.each<[string, "ha" | "dev", unknown[], string[]]>([
        [
            "two",
            "ha",
            ["eu-west-3a", "eu-west-3b"],
            [
                "They lie in eu-west-3a and eu-west-3b; with fewer than 3 zones the loss of one can take the majority with it. Give a subnet in each of 3 zones or more.",
            ],
        ],
        [
            "three subnets in two",
            "ha",
            ["eu-west-3a", "eu-west-3b", "eu-west-3b"],
            [
                "They lie in eu-west-3a and eu-west-3b; with fewer than 3 zones the loss of one can take the majority with it. Give a subnet in each of 3 zones or more.",
                "Several lie in eu-west-3b, and a network balancer takes one for each zone. Give one for each.",
            ],
        ],
        [
            "none",
            "ha",
            [],
            [
                "They lie in no zone; with fewer than 3 zones the loss of one can take the majority with it. Give a subnet in each of 3 zones or more.",
            ],
        ],
        ["none for one node", "dev", [], ["There is none. Give a subnet."]],
        [
            "two regions",
            "ha",
            ["eu-west-3a", "eu-west-3b", "eu-west-1c"],
            ["They lie in several regions: eu-west-3, eu-west-1. Give subnets of one region."],
        ],
    ])("%s", (_title, mode, zones, reasons) => {
        expect(zoneFailures(mode, zones)).toEqual(reasons.map((reason) => ({ property: "subnets", reason })));
    });

    test("those that are no plain names of zones, each by its place", () => {
        expect(zoneFailures("ha", ["eu-west-3a", Promise.resolve("eu-west-3b"), "euw3-az3"])).toEqual([
            {
                property: "subnets[1].availabilityZone",
                reason: 'It is no plain text, so that a preview could not count the zones. Write it in the program, as "eu-west-3a".',
            },
            {
                property: "subnets[2].availabilityZone",
                reason: '"euw3-az3" is no name of an availability zone. Write it as "eu-west-3a"; local zones and zone ids are not taken.',
            },
        ]);
    });
});

test("three types are enough, and one for one node", () => {
    expect(typeFailures("ha", ["m6i.large", "m5.large", "c6i.large"])).toEqual([]);
    expect(typeFailures("dev", ["t3.small"])).toEqual([]);
});

test.each<[string, "ha" | "dev", unknown[], string[]]>([
    [
        "two types",
        "ha",
        ["m6i.large", "m5.large"],
        [
            "There are 2; with fewer than 3 different ones a single spot pool that runs dry can take the majority with it. Give 3 or more, better ten.",
        ],
    ],
    [
        "two types of which one twice",
        "ha",
        ["m6i.large", "m5.large", "m5.large"],
        [
            "There are 2; with fewer than 3 different ones a single spot pool that runs dry can take the majority with it. Give 3 or more, better ten.",
            "One of them stands there twice. Give each once.",
        ],
    ],
    [
        "one type",
        "ha",
        ["m6i.large"],
        [
            "There is one; with fewer than 3 different ones a single spot pool that runs dry can take the majority with it. Give 3 or more, better ten.",
        ],
    ],
    ["no type for one node", "dev", [], ["There is none. Give an instance type."]],
])("%s refused", (_title, mode, types, reasons) => {
    expect(typeFailures(mode, types)).toEqual(
        reasons.map((reason) => ({ property: "instanceTypes", reason })),
    );
});

test.each(["large", "m6i.large,m5.large", "", Promise.resolve("m5.large")])(
    "%s is no instance type",
    (type) => {
        expect(typeFailures("ha", ["m6i.large", "m5.large", "c5.large", type])).toEqual([
            {
                property: "instanceTypes[3]",
                reason: 'It is no name of an instance type in plain text. Write it as "m6i.large".',
            },
        ]);
    },
);
