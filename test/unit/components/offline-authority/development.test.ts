/** What OfflineAuthority refuses in development: whatever only the offline way has a use for. */
import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import type { OfflineAuthorityArgs } from "../../../../components/offline-authority/args";
import { OfflineAuthority } from "../../../../components/offline-authority/offline-authority";
import { PortcullisError } from "../../../../provider/errors";
import { children } from "../../../support/children";

const keyFile = { path: "key.pem", passphraseVariable: "PASSPHRASE" };
const dnsNames = ["vault.example.org"];

test.each<[string, Partial<OfflineAuthorityArgs>]>([
    ["signed", { signed: {} }],
    ["intermediate.request", { intermediate: { request: "" } }],
    ["intermediate.privateKeyFile", { intermediate: { privateKeyFile: keyFile } }],
    ["intermediate.permittedIpRanges", { intermediate: { permittedIpRanges: [] } }],
    ["intermediate.keyAlgorithm", { intermediate: { keyAlgorithm: "EC-P384" } }],
    ["intermediate.generation", { intermediate: { generation: 1 } }],
    ["server.keyAlgorithm", { server: { dnsNames, keyAlgorithm: "EC-P256" } }],
    ["server.generation", { server: { dnsNames, generation: 2 } }],
])("%s is refused, and nothing is declared", async (property, changes) => {
    let thrown: unknown;
    const found = await children((opts) => {
        try {
            const args = { intermediate: {}, server: { dnsNames }, ...changes };
            return new OfflineAuthority("pki", { mode: "development", ...args }, opts);
        } catch (error) {
            thrown = error;
            return new pulumi.ComponentResource("test:index:Empty", "empty");
        }
    });
    expect(thrown).toBeInstanceOf(PortcullisError);
    expect(thrown).toMatchObject({
        code: "InvalidInput",
        property,
        problem: `Development mode makes every key and certificate anew, and would leave ${property} without effect.`,
        remedy: 'Remove what is named here, or set mode: "offline".',
    });
    expect(found.map(({ type }) => type)).toEqual(["portcullis:index:OfflineAuthority"]);
});
