/** The access decision about client certificates against `openssl verify`, over a table and at random. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import "reflect-metadata";
import { BasicConstraintsExtension } from "@peculiar/x509";
import fc from "fast-check";
import { verifyClientCertificate } from "../../provider/pki/chain";
import { cases } from "../unit/provider/pki/cases";
import { refusalByOpenssl, skip, start, stop } from "../unit/provider/pki/openssl";
import { authority, client, CLIENT_AUTH, daysFromNow, NOW, SERVER_AUTH } from "../unit/provider/pki/support";

describe(`verifyClientCertificate and openssl${skip}`, function () {
    before(function () {
        if (skip !== "") this.skip();
        start();
    });

    after(stop);

    it("agrees with openssl on every chain, but for those where strictness is on purpose", async () => {
        const differing: string[] = [];
        const stricter: string[] = [];
        for (const each of await cases()) {
            const { trusted } = verifyClientCertificate(each.client, each.authority, NOW);
            const byOpenssl = refusalByOpenssl(each.authority, each.client, NOW) === undefined;
            assert.equal(trusted, each.trusted, each.title);
            if (each.stricter !== undefined) {
                stricter.push(each.title);
                if (trusted || !byOpenssl) differing.push(`${each.title}: not stricter`);
            } else if (trusted !== byOpenssl) {
                differing.push(`${each.title}: here ${String(trusted)}, openssl ${String(byOpenssl)}`);
            }
        }
        assert.deepEqual(differing, []);
        assert.equal(stricter.length, 10);
    });

    it("never trusts what openssl refuses, over chains made at random", async () => {
        const days = (min: number, max: number) => fc.integer({ min, max });
        const usages = fc.option(fc.subarray([CLIENT_AUTH, SERVER_AUTH], { minLength: 1 }));
        const wishes = fc.record({
            notBefore: days(-9, 2).map(daysFromNow),
            notAfter: days(-1, 9).map(daysFromNow),
            extendedKeyUsage: usages,
            keyUsage: fc.constantFrom(null, 1, 1 | 4, 4 | 32, 32 | 64),
            basicConstraints: fc
                .tuple(fc.boolean(), fc.constantFrom(undefined, 0, 1), fc.boolean())
                .map(([ca, length, critical]) => {
                    return new BasicConstraintsExtension(ca, ca ? length : undefined, critical);
                }),
            authorityKeyId: fc.constantFrom(null, undefined),
        });
        const right = { notBefore: daysFromNow(-9), notAfter: daysFromNow(9) };
        // Half of all authorities and clients are right, or hardly any chain would be.
        const some = fc.oneof(fc.constant(right), wishes);
        const keys = await Promise.all([authority(), authority()]);
        const onPurpose = /extendedKeyUsage\.$|digitalSignature|itself a CA|not marked critical/;
        const seen = { trusted: 0, refused: 0 };
        await fc.assert(
            fc.asyncProperty(some, some, fc.nat({ max: 5 }), async (ofAuthority, ofClient, chance) => {
                const ca = await authority({ extendedKeyUsage: null, ...ofAuthority }, keys[0].key);
                const alice = await client(chance === 0 ? keys[1].key : ca.key, ofClient, keys[1].key);
                const verdict = verifyClientCertificate(alice.pem, ca.pem, NOW);
                const refusal = refusalByOpenssl(ca.pem, alice.pem, NOW);
                seen[verdict.trusted ? "trusted" : "refused"] += 1;
                if (verdict.trusted) assert.equal(refusal, undefined);
                else if (refusal === undefined) assert.match(verdict.reason ?? "", onPurpose);
            }),
            { numRuns: 80 },
        );
        assert.ok(seen.trusted > 5 && seen.refused > 5, JSON.stringify(seen));
    });
});
