import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortcullisError } from "../../../../provider/errors";
import type { FleetAccount, FleetValue } from "../../../../sdk/fleet/fleet";
import { readAccounts } from "../../../../sdk/fleet/values";

let folder: string;
beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fleet-values-"));
    writeFileSync(join(folder, "key"), "two\nlines\n");
    writeFileSync(join(folder, "empty"), "\n");
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const account = (
    config: Record<string, FleetValue>,
    environment: Record<string, FleetValue> = {},
): FleetAccount => ({
    name: "a",
    stack: "org/a",
    config,
    environment,
});

test("reads variables and files; one line end at the end of a file is no part of its secret", () => {
    const given = account(
        { plain: "p", variable: { environment: "KEY" }, file: { file: join(folder, "key") } },
        { PLAIN: "q", PASS: { environment: "PASS", secretRef: { name: "n", key: "k" } } },
    );
    expect(readAccounts([given], { KEY: "from variable", PASS: "phrase" })).toEqual([
        {
            name: "a",
            stack: "org/a",
            config: {
                plain: { value: "p", secret: false },
                variable: { value: "from variable", secret: true },
                file: { value: "two\nlines", secret: true },
            },
            environment: { PLAIN: "q", PASS: "phrase" },
            secrets: ["from variable", "two\nlines", "phrase"],
        },
    ]);
});

test("names all that is missing, and shows none of what is there", () => {
    const given = account(
        {
            here: { environment: "HERE" },
            unset: { environment: "UNSET" },
            blank: { environment: "BLANK" },
            nowhere: { file: join(folder, "nowhere") },
            empty: { file: join(folder, "empty") },
        },
        { REF: { secretRef: { name: "n", key: "k" } } },
    );
    let refusal: unknown;
    try {
        readAccounts([given], { HERE: "hunter2", BLANK: "" });
    } catch (error) {
        refusal = error;
    }
    expect(refusal).toBeInstanceOf(PortcullisError);
    expect(refusal).toMatchObject({
        code: "InvalidConfiguration",
        property: "a.config.unset",
        problem: [
            "Secrets are missing. a.config.unset: The variable UNSET is not set.",
            "a.config.blank: The variable BLANK is not set.",
            `a.config.nowhere: The file ${join(folder, "nowhere")} cannot be read.`,
            `a.config.empty: The file ${join(folder, "empty")} is empty.`,
            "a.environment.REF: Only a `secretRef` is given, which only the operator reads. Add an `environment` or a `file`.",
        ].join("\n"),
    });
});
