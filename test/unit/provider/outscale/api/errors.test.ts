/** What errors say, what they carry, and what they never show. */
import { describe, expect, test } from "@jest/globals";
import { inspect } from "node:util";
import { reasonOf, type TransportReason } from "../../../../../provider/https/failure";
import {
    TransportFailure,
    type CallName,
    type Calls,
    type TransportAnswer,
} from "../../../../../provider/outscale/api/client";
import { testAuthority } from "./certificates";
import { bench, failureOf, refusal, SETTINGS, START_MS, type Happening } from "./fake-transport";

async function failure(happening: Happening, parts: Partial<typeof SETTINGS> = {}): Promise<unknown> {
    const on = bench(() => happening, { retry: { retries: 0 } }, { ...SETTINGS, ...parts });
    return failureOf(on.api.call("ReadCas", {}));
}

test("a refusal carries every fact of the answer", async () => {
    expect(await failure(refusal(400, "4118", "InvalidParameterValue", "The value is wrong"))).toMatchObject({
        name: "OutscaleError",
        code: "ServiceError",
        call: "ReadCas",
        status: 400,
        apiCode: "4118",
        apiType: "InvalidParameterValue",
        details: "The value is wrong",
        requestId: "r-1",
        message:
            "OUTSCALE refused ReadCas (HTTP 400, code 4118, InvalidParameterValue, request r-1). The value is wrong. " +
            "Correct what the service names, then run again.",
    });
});

test("a problem of RFC 9457 is read too", async () => {
    const body = JSON.stringify({
        type: "https://example.com/errors/14",
        title: "Denied",
        detail: "No rule.",
        instance: "r-2",
    });
    expect(
        await failure({ status: 401, body, headers: { "content-type": "application/problem+json" } }),
    ).toMatchObject({
        apiCode: "14",
        apiType: "Denied",
        details: "No rule.",
        requestId: "r-2",
    });
});

test.each(["", "<html>", "[]", "null", '"text"', '{"Errors":[]}', '{"Errors":"x"}'])(
    "an error answered by %j is told by its status",
    async (body) => {
        expect(await failure({ status: 401, body })).toMatchObject({
            name: "OutscaleError",
            status: 401,
            apiCode: undefined,
        });
    },
);

test.each<[number, string, RegExp]>([
    [401, "14", /^Present a client certificate .*only OUTSCALE Support/],
    [401, "4", /^Present a client certificate/],
    [401, "1", /^Check that the access key and secret key belong together/],
    [401, "5", /^Grant this call to the EIM user/],
    [401, "7", /^Grant this call to the EIM user/],
    [401, "11", /^Do not try again/],
    [401, "13", /^Stop everything that uses this access key/],
    [401, "20", /^Change the expired password/],
    [503, "6", /^Wait, then run again/],
    [429, "24", /^Wait, then run again/],
    [429, "25", /^Wait, then run again/],
    [404, "999", /^Check the endpoint/],
    [302, "999", /never redirects/],
    [500, "999", /^Run again later/],
])("HTTP %i, code %s has its remedy", async (status, code, remedy) => {
    expect(await failure(refusal(status, code))).toMatchObject({
        remedy: expect.stringMatching(remedy),
    });
});

test("a clock that is off is named as the reason of a bad signature", async () => {
    const headers = { date: new Date(START_MS + 600_000).toUTCString() };
    const remedy = "Correct this machine's clock: it is 10 minutes behind the service's.";
    expect(await failure({ ...refusal(401, "1"), headers })).toMatchObject({ remedy });
});

test("an expired certificate, and one that no rule matches, are named", async () => {
    const authority = await testAuthority("Test CA");
    const expired = await authority.issue("alice", { days: -1 });
    const valid = await authority.issue("bob");
    const now = (): Date => new Date();
    const remedyOf = async (certificate: typeof valid): Promise<unknown> =>
        failureOf(
            bench(() => refusal(401, "14"), { now }, { ...SETTINGS, certificate }).api.call("ReadCas", {}),
        );
    expect(await remedyOf(expired)).toMatchObject({
        remedy: expect.stringMatching(
            /^Renew the client certificate: the one presented \(CN=alice\) expired on 20/,
        ),
    });
    expect(await remedyOf(valid)).toMatchObject({
        remedy: expect.stringMatching(/^Check the client certificate presented \(CN=bob\)/),
    });
});

