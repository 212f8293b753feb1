/** The node service as a program: typed throughout, fit for Python 3.8, and signing as AWS's own library does. */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { carried } from "../../components/vault-cluster/node/carried";
import { findMoto } from "../../tools/services/moto";
import { pythonWith } from "../../tools/services/python";
import { AGENT } from "../support/vault-agents";
import { foundOrSkip } from "../support/skip";

const run = promisify(execFile);

/** The last version whose types of the standard library know Python 3.8. */
const MYPY_VERSION = "1.14.1";

/** Signs cases as the agent does and as botocore does, which takes the time from the header that it is given. */
const ORACLE = `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(dirname(AGENT))})
from agent import signed
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

class Fixed(SigV4Auth):
    def add_auth(self, request, now):
        request.context["timestamp"] = now
        self._modify_request_before_signing(request)
        text = self.string_to_sign(request, self.canonical_request(request))
        self._inject_signature_to_request(request, self.signature(text, request))
        return request.headers["Authorization"]

answers = []
for case in json.load(sys.stdin):
    keys = {"AccessKeyId": case["id"], "SecretAccessKey": case["key"], "Token": case["token"]}
    body = case["body"].encode()
    own = signed(case["region"], case["service"], dict(case["headers"], host=case["host"]), body, keys, case["now"])
    request = AWSRequest("POST", "https://" + case["host"] + "/", case["headers"], body)
    credentials = Credentials(case["id"], case["key"], case["token"])
    answers.append([own["authorization"], Fixed(credentials, case["service"], case["region"]).add_auth(request, case["now"])])
json.dump(answers, sys.stdout)
`;

describe("the node service's program", function () {
    this.timeout(300_000);

    it(`is typed throughout, and uses nothing that Python 3.8 lacks: mypy ${MYPY_VERSION}`, async function () {
        const environment = foundOrSkip(this, await pythonWith("mypy", MYPY_VERSION));
        const args = ["-m", "mypy", "--strict", "--python-version", "3.8", "--cache-dir", "/dev/null", AGENT];
        const { stdout } = await run(environment.python, args).catch(
            (error: unknown) => error as { stdout: string },
        );
        assert.equal(stdout, "Success: no issues found in 1 source file\n");
    });

    it("compiles without a warning, as it is and as it is carried", () => {
        const text = readFileSync(AGENT, "utf8");
        for (const program of [text, carried(text)])
            execFileSync(
                "python3",
                ["-W", "error", "-c", "import sys; compile(sys.stdin.read(), 'agent.py', 'exec')"],
                {
                    input: program,
                },
            );
    });

    it("signs any body and headers as botocore does", async function () {
        const moto = foundOrSkip(this, await findMoto());
        const word = fc.stringMatching(/^[A-Za-z0-9/+=]{16,60}$/);
        const cases = fc.sample(
            fc.record({
                id: fc.stringMatching(/^ASIA[A-Z0-9]{16}$/),
                ...{ key: word, token: word },
                region: fc.constantFrom("eu-west-3", "us-gov-west-1", "cn-north-1"),
                service: fc.constantFrom("secretsmanager", "autoscaling", "ec2"),
                host: fc.constantFrom("autoscaling.eu-west-3.amazonaws.com", "127.0.0.1:5000"),
                headers: fc.constantFrom(
                    { "content-type": "application/x-www-form-urlencoded" },
                    {
                        "content-type": "application/x-amz-json-1.1",
                        "x-amz-target": "secretsmanager.GetSecretValue",
                    },
                ),
                body: fc.oneof(fc.json(), fc.string({ unit: "grapheme" })),
                now: fc
                    .date({ min: new Date("2020-01-01"), max: new Date("2060-01-01"), noInvalidDate: true })
                    .map((date) => `${date.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`),
            }),
            { numRuns: 200, seed: 8 },
        );
        const output = execFileSync(moto.python, ["-W", "ignore", "-c", ORACLE], {
            input: JSON.stringify(cases),
            encoding: "utf8",
        });
        // The program above prints a list of pairs.
        const pairs = JSON.parse(output) as readonly (readonly [string, string])[];
        assert.equal(pairs.length, cases.length);
        for (const [own, theirs] of pairs) assert.equal(own, theirs);
    });
});
