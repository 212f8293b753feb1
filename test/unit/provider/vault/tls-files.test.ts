/** The nodes' TLS files: each way in which they would not serve, and that no word of a refusal holds a key. */
import "reflect-metadata";
import { createPrivateKey } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as x509 from "@peculiar/x509";
import { publicKeyOf, tlsFailures } from "../../../../provider/vault/tls-files";
import { Declarations } from "../../../../provider/declarations";
import { UNKNOWN } from "../../../../provider/resource";
import { tlsFilesCheck } from "../../../../provider/vault/tls-files-check";
import { makeAuthority, makeClient, type TestAuthority } from "../../../oracles/certificates";
import {
    CLIENT_AUTH,
    SERVER_AUTH,
    SERVER_NAME,
    tlsFiles,
    type TlsFixture,
} from "../../../support/vault-cluster";

const NOW = new Date();
const failures = ({ certificate, privateKey, authorities }: TlsFixture) =>
    tlsFailures(
        { serverName: SERVER_NAME, certificate, publicKey: publicKeyOf(privateKey), authorities },
        NOW,
    );

let good: TlsFixture;
let root: TestAuthority;
beforeAll(async () => {
    good = await tlsFiles();
    root = await makeAuthority({ name: "Root" });
});

test("files in order", async () => {
    expect(failures(good)).toEqual([]);
    expect(failures(await tlsFiles({ dnsNames: ["*.priv.cloud.ogenki.io"] }))).toEqual([]);
});

test("a chain over an intermediate, among several roots", async () => {
    const intermediate = await makeClient(root, { commonName: "Intermediate", isCa: true, usages: null });
    const key = await crypto.subtle.importKey(
        "pkcs8",
        Buffer.from(intermediate.keyPem.split("\n")[1] ?? "", "base64"),
        { name: "ECDSA", namedCurve: "P-256" },
        true,
        ["sign"],
    );
    const issuer = {
        pem: intermediate.pem,
        certificate: new x509.X509Certificate(intermediate.pem),
        keys: { privateKey: key, publicKey: key },
    };
    const leaf = await makeClient(issuer, {
        dnsNames: [SERVER_NAME],
        usages: [SERVER_AUTH, CLIENT_AUTH],
    });
    const files = {
        certificate: `${leaf.pem}\n${intermediate.pem}\n`,
        privateKey: leaf.keyPem,
        authorities: `${good.authorities}\n${root.pem}`,
    };
    expect(failures(files)).toEqual([]);
    expect(failures({ ...files, certificate: `${leaf.pem}\n${root.pem}` })).toEqual([
        {
            property: "certificate",
            reason: "Its certificate number 1 was not issued by the one behind it. Put the leaf first, and each issuer behind what it issued.",
        },
    ]);
    expect(failures({ ...files, certificate: leaf.pem })).toEqual([
        {
            property: "authorities",
            reason: "None of them issued the last certificate of the chain. Give the root that it leads to, and every intermediate behind the leaf.",
        },
    ]);
});

