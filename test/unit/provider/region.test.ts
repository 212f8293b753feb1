import { expect, test } from "@jest/globals";
import { isRegion } from "../../../provider/region";

test.each(["eu-west-3", "us-gov-east-1", "cn-northwest-1", "ap-southeast-7", "eusc-de-east-1"])(
    "%s is a region",
    (region) => {
        expect(isRegion(region)).toBe(true);
    },
);

test.each(["", "eu-west", "eu-west-3a", "eu-west-0", "EU-WEST-3", "eu-west-3\n", "x eu-west-3"])(
    "%j is none",
    (text) => {
        expect(isRegion(text)).toBe(false);
    },
);
