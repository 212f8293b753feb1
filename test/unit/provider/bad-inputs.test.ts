/** Bad input, resource by resource: the failure names the property and says what to do. */
import { beforeAll, expect, test } from "@jest/globals";
import { apiAccessPlan } from "../../../provider/outscale/api-access-plan";
import { apiAccessProof } from "../../../provider/outscale/api-access-proof";
import { apiAccessRule } from "../../../provider/outscale/api-access-rule";
import { apiAccessRuleRecord } from "../../../provider/outscale/api-access-rule-record";
import { ca } from "../../../provider/outscale/ca";
import { retiredApiAccessRule } from "../../../provider/outscale/retired-api-access-rule";
import { certificateAuthority } from "../../../provider/pki/certificate-authority";
import { clientCertificate } from "../../../provider/pki/client-certificate";
import type { CheckFailure } from "../../../provider/resource";
import { makeHolders, NOW, type Holders } from "../../support/holders";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

interface Checked {
    readonly token: string;
    check(inputs: unknown, now: Date, last: unknown): { readonly failures: readonly CheckFailure[] };
}

const CIDR = 'Not an IP address or CIDR range. Write it as "192.0.2.7", "192.0.2.0/24" or "2001:db8::/32".';
const NO_PEM =
    "The text is no PEM certificate. Give exactly one certificate in PEM form (-----BEGIN CERTIFICATE-----).";
const FILE_NAME = "The text is no PEM certificate, it looks like a file's name. Give the file's content.";
const TEXT = "It is of the wrong type. Give a text.";
const LIST = "It is of the wrong type. Give a list.";
const MISSING = "It is missing. Give a text.";

const pemOf = () => holders.authorities.a.certificatePem;
const keyOf = () => holders.authorities.a.privateKeyPem;