describe("refused", () => {
    const USAGES =
        "Issue it with the extended key usages serverAuth and clientAuth: nodes sign in with it as well.";

    test.each<[string, object, string]>([
        [
            "another name",
            { dnsNames: ["vault.example.org"] },
            `It is not valid for ${SERVER_NAME}, by which nodes and clients call. Issue it with that name among its DNS names, or correct serverName.`,
        ],
        [
            "the name as the common name alone",
            { dnsNames: undefined },
            `It is not valid for ${SERVER_NAME}, by which nodes and clients call. Issue it with that name among its DNS names, or correct serverName.`,
        ],
        ["for servers alone", { usages: [SERVER_AUTH] }, `It is not for clientAuth. ${USAGES}`],
        ["for clients alone", { usages: [CLIENT_AUTH] }, `It is not for serverAuth. ${USAGES}`],
        ["for nothing said", { usages: null }, `It is not for serverAuth and clientAuth. ${USAGES}`],
        [
            "ended",
            { notAfter: new Date("2026-01-02T03:04:05Z") },
            "It ended on 2026-01-02. Issue it anew, and give the new one.",
        ],
    ])("%s", async (_title, shape, reason) => {
        expect(failures(await tlsFiles(shape))).toEqual([{ property: "certificate", reason }]);
    });

    test("another certificate's key, an encrypted one, and none", async () => {
        const other = await tlsFiles();
        const said = (privateKey: string) => failures({ ...good, privateKey });
        expect(said(other.privateKey)).toEqual([
            {
                property: "privateKey",
                reason: "The private key is another certificate's. Give the key that this certificate was requested with.",
            },
        ]);
        const encrypted = createPrivateKey(good.privateKey).export({
            ...({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" } as const),
        });
        for (const unusable of [encrypted.toString(), "vault.key", ""]) {
            expect(said(unusable)).toEqual([
                {
                    property: "privateKey",
                    reason: "The text is no PEM private key, or an encrypted one. Give the key file's text, unencrypted.",
                },
            ]);
        }
    });

    test("a root that did not issue it", async () => {
        expect(failures({ ...good, authorities: (await tlsFiles()).authorities })).toMatchObject([
            { property: "authorities" },
        ]);
    });

    test("no certificate at all, and one that is cut short", () => {
        expect(failures({ ...good, certificate: "server.pem", authorities: "" })).toEqual(
            ["certificate", "authorities"].map((property) => ({
                property,
                reason: "There is no certificate in it. Give its text in PEM form.",
            })),
        );
        expect(failures({ ...good, certificate: good.certificate.replace(/\n.{30}/, "\n") })).toMatchObject([
            { property: "certificate" },
        ]);
    });

    test("a private key among certificates, and none of it is said", () => {
        const mixed = { ...good, certificate: `${good.certificate}\n${good.privateKey}` };
        const said = failures(mixed);
        expect(said).toEqual([
            {
                property: "certificate",
                reason: "There is a private key in it, and it is readable for all who see the state. Give certificates alone, and treat that key as exposed.",
            },
        ]);
        expect(failures({ ...good, authorities: good.privateKey })).toMatchObject([
            { property: "authorities" },
        ]);
    });
});

describe("what is not known yet", () => {
    test("is let through, and the rest is judged", () => {
        const { certificate, authorities } = good;
        const known = { serverName: "other.example.org", certificate, authorities, publicKey: "" };
        const properties = (files: object) =>
            tlsFailures({ ...known, ...files }, NOW).map(({ property }) => property);
        expect(properties({})).toEqual(["certificate", "privateKey"]);
        expect(properties({ publicKey: UNKNOWN })).toEqual(["certificate"]);
        expect(properties({ serverName: UNKNOWN })).toEqual(["privateKey"]);
        expect(properties({ certificate: UNKNOWN })).toEqual([]);
        expect(properties({ certificate: UNKNOWN, authorities: "" })).toEqual(["authorities"]);
        expect(properties({ authorities: UNKNOWN })).toEqual(["certificate", "privateKey"]);
    });
});

test("the resource refuses what the decision refuses, keeps its inputs, and calls nobody", async () => {
    const { certificate, authorities, privateKey } = good;
    const inputs = { serverName: SERVER_NAME, certificate, authorities, publicKey: publicKeyOf(privateKey) };
    expect(tlsFilesCheck.check(inputs, NOW, {})).toEqual({ inputs, failures: [] });
    expect(tlsFilesCheck.check({ ...inputs, publicKey: "" }, NOW, {}).failures).toMatchObject([
        { property: "privateKey" },
    ]);
    const context = {
        client: undefined,
        now: () => NOW,
        declared: new Declarations(),
        sleep: () => Promise.resolve(),
    };
    expect(await tlsFilesCheck.create(inputs, context)).toEqual({ id: "tls-files", state: inputs });
    expect(tlsFilesCheck.diff(inputs, inputs, NOW)).toEqual({ changed: [], replaces: [] });
    expect(tlsFilesCheck.diff(inputs, { ...inputs, certificate: UNKNOWN }, NOW)).toEqual({
        changed: ["certificate"],
        replaces: [],
    });
});
