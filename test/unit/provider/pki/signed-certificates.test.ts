/** The judgement as a resource: at preview over what is known, and whole when it is deployed. */
import { beforeAll, expect, test } from "@jest/globals";
import { Declarations } from "../../../../provider/declarations";
import {
    signedCertificates,
    type SignedCertificatesInputs,
} from "../../../../provider/pki/signed-certificates";
import { UNKNOWN, type Context } from "../../../../provider/resource";
import { makeTiers, type Tiers } from "../../../support/tiers";
import { daysFromNow, NOW } from "./support";

const at = (now: Date): Context<unknown> => ({
    client: undefined,
    now: () => now,
    declared: new Declarations(),
    sleep: () => Promise.resolve(),
});
let tiers: Tiers;
let others: Tiers;
beforeAll(async () => {
    [tiers, others] = await Promise.all([makeTiers(), makeTiers()]);
});

const inputs = (over: Partial<SignedCertificatesInputs> = {}): SignedCertificatesInputs => ({
    signed: { root: tiers.root.pem, intermediate: tiers.intermediate.pem, server: tiers.server.pem },
    requests: { intermediate: [tiers.intermediate.request], server: [tiers.server.request] },
    permittedDnsDomains: { intermediate: ["example.org"] },
    ...over,
});
const wrongRequest = () => inputs({ requests: { server: [others.server.request] } });

test("gives the certificates, which requests they answer, and the first end", async () => {
    const { state } = await signedCertificates.create(inputs(), at(NOW));
    expect(state.certificates).toEqual(inputs().signed);
    expect(state.answered).toEqual({ intermediate: 0, server: 0 });
    expect(state.notAfter).toBe(daysFromNow(300).toISOString());
    expect(await signedCertificates.update("signed", state, inputs(), at(NOW))).toEqual(state);
});

test("keeps of a text the certificate alone", () => {
    const { root = "" } = inputs().signed;
    const checked = signedCertificates.check(
        inputs({ signed: { root: `Bag Attributes\r\n${root}notes` } }),
        NOW,
        {},
    );
    expect(checked).toMatchObject({ failures: [], inputs: { signed: { root } } });
});

test("names each fault by the property that a program gives", () => {
    const { failures } = signedCertificates.check(wrongRequest(), NOW, {});
    expect(failures).toEqual([
        {
            property: "signed.server",
            reason:
                "It is for another key than the request's. Sign the request again: portcullis sign csr --tier server " +
                "--csr CSR --ca ISSUER --key KEY --out FILE.",
        },
    ]);
    const ended = signedCertificates.check(inputs(), daysFromNow(300), {}).failures;
    expect(ended.map(({ property }) => property)).toEqual(["signed.server"]);
});

test("passes over a request that is not known yet, and refuses when it is", async () => {
    const planned = { ...wrongRequest(), requests: { server: [UNKNOWN] } };
    expect(signedCertificates.check(planned, NOW, {}).failures).toEqual([]);
    expect(signedCertificates.check({ ...planned, requests: { server: UNKNOWN } }, NOW, {}).failures).toEqual(
        [],
    );
    const refused = { code: "InvalidInput", property: "signed.server" };
    await expect(signedCertificates.create(wrongRequest(), at(NOW))).rejects.toMatchObject(refused);
    const { state } = await signedCertificates.create(inputs(), at(NOW));
    await expect(signedCertificates.update("signed", state, wrongRequest(), at(NOW))).rejects.toMatchObject(
        refused,
    );
});

test("refuses a private key in whatever form, and repeats none of it", () => {
    const signed = { root: tiers.root.pem, server: `${tiers.server.pem}${tiers.server.key}` };
    const { failures } = signedCertificates.check(inputs({ signed }), NOW, {});
    expect(failures).toEqual([{ property: "signed.server", reason: expect.stringMatching(/private key/) }]);
    expect(JSON.stringify(failures)).not.toContain(tiers.server.key.split("\n")[1]);
});
