/** The seal's file: what is read of it, and whatever is refused, so that nothing else gets into a configuration. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    parseSealBlock,
    sealHcl,
    secretsOf,
} from "../../../../../../provider/vault/snapshot/drill/seal-block";

const AWSKMS = 'seal "awskms" {\n  region = "eu-west-3"\n  kms_key_id = "arn:aws:kms:eu-west-3:1:key/k"\n}';

test("a block is read, and written anew without its comments", () => {
    const text = `# ours\n/* of the\ncluster */ ${AWSKMS.replace("{", "{ // here")}\n// end`;
    expect(sealHcl(parseSealBlock(text))).toBe(AWSKMS);
    expect(parseSealBlock('seal transit { key_name = "k" tls_skip_verify = false n = 1.5 }')).toEqual({
        type: "transit",
        settings: [
            ["key_name", '"k"'],
            ["tls_skip_verify", "false"],
            ["n", "1.5"],
        ],
    });
});

const settings = fc.uniqueArray(
    fc.tuple(
        fc.stringMatching(/^[a-z_][a-z0-9_]{0,9}$/).filter((name) => name !== "disabled"),
        fc.oneof(
            fc.string({ maxLength: 20 }).map((text) => `"${text.replace(/["\\\n\r]|\$\{/g, "")}"`),
            fc.integer().map(String),
            fc.constantFrom("true", "false"),
        ),
    ),
    { selector: ([name]) => name, maxLength: 6 },
);

test("any block is read as it was written", () => {
    fc.assert(
        fc.property(settings, (pairs) => {
            // What was taken out of a text may have joined what stood around it.
            fc.pre(pairs.every(([, value]) => !value.includes("${")));
            const block = { type: "awskms", settings: pairs };
            expect(parseSealBlock(sealHcl(block))).toEqual(block);
        }),
    );
});

test("whatever stands before or behind a block is refused, unless it is a comment", () => {
    const more = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !/^[\s#/]|^$/.test(text));
    fc.assert(
        fc.property(more, (text) => {
            expect(() => parseSealBlock(`${AWSKMS}\n${text}`)).toThrow(/--seal-file/);
            expect(() => parseSealBlock(`${text}\n${AWSKMS}`)).toThrow(/--seal-file/);
        }),
    );
});

describe("refused, with nothing of the content in the error:", () => {
    test.each([
        ["an empty file", "", /does not begin with a seal block/],
        ["another stanza", 'listener "tcp" { hunter2 = 1 }', /does not begin with a seal block/],
        ["another stanza before", `storage "raft" {}\n${AWSKMS}`, /does not begin with a seal block/],
        ["another stanza behind", `${AWSKMS}\nlistener "tcp" {}`, /something behind its seal block/],
        ["a second seal", `${AWSKMS}\n${AWSKMS}`, /something behind its seal block/],
        ["JSON", '{"seal": {"awskms": {}}}', /does not begin with a seal block/],
        ["a block without a type", "seal { }", /names no type/],
        ["an odd type", 'seal "a b" { }', /names no type/],
        ["a block within", 'seal "awskms" { x { } }', /more in its seal block/],
        ["a list", 'seal "awskms" { x = ["hunter2"] }', /more in its seal block/],
        ["a heredoc", 'seal "awskms" { x = <<E\nhunter2\nE\n}', /more in its seal block/],
        ["an interpolation", 'seal "awskms" { x = "${"}\nlistener "tcp" {}" }', /more in its seal block/],
        ["an end that is commented out", 'seal "awskms" { x = 1 # }', /more in its seal block/],
        ["a text without end", 'seal "awskms" { x = "hunter2 }', /more in its seal block/],
        ["a text of two lines", 'seal "awskms" { x = "hunter2\n" }', /more in its seal block/],
        ["a setting twice", 'seal "awskms" { x = 1 x = 2 }', /says x twice/],
        ["Shamir's", 'seal "shamir" { }', /opens nothing by itself/],
        ["one that is disabled", 'seal "awskms" { disabled = "true" }', /opens nothing by itself/],
        ["one that is far too long", AWSKMS + " ".repeat(70_000), /does not begin/],
    ])("%s", (_what, text, why) => {
        const parse = () => parseSealBlock(text);
        expect(parse).toThrow(why);
        expect(parse).toThrow(
            expect.objectContaining({ code: "InvalidConfiguration", property: "--seal-file" }),
        );
        expect(parse).not.toThrow("hunter2");
    });
});

test("secret settings are known, so that they are kept out of errors", () => {
    const block = parseSealBlock(
        'seal "awskms" { region = "eu" access_key = "AK" secret_key = "SK" token = "T" current_key = "file:///k" pin = "1234" }',
    );
    expect(secretsOf(block)).toEqual(["AK", "SK", "T", "1234"]);
});
