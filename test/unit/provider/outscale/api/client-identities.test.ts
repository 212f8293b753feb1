/** Which certificate is presented, and what happens where the access rules refuse it. */
import { expect, test } from "@jest/globals";
import {
    OutscaleError,
    TransportFailure,
    type ClientCertificate,
} from "../../../../../provider/outscale/api/client";
import { bench, failureOf, ok, refusal, SETTINGS, type Happening, type Sent } from "./fake-transport";

const A: ClientCertificate = { certificatePem: "cert A", privateKeyPem: "key A" };
const B: ClientCertificate = { certificatePem: "cert B", privateKeyPem: "key B" };
const nameOf = (certificate: ClientCertificate | undefined): string =>
    certificate?.certificatePem.slice(-1) ?? "-";
const presented = (sent: readonly Sent[]): string =>
    sent.map(({ certificate }) => nameOf(certificate)).join("");
/** Admits those named (`-` without a certificate), and refuses others with the code. */
const admitting =
    (admitted: () => string, code = "14") =>
    ({ certificate }: Sent): Happening =>
        admitted().includes(nameOf(certificate)) ? ok({ Cas: [] }) : refusal(401, code);

test.each(["14", "4"])("code %s leads to the certificate, which is remembered", async (code) => {
    const on = bench(admitting(() => "A", code));
    const api = on.api.fallingBackOn(A);
    await api.call("ReadCas", {});
    expect(presented(on.sent)).toBe("-A");
    await api.call("DeleteCa", { CaId: "ca-1" }).catch(() => undefined);
    await on.api.fallingBackOn({ ...A }).call("ReadCas", {});
    expect(presented(on.sent)).toBe("-AAA");
});

test.each(["1", "5", "7", "11", "13", "20"])("code %s leads to nothing more", async (code) => {
    const on = bench(admitting(() => "A", code));
    expect(await failureOf(on.api.fallingBackOn(A).call("ReadCas", {}))).toMatchObject({ apiCode: code });
    expect(presented(on.sent)).toBe("-");
});

test("where both are refused each was tried once, and the error is the certificate's", async () => {
    const on = bench(admitting(() => ""));
    const error = await failureOf(on.api.fallingBackOn(A).call("ReadCas", {}));
    expect(error).toBeInstanceOf(OutscaleError);
    expect(presented(on.sent)).toBe("-A");
});

test("a remembered certificate that stops working gives way to the configured identity", async () => {
    let admitted = "A";
    const on = bench(admitting(() => admitted));
    const api = on.api.fallingBackOn(A);
    await api.call("ReadCas", {});
    admitted = "-";
    await api.call("ReadCas", {});
    await api.call("ReadCas", {});
    expect(presented(on.sent)).toBe("-AA--");
});

test("another certificate to fall back on does not disturb the first", async () => {
    const on = bench(admitting(() => "AB"));
    await on.api.fallingBackOn(A).call("ReadCas", {});
    await on.api.fallingBackOn(B).call("ReadCas", {});
    await on.api.fallingBackOn(A).call("ReadCas", {});
    await on.api.fallingBackOn(A).fallingBackOn(B).call("ReadCas", {});
    expect(presented(on.sent)).toBe("-ABAA");
});

test("200 refused reads are two calls in all", async () => {
    const on = bench(admitting(() => "A"));
    const api = on.api.fallingBackOn(A);
    await Promise.all(Array.from({ length: 200 }, () => api.call("ReadCas", {})));
    expect(presented(on.sent)).toBe("-A");
});

test("a view that presents a certificate presents it alone", async () => {
    const on = bench(
        admitting(() => "-A"),
        {},
        { ...SETTINGS, certificate: A },
    );
    expect(await failureOf(on.api.presenting(B).call("ReadCas", {}))).toBeInstanceOf(OutscaleError);
    expect(await failureOf(on.api.presenting(B).fallingBackOn(A).call("ReadCas", {}))).toBeInstanceOf(
        OutscaleError,
    );
    expect(presented(on.sent)).toBe("BB");
    await on.api.call("ReadCas", {});
    expect(presented(on.sent)).toBe("BBA");
});

test("the configured certificate, or none, as the one to fall back on changes nothing", () => {
    const { api } = bench(() => ok({}), {}, { ...SETTINGS, certificate: A });
    expect(api.fallingBackOn({ ...A })).toBe(api);
    expect(api.fallingBackOn(undefined)).toBe(api);
});

test("a certificate refused in the handshake is a refusal too", async () => {
    const on = bench(({ certificate }) =>
        nameOf(certificate) === "B"
            ? ok({ Cas: [] })
            : new TransportFailure("clientCertificateRefused", false),
    );
    await on.api.fallingBackOn(A).fallingBackOn(B).call("ReadCas", {});
    expect(presented(on.sent)).toBe("-AB");
});

test("a lost create is not sent again as another identity", async () => {
    const on = bench(() => new TransportFailure("reset", true));
    expect(await failureOf(on.api.fallingBackOn(A).call("CreateCa", { CaPem: "" }))).toMatchObject({
        name: "AnswerLost",
    });
    expect(presented(on.sent)).toBe("-");
});

test("claimed ids and turns are one for all views", async () => {
    const { api } = bench(() => ok({ Cas: [] }));
    api.claimed.add("ca-1");
    expect([...api.fallingBackOn(A).presenting(B).claimed]).toEqual(["ca-1"]);
    const order: string[] = [];
    const work = (name: string) => async (): Promise<void> => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
    };
    await Promise.all([api.exclusively(work("1")), api.fallingBackOn(A).exclusively(work("2"))]);
    expect(order).toEqual(["1 begins", "1 ends", "2 begins", "2 ends"]);
});
