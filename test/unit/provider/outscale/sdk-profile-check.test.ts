/** SdkProfile: bad inputs are named with what to do, and never echoed. */
import { beforeAll, expect, test } from "@jest/globals";
import { sdkProfile } from "../../../../provider/outscale/sdk-profile";
import { makeHolders, NOW, type Holders } from "../../../support/holders";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

const MISSING = "It is missing. Give a text.";
const keyOf = () => holders.authorities.a.privateKeyPem;
const profile = { client: "sdk", profile: "secure", accessKeyId: "AK", secretKey: "TOP-SECRET" };

const cases: [string, () => object, [string, string | RegExp][]][] = [
    [
        "nothing",
        () => ({}),
        [
            ["client", 'Use one of: "osc-cli", "sdk".'],
            ["profile", MISSING],
            ["accessKeyId", MISSING],
            ["secretKey", MISSING],
        ],
    ],
    [
        "what no client could use",
        () => ({
            client: "aws",
            profile: "",
            path: "config.json",
            accessKeyId: "",
            secretKey: "TOP-SECRET KEY",
            region: "Paris",
            endpoint: "http://api.eu-west-2.outscale.com",
        }),
        [
            ["client", 'Use one of: "osc-cli", "sdk".'],
            ["profile", "Write 1 to 100 characters, without control characters."],
            ["path", "Write an absolute path, or one that begins with ~/."],
            ["accessKeyId", "No OUTSCALE key is like this. Give the key by itself."],
            ["secretKey", "No OUTSCALE key is like this. Give the key by itself."],
            ["region", "This is no region's name. Write it like eu-west-2."],
            ["endpoint", /^This is no https URL of an API endpoint\. Write it like https:/],
        ],
    ],
    [
        "a folder, and a key for a path",
        () => ({
            ...profile,
            path: "~/.osc/",
            clientCertificateFile: keyOf(),
        }),
        [
            ["path", "It ends in a slash. Write the path of a file."],
            ["clientCertificateFile", "Write an absolute path, or one that begins with ~/."],
        ],
    ],
    [
        "another's key",
        () => ({
            ...profile,
            clientCertificate: {
                certificatePem: holders.alice.certificatePem,
                privateKeyPem: holders.bob.privateKeyPem,
            },
        }),
        [["clientCertificate.privateKeyPem", /^The private key is another certificate's/]],
    ],
    [
        "a certificate and its files",
        () => ({
            ...profile,
            clientCertificate: holders.alice,
            clientCertificateFile: "/c",
        }),
        [["clientCertificateFile", "clientCertificate is given too. Give one of them."]],
    ],
];

test.each(cases)("%s", (_title, inputs, failures) => {
    const found = sdkProfile.check(inputs(), NOW, {}).failures;
    expect(found).toEqual(
        failures.map(([property, reason]) => ({
            property,
            reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
        })),
    );
    for (const secret of ["TOP-SECRET", keyOf().split("\n")[1], holders.bob.privateKeyPem.split("\n")[1]]) {
        expect(JSON.stringify(found)).not.toContain(secret);
    }
});
