/** CertIssuers in programs without types: what is left out is named, and nothing fails somewhere within. */
import { describe, expect, test } from "@jest/globals";
import type { CertIssuersArgs } from "../../../../components/cert-issuers/args";
import { CertIssuers } from "../../../../components/cert-issuers/cert-issuers";
import { checkIssuers, type KnownArgs } from "../../../../components/cert-issuers/plan";
import { refuseMissing } from "../../../../components/cert-issuers/required";
import { refusedProperties, withoutEach } from "../../../support/left-out";
import { ACME, IRSA, VAULT } from "./fixture";

/** As a program without types might call. */
const properties = (args: unknown): readonly string[] =>
    refusedProperties(() => {
        refuseMissing("certs", args as CertIssuersArgs);
        checkIssuers("certs", args as KnownArgs, new Date("2026-11-22T12:00:00Z"));
    });

describe("CertIssuers without", () => {
    test("anything but a name, or a part of its parts", () => {
        expect(properties(undefined)).toEqual(["args"]);
        expect(() => new CertIssuers("certs", undefined as unknown as CertIssuersArgs)).toThrow(
            'CertIssuers "certs" is refused:\n  - args: There are none.',
        );
        expect(properties({})).toEqual([]);
        expect(properties({ letsEncrypt: {}, vault: { main: {}, other: undefined } })).toEqual([
            ...["email", "zones", "hostedZoneId", "region", "identity"].map((one) => `letsEncrypt.${one}`),
            ...['vault["main"].server', 'vault["main"].path', 'vault["main"].auth', 'vault["other"]'],
        ]);
        expect(() => new CertIssuers("certs", { vault: { main: {} } } as unknown as CertIssuersArgs)).toThrow(
            'vault["main"].auth: It is missing. Say how cert-manager signs in',
        );
    });

    test.each<readonly [string, object, string]>([
        ["a text for a table", { letsEncrypt: "ops@ogenki.io" }, "letsEncrypt"],
        ["a list of issuers", { vault: [VAULT] }, "vault"],
        [
            "an identity by its name alone",
            { letsEncrypt: { ...ACME, identity: "ambient" } },
            "letsEncrypt.identity",
        ],
        [
            "an identity of no kind",
            { letsEncrypt: { ...ACME, identity: { type: "oidc" } } },
            "letsEncrypt.identity",
        ],
        [
            "an identity of no role",
            { letsEncrypt: { ...ACME, identity: { type: "irsa" } } },
            "letsEncrypt.identity",
        ],
        [
            "an identity of no cluster",
            { letsEncrypt: { ...ACME, identity: { type: "podIdentity" } } },
            "letsEncrypt.identity",
        ],
        [
            "a way that is nothing",
            { vault: { v: { ...VAULT, auth: { aws: undefined } } } },
            'vault["v"].auth',
        ],
        [
            "half an identity at AWS",
            { vault: { v: { ...VAULT, auth: { aws: { role: "r", irsa: { serviceAccount: "a" } } } } } },
            'vault["v"].auth.aws.irsa.roleArn',
        ],
    ])("%s", (_, args, property) => {
        expect(properties(args)).toEqual([property]);
    });

    test("any one part: it is named, or it has a default", () => {
        const { vault, ...rest } = {
            letsEncrypt: { ...ACME, identity: IRSA },
            vault: {
                role: VAULT,
                token: { ...VAULT, auth: { kubernetes: { role: "r", serviceAccount: "a" } } },
            },
        };
        expect(properties({ ...rest, vault })).toEqual([]);
        const named = withoutEach({ ...rest, vault }).map(([path, args]) => [path, properties(args)]);
        expect(Object.fromEntries(named)).toEqual({
            letsEncrypt: [],
            "letsEncrypt.email": ["letsEncrypt.email"],
            "letsEncrypt.zones": ["letsEncrypt.zones"],
            "letsEncrypt.hostedZoneId": ["letsEncrypt.hostedZoneId"],
            "letsEncrypt.region": ["letsEncrypt.region"],
            "letsEncrypt.identity": ["letsEncrypt.identity"],
            "letsEncrypt.identity.type": ["letsEncrypt.identity"],
            "letsEncrypt.identity.roleArn": ["letsEncrypt.identity"],
            vault: [],
            ...Object.fromEntries(
                ["role", "token"].flatMap((issuer) => [
                    [`vault.${issuer}`, []],
                    ...[
                        ...["server", "path", "auth", "caBundleSecretRef.name", "caBundleSecretRef.key"],
                        ...(issuer === "role"
                            ? [
                                  ...["auth.appRole.roleId", "auth.appRole.secretRef"],
                                  ...["auth.appRole.secretRef.name", "auth.appRole.secretRef.key"],
                              ]
                            : ["auth.kubernetes.role", "auth.kubernetes.serviceAccount"]),
                    ].map((part) => [`vault.${issuer}.${part}`, [`vault["${issuer}"].${part}`]]),
                    [`vault.${issuer}.caBundleSecretRef`, [`vault["${issuer}"].caBundle`]],
                    [
                        `vault.${issuer}.auth.${issuer === "role" ? "appRole" : "kubernetes"}`,
                        [`vault["${issuer}"].auth`],
                    ],
                ]),
            ),
        });
    });
});
