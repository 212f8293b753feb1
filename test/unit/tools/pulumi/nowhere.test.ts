import { devNull } from "node:os";
import { expect, test } from "@jest/globals";
import { nowhere } from "../../../../tools/pulumi/nowhere";

const MACHINE = {
    AWS_ACCESS_KEY_ID: "AKIA",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_PROFILE: "production",
    AWS_REGION: "us-east-1",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials",
    AWS_SHARED_CREDENTIALS_FILE: "/home/somebody/.aws/credentials",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    HOME: "/home/somebody",
};

test("with AWS's stand-in, no variable of the machine leads to an account", () => {
    expect(nowhere(["vault", "aws"], MACHINE)).toEqual({
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        AWS_SESSION_TOKEN: "",
        AWS_PROFILE: "",
        AWS_REGION: "eu-west-3",
        AWS_CONTAINER_CREDENTIALS_FULL_URI: "",
        AWS_CONFIG_FILE: devNull,
        AWS_SHARED_CREDENTIALS_FILE: devNull,
        AWS_EC2_METADATA_DISABLED: "true",
        PULUMI_IGNORE_AMBIENT_PLUGINS: "false",
    });
});

test("without it, nothing changes", () => {
    expect(nowhere([], MACHINE)).toEqual({});
    expect(nowhere(["tls"], MACHINE)).toEqual({});
});
