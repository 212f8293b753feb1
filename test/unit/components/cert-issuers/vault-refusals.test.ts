/** What CertIssuers refuses when it is declared: of issuers for Vault. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import { tlsFiles, type TlsFixture } from "../../../support/vault-cluster";
import { IRSA, VAULT, accountOf, acme, appRole, aws, kubernetes, refusals, vault } from "./fixture";

describe("refused, with what to do", () => {
    test.each<readonly [string, object, string]>([
        [
            "an issuer's name",
            { vault: { Vault: VAULT } },
            'vault["Vault"]: That is no name of an issuer. Write lower-case letters, digits and hyphens, as "vault".',
        ],
        [
            "a Vault issuer of no namespace",
            vault({ namespace: "Shop" }),
            'vault["vault"].namespace: It is no name of a namespace. Write letters, digits and hyphens.',
        ],
        [
            "Vault in clear",
            vault({ server: "http://vault.priv.example.org:8200" }),
            'vault["vault"].server: Over http:// anybody on the way could read the token and answer in Vault\'s place. Give the address that begins with https://.',
        ],
        [
            "a server's name that is none",
            vault({ serverName: "not a name\n*" }),
            'vault["vault"].serverName: It is no name of a server. Write it as "vault.example.org".',
        ],
        [
            "a server's name that an old cert-manager passes over",
            {
                ...vault({ serverName: "vault.internal" }),
                certManager: { existingVersion: "v1.17.4" },
            },
            'vault["vault"].serverName: cert-manager 1.17 passes it over, and would look for the name of `server`; 1.18 and later read it. Leave it out, or use a newer version.',
        ],
        [
            "audiences that an old cert-manager passes over",
            { ...kubernetes({ audiences: ["vault"] }), certManager: { existingVersion: "v1.14.7" } },
            'vault["vault"].auth.kubernetes.audiences: cert-manager 1.14 passes it over; 1.15 and later read it. Leave it out, or use a newer version.',
        ],
        [
            "Vault without scheme",
            vault({ server: "vault.priv.example.org:8200" }),
            'vault["vault"].server: It is no address of a server. Write scheme, name and port alone, as "https://vault.example.org:8200".',
        ],
        [
            "Vault's API as its address",
            vault({ server: "https://vault.priv.example.org:8200/v1" }),
            'vault["vault"].server: It is no address of a server. Write scheme, name and port alone, as "https://vault.example.org:8200".',
        ],
        [
            "the path that issues",
            vault({ path: "pki/issue/server" }),
            'vault["vault"].path: By issue/ Vault would make a key of its own, and cert-manager would ask again without end. Write sign/ in its place: VaultPki\'s signPath.',
        ],
        [
            "the path that signs anything",
            vault({ path: "pki/sign-verbatim/server" }),
            'vault["vault"].path: By sign-verbatim Vault signs whatever it is asked to, beyond every role. Write sign/ in its place: VaultPki\'s signPath.',
        ],
        [
            "a path without role",
            vault({ path: "pki/sign" }),
            'vault["vault"].path: It is no path of a role that signs. Write "<mount>/sign/<role>", without "v1/" and slashes around: VaultPki\'s signPath.',
        ],
        [
            "a path with the API before it",
            vault({ path: "v1/pki/sign/server" }),
            'vault["vault"].path: It is no path of a role that signs. Write "<mount>/sign/<role>", without "v1/" and slashes around: VaultPki\'s signPath.',
        ],
        [
            "a path with slashes around",
            vault({ path: "/pki/sign/server" }),
            'vault["vault"].path: It is no path of a role that signs. Write "<mount>/sign/<role>", without "v1/" and slashes around: VaultPki\'s signPath.',
        ],
        [
            "a path that leads elsewhere",
            vault({ path: "pki/../sys/sign/server" }),
            'vault["vault"].path: It is no path of a role that signs. Write "<mount>/sign/<role>", without "v1/" and slashes around: VaultPki\'s signPath.',
        ],
        [
            "no authority",
            vault({ caBundleSecretRef: undefined }),
            'vault["vault"].caBundle: Nothing says which authority the server\'s certificate is verified by. Give caBundle or caBundleSecretRef.',
        ],
        [
            "both forms of authority",
            vault({ caBundle: "x" }),
            'vault["vault"].caBundle: It stands beside caBundleSecretRef, and cert-manager takes one of them. Leave one out.',
        ],
        [
            "a secret without key",
            vault({ caBundleSecretRef: { name: "vault-ca", key: "" } }),
            'vault["vault"].caBundleSecretRef.key: It is no key of a secret. Write letters, digits, "-", "_" and ".".',
        ],
        [
            "a lifetime of the role in words",
            vault({ limits: { leafLifetime: "90 days" } }),
            'vault["vault"].limits.leafLifetime: It is no duration. Write it as "90d".',
        ],
        [
            "two ways to sign in",
            vault({ auth: { ...VAULT.auth, kubernetes: { role: "a", serviceAccount: "b" } } }),
            'vault["vault"].auth: Give exactly one of appRole, kubernetes and aws: of several, cert-manager takes the first without a word.',
        ],
        [
            "no way to sign in",
            vault({ auth: {} }),
            'vault["vault"].auth: Give exactly one of appRole, kubernetes and aws: of several, cert-manager takes the first without a word.',
        ],
        [
            "the API as mount",
            appRole({ mount: "v1/auth/approle" }),
            'vault["vault"].auth.appRole.mount: It is no path of an auth method. Write it without "v1/auth/" and slashes around, as "approle".',
        ],
        [
            "a mount with slashes",
            kubernetes({ mount: "/kubernetes" }),
            'vault["vault"].auth.kubernetes.mount: It is no path of an auth method. Write it without "v1/auth/" and slashes around, as "kubernetes".',
        ],
        [
            "no role id",
            appRole({ roleId: "" }),
            'vault["vault"].auth.appRole.roleId: It is no role of Vault. Write letters, digits, hyphens, dots and underscores.',
        ],
        [
            "a secret id without secret",
            appRole({ secretRef: { name: "", key: "secretId" } }),
            'vault["vault"].auth.appRole.secretRef.name: It is no name of a secret. Write lower-case letters, digits, hyphens and dots.',
        ],
        [
            "no role",
            kubernetes({ role: "" }),
            'vault["vault"].auth.kubernetes.role: It is no role of Vault. Write letters, digits, hyphens, dots and underscores.',
        ],
        [
            "no service account",
            kubernetes({ serviceAccount: "" }),
            'vault["vault"].auth.kubernetes.serviceAccount: It is no name of a service account. Write lower-case letters, digits and hyphens.',
        ],
        [
            "AWS before cert-manager knows it",
            { ...aws({}), certManager: { existingVersion: "v1.20.3" } },
            'vault["vault"].auth.aws: cert-manager 1.20 cannot sign in so; 1.21 and later can. Use appRole or kubernetes, or a newer version.',
        ],
        [
            "the controller's AWS rights for an Issuer",
            aws({}, { namespace: "shop" }),
            'vault["vault"].auth.aws: Without irsa the rights are the controller\'s own, which it lends to ClusterIssuers alone. Give irsa, or leave namespace out.',
        ],
        [
            "a role of AWS that is none",
            aws({ irsa: { serviceAccount: "vault-issuer", roleArn: "role" } }),
            'vault["vault"].auth.aws.irsa.roleArn: It is no ARN of a role. Write it as "arn:aws:iam::123456789012:role/…".',
        ],
        [
            "two issuers of one name",
            { ...acme({}), vault: { "letsencrypt-staging": VAULT } },
            'vault["letsencrypt-staging"]: letsEncrypt has an issuer of this name. Give this one another.',
        ],
        [
            "two issuers of one service account",
            { vault: { a: accountOf("shared"), b: accountOf("shared") } },
            'vault["b"].auth: Its service account "shared" is that of vault["a"] as well. Give each issuer one of its own.',
        ],
        [
            "the service account for DNS",
            { ...acme({ identity: IRSA }), vault: { a: accountOf("certs-route53") } },
            'vault["a"].auth: Its service account "certs-route53" is that of letsEncrypt as well. Give each issuer one of its own.',
        ],
        [
            "the controller's own service account",
            kubernetes({ serviceAccount: "cert-manager" }),
            'vault["vault"].auth: Its service account "cert-manager" is that of cert-manager itself as well. Give each issuer one of its own.',
        ],
    ])("%s", (_what, args, expected) => {
        expect(refusals(args)).toEqual([expected]);
    });
});

describe("the authorities of Vault's certificate", () => {
    let files: TlsFixture;
    beforeAll(async () => {
        files = await tlsFiles();
    });
    const said = (caBundle: string, now?: Date): readonly string[] =>
        refusals(vault({ caBundle, caBundleSecretRef: undefined }), now);

    test("are one or several, with text between them", () => {
        expect(said(files.authorities)).toEqual([]);
        expect(said(`the root\n${files.authorities}\n\n${files.authorities}`)).toEqual([]);
    });

    test("are refused with a private key, which is not told", () => {
        const faults = said(`${files.authorities}${files.privateKey}`);
        expect(faults).toEqual([
            'vault["vault"].caBundle: There is a private key in it. Give the certificates alone, and treat that key as exposed.',
        ]);
    });

    test.each<readonly [string, (files: TlsFixture) => string, string]>([
        [
            "base64 of base64",
            ({ authorities }) => Buffer.from(authorities).toString("base64"),
            "There is no certificate in it. Give the text of CA certificates in PEM form; it is encoded for Kubernetes here.",
        ],
        [
            "a leaf",
            ({ authorities, certificate }) => authorities + certificate,
            "Certificate 2 of 2 is no authority's. Give that of the authority that issued the server's.",
        ],
        [
            "half of a certificate",
            ({ authorities }) => authorities + authorities.slice(0, 200),
            "There is something else than whole certificates in it. Give the certificates alone.",
        ],
        [
            "a request",
            ({ authorities }) =>
                `${authorities}-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----`,
            "There is something else than whole certificates in it. Give the certificates alone.",
        ],
        [
            "bytes that are none",
            () => "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----",
            "The certificate cannot be read. Give it as it was issued, unchanged.",
        ],
    ])("are not %s", (_what, bundle, reason) => {
        expect(said(bundle(files))).toEqual([`vault["vault"].caBundle: ${reason}`]);
    });

    test("are refused once they have ended", () => {
        expect(said(files.authorities, new Date("2100-01-01"))).toEqual([
            expect.stringMatching(
                /^vault\["vault"\]\.caBundle: The certificate ended on \d{4}-\d\d-\d\d\. Give the one after it\.$/,
            ),
        ]);
    });
});