const cases: [Checked, string, () => object, [string, string | RegExp][]][] = [
    [ca, "no certificate", () => ({}), [["caPem", MISSING]]],
    [ca, "nonsense", () => ({ caPem: "nonsense" }), [["caPem", NO_PEM]]],
    [ca, "a file's name", () => ({ caPem: "ca-certificate.pem" }), [["caPem", FILE_NAME]]],
    [
        ca,
        "a private key",
        () => ({ caPem: keyOf() }),
        [["caPem", /^There is a private key where a certificate is expected\. Give the certificate alone/]],
    ],
    [ca, "a certificate and its key", () => ({ caPem: pemOf() + keyOf() }), [["caPem", /private key/]]],
    [
        ca,
        "two certificates",
        () => ({ caPem: pemOf() + pemOf() }),
        [["caPem", /holds 2 PEM blocks.*Give exactly one/]],
    ],
    [
        ca,
        "a certificate cut short",
        () => ({ caPem: pemOf().slice(0, 200) }),
        [["caPem", /cut short.*Give exactly one/]],
    ],
    [
        ca,
        "line ends as two characters",
        () => ({ caPem: pemOf().replaceAll("\n", "\\n") }),
        [["caPem", /Give real line ends/]],
    ],
    [
        ca,
        "a description that is no text",
        () => ({ caPem: pemOf(), description: 1 }),
        [["description", TEXT]],
    ],
    [
        ca,
        "adopt that is no boolean",
        () => ({ caPem: pemOf(), adopt: "true" }),
        [["adopt", "It is of the wrong type. Give true or false."]],
    ],
    [
        ca,
        "an identity without a name",
        () => ({ caPem: pemOf(), protect: [{ name: "", sourceIp: "192.0.2.7" }] }),
        [["protect[0].name", "Give the identity a name: refusals speak of it by that name."]],
    ],
    [
        ca,
        "an identity of which nothing is said",
        () => ({ caPem: pemOf(), protect: [{ name: "a" }] }),
        [
            [
                'protect[0] "a"',
                /^Say where the identity comes from \(`sourceIp`\), or which client certificate/,
            ],
        ],
    ],
    [
        ca,
        "an identity with a bad address",
        () => ({ caPem: pemOf(), protect: [{ name: "a", sourceIp: "192.0.2" }] }),
        [['protect[0] "a".sourceIp', CIDR]],
    ],
    [
        ca,
        "an identity with a typo",
        () => ({ caPem: pemOf(), protect: [{ name: "a", sourceIp: "::1", sourceIP: "::1" }] }),
        [['protect[0] "a"', 'There is no such input as "sourceIP" in it. Remove it, or correct its name.']],
    ],
    [
        ca,
        "an identity as a text",
        () => ({ caPem: pemOf(), protect: ["alice"] }),
        [["protect[0]", "It is of the wrong type. Give an object with its properties by name."]],
    ],
    [
        ca,
        "bad certificates of an identity",
        () => ({
            caPem: pemOf(),
            protect: [{ name: "a", certificatePem: "x", authorityPems: [pemOf(), "y"] }],
        }),
        [
            ['protect[0] "a".certificatePem', NO_PEM],
            ['protect[0] "a".authorityPems[1]', NO_PEM],
        ],
    ],
    [
        ca,
        "a client certificate without its key",
        () => ({ caPem: pemOf(), clientCertificates: [{ certificatePem: holders.alice.certificatePem }] }),
        [["clientCertificates[0].privateKeyPem", MISSING]],
    ],
    [
        ca,
        "a key that is none",
        () => ({ caPem: pemOf(), clientCertificates: [{ ...holders.alice, privateKeyPem: "TOP-SECRET" }] }),
        [["clientCertificates[0].privateKeyPem", /no PEM private key\. Give/]],
    ],
    [
        ca,
        "another certificate's key",
        () => ({
            caPem: pemOf(),
            clientCertificates: [{ ...holders.alice, privateKeyPem: holders.bob.privateKeyPem }],
        }),
        [["clientCertificates[0].privateKeyPem", /another certificate's\. Give the key/]],
    ],

    [
        apiAccessRule,
        "an empty rule",
        () => ({}),
        [["caIds", "A rule needs at least one of `caIds` and `ipRanges`."]],
    ],
    [
        apiAccessRule,
        "a CN without CA",
        () => ({ cns: ["a"], ipRanges: ["::/0"] }),
        [["cns", "Common names need an authority to vouch for them: give `caIds` too."]],
    ],
    [
        apiAccessRule,
        "bad CIDRs",
        () => ({ ipRanges: ["192.0.2.0/33", "192.0.2.0/24", "gate.example"] }),
        [
            ["ipRanges[0]", CIDR],
            ["ipRanges[2]", CIDR],
        ],
    ],
    [apiAccessRule, "one text where a list goes", () => ({ caIds: "ca-1" }), [["caIds", LIST]]],
    [apiAccessRule, "an item that is no text", () => ({ caIds: [1] }), [["caIds[0]", TEXT]]],
    [
        apiAccessRule,
        "empty texts",
        () => ({ caIds: [""], cns: [""] }),
        [
            ["caIds[0]", "It is empty. Give a text."],
            ["cns[0]", "A common name cannot be empty."],
        ],
    ],

    [
        apiAccessRuleRecord,
        "no criterion",
        () => ({}),
        [
            [
                "ruleId",
                "Say which rule is meant: give at least one of ruleId, description, caIds, cns, ipRanges.",
            ],
        ],
    ],
    [apiAccessRuleRecord, "a bad CIDR", () => ({ ipRanges: ["0.0.0.0/0/0"] }), [["ipRanges[0]", CIDR]]],
    [apiAccessRuleRecord, "a list that is none", () => ({ cns: { a: 1 } }), [["cns", LIST]]],

    [
        retiredApiAccessRule,
        "half a record",
        () => ({ record: { ruleId: "aar-1", description: "", caIds: [], cns: [] } }),
        [["record.ipRanges", "It is missing. Give a list."]],
    ],
    [retiredApiAccessRule, "a proof that is no text", () => ({ proof: true }), [["proof", TEXT]]],

    [apiAccessPlan, "no rules", () => ({}), [["rules", "It is missing. Give a list."]]],
    [
        apiAccessPlan,
        "a rule by its id",
        () => ({ rules: [{ name: "a", ruleId: "aar-1" }] }),
        [['rules[0] "a"', 'There is no such input as "ruleId" in it. Remove it, or correct its name.']],
    ],
    [apiAccessProof, "no rules", () => ({}), [["rules", "It is missing. Give a list."]]],
    [
        apiAccessProof,
        "a rule without a name",
        () => ({ rules: [{ name: "" }] }),
        [["rules[0].name", "It is empty. Give a text."]],
    ],
    [
        apiAccessProof,
        "a bad rule",
        () => ({ rules: [{ name: "a", authorityPems: ["x"], ipRanges: ["x"], cns: "x" }] }),
        [
            ['rules[0] "a".authorityPems[0]', NO_PEM],
            ['rules[0] "a".cns', LIST],
            ['rules[0] "a".ipRanges[0]', CIDR],
        ],
    ],
    [
        apiAccessProof,
        "a typo in a rule",
        () => ({ rules: [{ name: "a", ipRange: ["::1"] }] }),
        [['rules[0] "a"', 'There is no such input as "ipRange" in it. Remove it, or correct its name.']],
    ],
    [
        apiAccessProof,
        "half a probe",
        () => ({ rules: [], probe: { certificatePem: holders.alice.certificatePem } }),
        [["probe.privateKeyPem", MISSING]],
    ],

    [certificateAuthority, "no name", () => ({}), [["commonName", /^Give the authority's common name/]]],
    [
        certificateAuthority,
        "a path length out of range",
        () => ({ commonName: "a", pathLength: 11 }),
        [["pathLength", "Give a whole number from 0 to 10."]],
    ],
    [
        certificateAuthority,
        "an unknown algorithm",
        () => ({ commonName: "a", keyAlgorithm: "DSA" }),
        [["keyAlgorithm", /^Use one of: RSA-2048/]],
    ],
    [
        certificateAuthority,
        "bad durations",
        () => ({ commonName: "a", validity: "1y", renewBefore: "soon" }),
        [
            ["validity", /^Write a whole number with its unit/],
            ["renewBefore", /^Write a whole number with its unit/],
        ],
    ],
    [
        certificateAuthority,
        "a passphrase where a variable's name goes",
        () => ({ commonName: "a", privateKeyFile: { path: "k", passphraseVariable: "hunter 2" } }),
        [["privateKeyFile.passphraseVariable", /never the passphrase itself/]],
    ],

    [
        clientCertificate,
        "nothing",
        () => ({}),
        [
            ["commonName", /^Give the client's common name/],
            ["authorityCertificatePem", "Give the authority's certificate in PEM form."],
        ],
    ],
    [
        clientCertificate,
        "an authority that is none",
        () => ({
            commonName: "a",
            authorityCertificatePem: holders.alice.certificatePem,
            authorityPrivateKeyPem: holders.alice.privateKeyPem,
        }),
        [["authorityCertificatePem", /is not a CA.*Give the certificate of a root CA/]],
    ],
    [
        clientCertificate,
        "another authority's key",
        () => ({
            commonName: "a",
            authorityCertificatePem: pemOf(),
            authorityPrivateKeyPem: holders.authorities.b.privateKeyPem,
        }),
        [
            [
                "authorityPrivateKeyPem",
                /is not the authority certificate's\. Give the key and the certificate of the same authority/,
            ],
        ],
    ],
    [
        clientCertificate,
        "no key",
        () => ({ commonName: "a", authorityCertificatePem: pemOf() }),
        [["authorityPrivateKeyPem", "The authority's key is missing. Give it here or as authorityKeyFile."]],
    ],
];

test.each(cases.map(([type, ...rest]) => [type.token, ...rest, type] as const))(
    "%s: %s",
    (_token, _title, inputs, failures, type) => {
        const found = type.check(inputs(), NOW, {}).failures;
        expect(found).toEqual(
            failures.map(([property, reason]) => ({
                property,
                reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
            })),
        );
        const text = JSON.stringify(found);
        const keyLine = keyOf().split("\n")[1];
        for (const secret of ["TOP-SECRET", "hunter", keyLine, holders.bob.privateKeyPem.split("\n")[1]]) {
            expect(text).not.toContain(secret);
        }
    },
);
