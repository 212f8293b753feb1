/** The text that stands for a provider in state: frozen, small, without secrets, and served by whatever is installed. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { engineType, providerText, RUNTIME } from "../../../provider/dynamic";
import { TYPES } from "../../../provider/types";

/** What users' state holds. A line of this table may never change or go; new types add lines. */
const FROZEN: Readonly<Record<string, string>> = {
    "outscale:Ca": 'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:Ca");',
    "outscale:ApiAccessRule":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:ApiAccessRule");',
    "outscale:ApiAccessRuleRecord":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:ApiAccessRuleRecord");',
    "outscale:RetiredApiAccessRule":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:RetiredApiAccessRule");',
    "outscale:ApiAccessPlan":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:ApiAccessPlan");',
    "outscale:ApiAccessProof":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:ApiAccessProof");',
    "outscale:AccessKey":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:AccessKey");',
    "outscale:KeyAudit":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:KeyAudit");',
    "outscale:ApiAccessPolicy":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:ApiAccessPolicy");',
    "outscale:SdkProfile":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("outscale:SdkProfile");',
    "pki:CertificateAuthority":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("pki:CertificateAuthority");',
    "pki:ClientCertificate":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("pki:ClientCertificate");',
    "pki:CertificateRequest":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("pki:CertificateRequest");',
    "pki:SignedCertificates":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("pki:SignedCertificates");',
    "pki:Pkcs12Bundle":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("pki:Pkcs12Bundle");',
    "vault:VaultInitialization":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("vault:VaultInitialization");',
    "vault:TlsFilesCheck":
        'exports.handler = () => require("pulumi-portcullis/runtime").provider("vault:TlsFilesCheck");',
};
const ENGINE_TYPES: Readonly<Record<string, string>> = {
    "outscale:Ca": "pulumi-nodejs:dynamic/outscale:Ca",
    "outscale:ApiAccessRule": "pulumi-nodejs:dynamic/outscale:ApiAccessRule",
    "outscale:ApiAccessRuleRecord": "pulumi-nodejs:dynamic/outscale:ApiAccessRuleRecord",
    "outscale:RetiredApiAccessRule": "pulumi-nodejs:dynamic/outscale:RetiredApiAccessRule",
    "outscale:ApiAccessPlan": "pulumi-nodejs:dynamic/outscale:ApiAccessPlan",
    "outscale:ApiAccessProof": "pulumi-nodejs:dynamic/outscale:ApiAccessProof",
    "outscale:AccessKey": "pulumi-nodejs:dynamic/outscale:AccessKey",
    "outscale:KeyAudit": "pulumi-nodejs:dynamic/outscale:KeyAudit",
    "outscale:ApiAccessPolicy": "pulumi-nodejs:dynamic/outscale:ApiAccessPolicy",
    "outscale:SdkProfile": "pulumi-nodejs:dynamic/outscale:SdkProfile",
    "pki:CertificateAuthority": "pulumi-nodejs:dynamic/pki:CertificateAuthority",
    "pki:ClientCertificate": "pulumi-nodejs:dynamic/pki:ClientCertificate",
    "pki:CertificateRequest": "pulumi-nodejs:dynamic/pki:CertificateRequest",
    "pki:SignedCertificates": "pulumi-nodejs:dynamic/pki:SignedCertificates",
    "pki:Pkcs12Bundle": "pulumi-nodejs:dynamic/pki:Pkcs12Bundle",
    "vault:VaultInitialization": "pulumi-nodejs:dynamic/vault:VaultInitialization",
    "vault:TlsFilesCheck": "pulumi-nodejs:dynamic/vault:TlsFilesCheck",
};

test("every type has its line", () => {
    expect(Object.keys(FROZEN)).toEqual(Object.keys(TYPES));
});

describe.each(Object.keys(FROZEN))("%s", (token) => {
    test("has its frozen text, the same each time, of less than 600 bytes", () => {
        expect(providerText(token)).toBe(FROZEN[token]);
        expect(providerText(token)).toBe(providerText(token));
        expect(Buffer.byteLength(providerText(token))).toBeLessThan(600);
    });

    test("has its frozen type", () => {
        expect(engineType(token)).toBe(ENGINE_TYPES[token]);
    });
});

test("the subpath is frozen, and the package exports it", () => {
    expect(RUNTIME).toBe("pulumi-portcullis/runtime");
    // The package's own description has this part.
    const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as {
        exports: Record<string, unknown>;
    };
    expect(exports["./runtime"]).toEqual({
        types: "./dist/sdk/runtime.d.ts",
        default: "./dist/sdk/runtime.js",
    });
});

test("a token cannot end the text that holds it", () => {
    expect(providerText('x"); evil("')).toContain('.provider("x\\"); evil(\\"");');
});

describe("evaluated as the plugin process does", () => {
    let answers: Record<string, Record<string, string> | string>;

    beforeAll(() => {
        if (!existsSync("dist/sdk/runtime.js"))
            execFileSync(process.execPath, ["tools/build.mjs", "--quiet"]);
        const texts = { ...FROZEN, "outscale:Nothing": providerText("outscale:Nothing") };
        const script = `
            // The plugin process's own evaluator, found where that process finds it.
            const { createRequire } = require("node:module");
            const evaluate = createRequire(require.resolve("@pulumi/pulumi/package.json"))("require-from-string");
            const answer = (text) => {
                try {
                    const provider = evaluate(text).handler();
                    return Object.fromEntries(Object.entries(provider).map(([name, value]) => [name, typeof value]));
                } catch (error) {
                    return error.message;
                }
            };
            const texts = JSON.parse(process.argv[1]);
            const answers = Object.entries(texts).map(([token, text]) => [token, answer(text)]);
            process.stdout.write(JSON.stringify(Object.fromEntries(answers)));
        `;
        const output = execFileSync(process.execPath, ["-e", script, JSON.stringify(texts)], {
            encoding: "utf8",
        });
        // The script above prints this form.
        answers = JSON.parse(output) as typeof answers;
    }, 120_000);

    test.each(Object.keys(FROZEN))("%s is a provider with every function", (token) => {
        expect(answers[token]).toEqual({
            configure: "function",
            check: "function",
            diff: "function",
            create: "function",
            read: "function",
            update: "function",
            delete: "function",
        });
    });

    test("what no installed version serves is a clear error", () => {
        expect(answers["outscale:Nothing"]).toBe(
            'This version of pulumi-portcullis serves no resource "outscale:Nothing". ' +
                "The state was written by a newer version: install that one.",
        );
    });
});
