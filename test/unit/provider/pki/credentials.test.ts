/** What a client can still present after each issue. */
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { CREDENTIALS_KEPT, credentialsAfter, type Credential } from "../../../../provider/pki/credentials";
import type { Issued } from "../../../../provider/pki/issue";
import { DAY, NOW } from "./support";

function issued(serial: number, notAfter: Date, key: string | undefined = `key ${serial}`): Issued {
    return {
        certificatePem: `certificate ${serial}`,
        privateKeyPem: key,
        notBefore: "",
        notAfter: notAfter.toISOString(),
        fingerprintSha1: "",
        serialNumber: String(serial),
    };
}

test("the present one is first, the former ones follow until they end, newest first", () => {
    fc.assert(
        fc.property(
            fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: CREDENTIALS_KEPT }),
            (lives) => {
                let credentials: Credential[] = [];
                lives.forEach((life, day) => {
                    const now = new Date(NOW.getTime() + day * DAY);
                    const present = issued(day, new Date(now.getTime() + life * DAY));
                    credentials = credentialsAfter(credentials, present, now);
                    // The same issue once more, as an update that keeps the certificate does.
                    expect(credentialsAfter(credentials, present, now)).toEqual(credentials);
                    const alive = lives
                        .slice(0, day + 1)
                        .flatMap((each, index) => (index + each > day ? [index] : []));
                    const expected = alive.reverse().map((index) => `certificate ${index}`);
                    expect(credentials.map((credential) => credential.certificatePem)).toEqual(expected);
                });
            },
        ),
    );
});

test("keeps so many at most, the newest", () => {
    const end = new Date(NOW.getTime() + DAY);
    const credentials = [1, 2, 3, 4, 5, 6].reduce<Credential[]>(
        (before, serial) => credentialsAfter(before, issued(serial, end), NOW),
        [],
    );
    expect(credentials.map((credential) => credential.privateKeyPem)).toEqual([
        "key 6",
        "key 5",
        "key 4",
        "key 3",
    ]);
});

test("a certificate without a key of ours is none", () => {
    const former = credentialsAfter([], issued(1, new Date(NOW.getTime() + DAY)), NOW);
    const request = { ...issued(2, new Date(NOW.getTime() + DAY)), privateKeyPem: undefined };
    expect(credentialsAfter([], request, NOW)).toEqual([]);
    expect(credentialsAfter(former, request, NOW)).toEqual(former);
});
