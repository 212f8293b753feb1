/** Which releases of the server program are refused by their address. */
import { expect, test } from "@jest/globals";
import { releaseFailures } from "../../../../components/vault-cluster/releases";

const of = (product: "openbao" | "vault", version: string): string =>
    product === "vault"
        ? `https://releases.hashicorp.com/vault/${version}/vault_${version}_linux_amd64.zip`
        : `https://github.com/openbao/openbao/releases/download/v${version}/openbao_${version}_linux_amd64.deb`;

test.each<["openbao" | "vault", string, string]>([
    ["vault", "1.14.8", "Vault 1.14 is out of support, as everything before 1.19 has been since 2025-03-04"],
    ["vault", "1.18.5", "Give a release of the line 1.19 or later."],
    ["vault", "1.16.3+ent", "Give a release of the line 1.19 or later."],
    ["vault", "0.11.6", "Vault 0.11 is out of support"],
    ["openbao", "2.5.5", "OpenBao 2.5 is out of support, as everything before 2.6 has been since 2026-07-14"],
    ["openbao", "2.0.0", "Give a release of the line 2.6."],
    ["openbao", "2.7.2", "OpenBao 2.7 has no built-in seal by AWS KMS"],
    ["openbao", "3.0.0", "Give a release of the line 2.6."],
])("%s %s is refused", (product, version, words) => {
    expect(releaseFailures(product, of(product, version))).toEqual([
        { property: "binary.url", reason: expect.stringContaining(words) },
    ]);
});

test.each<["openbao" | "vault", string]>([
    ["openbao", of("openbao", "2.6.0")],
    ["openbao", of("openbao", "2.6.3")],
    ["vault", of("vault", "1.19.0")],
    ["vault", of("vault", "1.21.3")],
    ["vault", of("vault", "2.0.1")],
    // An address of the server, and a version of something else on the way to the file.
    ["vault", "https://1.2.3.4/vault"],
    ["vault", "https://example.org/mirror-1.2.3/vault_1.21.3.zip"],
    ["openbao", "https://example.org/bao"],
    ["openbao", "no address"],
])("%s from %s is not", (product, url) => {
    expect(releaseFailures(product, url)).toEqual([]);
});
