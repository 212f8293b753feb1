/** The signature against the official Python SDK's, for many requests at once. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { before, describe, it } from "mocha";
import { signedHeaders } from "../../provider/outscale/api/signature";
import { pythonWith } from "../../tools/services/python";

const SDK = "osc-sdk-python";
const VERSION = "0.42.0";

/** Reads cases as JSON, and writes what the SDK's own class signs. */
const ORACLE = `
import json, sys
from osc_sdk_python.authentication import Authentication
from osc_sdk_python.credentials import Profile
signed = []
for case in json.load(sys.stdin):
    profile = Profile(access_key=case["accessKey"], secret_key=case["secretKey"], region=case["region"])
    signer = Authentication(profile, case["host"])
    signer.build_dates = lambda: (case["timestamp"], case["timestamp"][:8])
    headers = signer.forge_headers_signed("/api/v1/" + case["call"], case["body"])
    signed.append([headers[name] for name in ("Authorization", "X-Osc-Date", "Content-Type")])
json.dump(signed, sys.stdout)
`;

describe(`the signature and ${SDK} ${VERSION}`, function () {
    this.timeout(180_000);
    let python: string;

    before(async function () {
        const environment = await pythonWith(SDK, VERSION);
        if ("python" in environment) {
            python = environment.python;
            return;
        }
        console.log(`      skipped: ${environment.missing}`);
        this.skip();
    });

    it("are equal for any call, body, moment, region and key", () => {
        const word = fc.stringMatching(/^[A-Z0-9]{20,40}$/);
        const cases = fc.sample(
            fc.record({
                accessKey: word,
                secretKey: word,
                region: fc.constantFrom("eu-west-2", "us-east-2", "cloudgouv-eu-west-1"),
                host: fc.constantFrom("api.eu-west-2.outscale.com", "localhost", "127.0.0.1:8443"),
                call: fc.constantFrom("ReadCas", "CreateApiAccessRule", "UpdateApiAccessPolicy"),
                body: fc.oneof(fc.json(), fc.string({ unit: "grapheme" })),
                date: fc.date({
                    min: new Date("2000-01-01T00:00:00Z"),
                    max: new Date("2099-12-31T23:59:59Z"),
                    noInvalidDate: true,
                }),
            }),
            { numRuns: 300, seed: 42 },
        );
        const ours = cases.map(({ host, call, ...rest }) => {
            const headers = signedHeaders({ ...rest, url: `https://${host}/api/v1/${call}` });
            return [headers.Authorization, headers["X-Osc-Date"], headers["Content-Type"]];
        });
        const asked = cases.map((each, index) => ({ ...each, timestamp: ours[index]?.[1] }));
        const answer = execFileSync(python, ["-c", ORACLE], {
            input: JSON.stringify(asked),
            encoding: "utf8",
        });
        assert.deepEqual(ours, JSON.parse(answer));
    });
});