test.each<[TransportReason, string]>([
    ["refused", "nothing accepts connections at api.eu-west-2.outscale.com"],
    ["unknownHost", "the host api.eu-west-2.outscale.com is not known"],
    ["timeout", "api.eu-west-2.outscale.com did not answer within 30 s"],
    ["reset", "the connection to api.eu-west-2.outscale.com broke before the whole answer came"],
    ["untrustedServer", "the TLS certificate of api.eu-west-2.outscale.com could not be verified"],
    ["clientCertificateRefused", "api.eu-west-2.outscale.com did not accept the client certificate"],
    ["other", "the connection to api.eu-west-2.outscale.com failed"],
])("%s names the host", async (reason, why) => {
    const error = await failure(new TransportFailure(reason, true, "ECODE"));
    expect(error).toMatchObject({
        name: "EndpointUnreachable",
        code: "Unreachable",
        host: "api.eu-west-2.outscale.com",
        problem: `ReadCas could not be made: ${why} (ECODE).`,
    });
    if (reason === "untrustedServer")
        expect(error).toMatchObject({ remedy: expect.stringContaining("caFile") });
    else if (reason !== "clientCertificateRefused")
        expect(error).toMatchObject({ remedy: expect.stringContaining("endpoint") });
});

test.each<[string | undefined, TransportReason]>([
    ["ECONNRESET", "reset"],
    ["EPIPE", "reset"],
    ["ETIMEDOUT", "timeout"],
    ["EAI_AGAIN", "unknownHost"],
    ["ECONNREFUSED", "refused"],
    ["ENOTFOUND", "unknownHost"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrustedServer"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "untrustedServer"],
    ["CERT_HAS_EXPIRED", "untrustedServer"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "clientCertificateRefused"],
    ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "clientCertificateRefused"],
    ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "clientCertificateRefused"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "clientCertificateRefused"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "other"],
    [undefined, "other"],
])("%s is %s", (code, reason) => {
    expect(reasonOf(code)).toBe(reason);
});

describe("no error shows a secret", () => {
    const certificate = {
        certificatePem: "cert",
        privateKeyPem: "-----BEGIN PRIVATE KEY-----\nTOPSECRETKEY\n-----END PRIVATE KEY-----\n",
    };
    /** A service that gives back everything that it was sent. */
    const echoes: readonly ((all: string) => Happening)[] = [
        (all) => refusal(400, all, all, all),
        (all) => refusal(401, "1", "AccessDenied", all),
        (all) => refusal(500, "1", all, all),
        (all) => ({ status: 200, body: all }),
        (all) => ({ status: 502, body: all }),
        (all) => ({
            status: 400,
            body: JSON.stringify({ type: all, title: all, detail: all, instance: all }),
        }),
        (all) => ({ status: 400, body: JSON.stringify({ Errors: [{ Code: all }, { Details: all }] }) }),
        (all) => ({ ...refusal(429, "24", all, all), headers: { "x-request-id": all } }),
        () => new TransportFailure("reset", true, "ECONNRESET"),
        () => new TransportFailure("untrustedServer", false, "CERT_HAS_EXPIRED"),
    ];
    const calls: readonly { [Name in CallName]?: Calls[Name]["request"] }[] = [
        { CreateCa: { CaPem: "pem" } },
        { ReadCas: {} },
        { DeleteCa: { CaId: "ca" } },
    ];
    const cases = echoes.flatMap((echo, number) =>
        calls.map((call) => [number, Object.keys(call)[0] as CallName, echo] as const),
    );
    test.each(cases)("echo %i of %s", async (_number, name, echo) => {
        let authorization = "";
        const on = bench(
            ({ headers }): TransportAnswer | Error => {
                authorization = headers.Authorization ?? "";
                return echo(`${SETTINGS.secretKey} ${certificate.privateKeyPem} ${authorization}`);
            },
            { retry: { retries: 1 } },
            { ...SETTINGS, certificate },
        );
        const error = await failureOf(on.api.call(name, { CaPem: "pem", CaId: "ca" }));
        const shown = `${inspect(error, { depth: 20, showHidden: true })} ${String(error)} ${JSON.stringify(error)}`;
        const signature = authorization.split("Signature=")[1] ?? "";
        expect(signature).toHaveLength(64);
        for (const secret of [SETTINGS.secretKey, "TOPSECRETKEY", signature])
            expect(shown).not.toContain(secret);
        expect(inspect(on.api, { depth: 20, showHidden: true })).not.toContain(SETTINGS.secretKey);
    });
});
