/** What a drill's flags and environment come to. */
import { expect, test } from "@jest/globals";
import { isIsolated } from "../../../../../sdk/cli/snapshot/drill-settings";
import { snapshotCommand } from "../../../../../sdk/cli/snapshot/command";
import type { DrillFlags } from "../../../../../sdk/cli/snapshot/settings";

const flags: DrillFlags = {
    ...{ bucket: "b", cluster: "main", prefix: "", server: "/bao", sealFile: "/seal.hcl" },
    ...{ roleIdFile: "/role", secretIdFile: "/secret" },
};

test.each<readonly [isolated: true | undefined, said: string | undefined, expected: boolean]>([
    [undefined, undefined, false],
    [undefined, "", false],
    [undefined, "false", false],
    [undefined, "true", true],
    [true, undefined, true],
    [true, "false", true],
])("--isolated %p and %p in the environment: %p", (isolated, said, expected) => {
    const environment = { PORTCULLIS_SNAPSHOT_ISOLATED: said };
    expect(isIsolated(isolated === undefined ? flags : { ...flags, isolated }, environment)).toBe(expected);
});

test.each(["1", "yes", "TRUE", "0"])("%p is no promise, and is refused", (said) => {
    expect(() => isIsolated(flags, { PORTCULLIS_SNAPSHOT_ISOLATED: said })).toThrow(
        expect.objectContaining({ code: "InvalidConfiguration", property: "PORTCULLIS_SNAPSHOT_ISOLATED" }),
    );
});

test("each of its flags has its variable", () => {
    const drill = snapshotCommand().commands.find((command) => command.name() === "drill");
    const variables = drill?.options.map(({ long, envVar, mandatory }) => [long, envVar, mandatory]);
    expect(variables).toEqual([
        ["--bucket", "PORTCULLIS_SNAPSHOT_BUCKET", true],
        ["--cluster", "PORTCULLIS_SNAPSHOT_CLUSTER", true],
        ["--prefix", "PORTCULLIS_SNAPSHOT_PREFIX", false],
        ["--region", "PORTCULLIS_SNAPSHOT_REGION", false],
        ["--s3-endpoint", "PORTCULLIS_SNAPSHOT_S3_ENDPOINT", false],
        ["--json", undefined, false],
        ["--push-metrics", "PORTCULLIS_SNAPSHOT_PUSH_METRICS", false],
        ["--server", "PORTCULLIS_SNAPSHOT_SERVER", true],
        ["--seal-file", "PORTCULLIS_SNAPSHOT_SEAL_FILE", true],
        ["--role-id-file", "PORTCULLIS_SNAPSHOT_ROLE_ID_FILE", true],
        ["--secret-id-file", "PORTCULLIS_SNAPSHOT_SECRET_ID_FILE", true],
        ["--auth-mount", "PORTCULLIS_SNAPSHOT_AUTH_MOUNT", false],
        ["--work-dir", "PORTCULLIS_SNAPSHOT_WORK_DIR", false],
        ["--isolated", undefined, false],
    ]);
});
