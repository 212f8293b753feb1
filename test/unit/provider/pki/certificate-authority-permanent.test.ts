/** CertificateAuthority, permanent: it stays the authority that it is. */
import { expect, test } from "@jest/globals";
import { certificateAuthority } from "../../../../provider/pki/certificate-authority";
import { NOW } from "./support";

const inputs = {
    commonName: "Authority",
    keyAlgorithm: "EC-P256",
    validity: "365d",
    renewBefore: "30d",
    pathLength: 1,
    permanent: false,
};

test("refuses to make another authority in the place of a permanent one, and to nothing else about it", () => {
    const last = { ...inputs, permanent: true };
    const refused = (over: object, before: unknown = last): readonly string[] =>
        certificateAuthority
            .check({ ...last, ...over }, NOW, before)
            .failures.map(({ property }) => property);
    expect(refused({ keyAlgorithm: "EC-P384", organization: "Other" })).toEqual([
        "organization",
        "keyAlgorithm",
    ]);
    expect(refused({ commonName: "Other" })).toEqual(["commonName"]);
    expect(refused({ commonName: "Other", permanent: false })).toEqual([]);
    expect(refused({ validity: "30d", renewBefore: "1d" })).toEqual([]);
    expect(refused({ commonName: "Other" }, {})).toEqual([]);
    expect(certificateAuthority.check({ ...last, keyAlgorithm: "EC-P384" }, NOW, last).failures).toEqual([
        { property: "keyAlgorithm", reason: expect.stringContaining("raise `authority.generation`") },
    ]);
});
