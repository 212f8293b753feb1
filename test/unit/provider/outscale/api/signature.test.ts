/** The signature against a value computed by the official Python SDK, and what it depends on. */
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { signedHeaders, type SignatureParts } from "../../../../../provider/outscale/api/signature";
import { SETTINGS, START_MS } from "./fake-transport";

const PARTS: SignatureParts = {
    url: "https://api.eu-west-2.outscale.com/api/v1/ReadCas",
    body: "{}",
    date: new Date(START_MS),
    accessKey: SETTINGS.accessKey,
    secretKey: SETTINGS.secretKey,
    region: "eu-west-2",
};

test("equals what osc-sdk-python 0.42.0 computes", () => {
    expect(signedHeaders(PARTS)).toEqual({
        "Content-Type": "application/json; charset=utf-8",
        Host: "api.eu-west-2.outscale.com",
        "X-Osc-Date": "20260131T235900Z",
        Authorization:
            "OSC4-HMAC-SHA256 Credential=AK000000000000000001/20260131/eu-west-2/api/osc4_request, " +
            "SignedHeaders=content-type;host;x-osc-date, " +
            "Signature=d93972879dd7c4afde902ba55606625a1bb9f2d4984e8f8154f4456e437474c6",
    });
});

test.each([
    ["https://localhost:8443/api/v1/ReadCas", "localhost:8443"],
    ["https://localhost:443/api/v1/ReadCas", "localhost"],
    ["https://[::1]:8443/api/v1/ReadCas", "[::1]:8443"],
])("signs the host of %s as the Host header has it: %s", (url, host) => {
    expect(signedHeaders({ ...PARTS, url }).Host).toBe(host);
});

describe("every part is signed", () => {
    const base = signedHeaders(PARTS).Authorization;
    test.each<[string, Partial<SignatureParts>]>([
        ["call", { url: "https://api.eu-west-2.outscale.com/api/v1/ReadVms" }],
        ["host", { url: "https://api.us-east-2.outscale.com/api/v1/ReadCas" }],
        ["body", { body: "{ }" }],
        ["second", { date: new Date(START_MS + 1000) }],
        ["access key", { accessKey: "AK000000000000000002" }],
        ["secret key", { secretKey: "other" }],
        ["region", { region: "us-east-2" }],
    ])("another %s gives another signature", (_what, change) => {
        expect(signedHeaders({ ...PARTS, ...change }).Authorization).not.toBe(base);
    });
    test("a fraction of a second does not count", () => {
        expect(signedHeaders({ ...PARTS, date: new Date(START_MS + 999) }).Authorization).toBe(base);
    });
});

test("never shows the secret key, and is 64 hexadecimal digits for any body", () => {
    fc.assert(
        fc.property(
            fc.string({ unit: "grapheme" }),
            fc.stringMatching(/^[A-Z0-9]{40}$/),
            (body, secretKey) => {
                const headers = signedHeaders({ ...PARTS, body, secretKey });
                expect(JSON.stringify(headers)).not.toContain(secretKey);
                expect(headers.Authorization).toMatch(/Signature=[0-9a-f]{64}$/);
            },
        ),
    );
});
