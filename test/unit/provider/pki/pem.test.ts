/** PEM text: one certificate, by meaning, and never echoed. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PortcullisError } from "../../../../provider/errors";
import {
    CERTIFICATE_REQUEST,
    decodePem,
    derOf,
    encodePem,
    fingerprintSha1,
    normalisePem,
} from "../../../../provider/pki/pem";
import { authority, type Made } from "./support";

let made: Made;
let body: string;

beforeAll(async () => {
    made = await authority();
    body = made.pem.replace(/-----[A-Z ]+-----|\s/g, "");
});

function refusal(text: string): PortcullisError {
    try {
        derOf(text, "caPem");
    } catch (error) {
        if (error instanceof PortcullisError) return error;
        throw error;
    }
    throw new Error("not refused");
}

const wrap = (content: string, label = "CERTIFICATE") =>
    `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;

describe("derOf", () => {
    test("gives the DER, whatever the white space and the text around", () => {
        const der = Buffer.from(body, "base64");
        const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
        fc.assert(
            fc.property(
                fc.array(space, { minLength: 1 }),
                fc.constantFrom("", "subject=CN = x\r\n", "\uFEFF"),
                (spaces, before) => {
                    const spaced = Array.from(body).map(
                        (character, index) => character + (spaces[index % spaces.length] ?? ""),
                    );
                    expect(derOf(before + wrap(spaced.join("")))).toEqual(der);
                    expect(normalisePem(before + wrap(spaced.join("")))).toBe(encodePem("CERTIFICATE", der));
                },
            ),
            { numRuns: 30 },
        );
    });

    test("the fingerprint is the SHA-1 of the DER, in lower case without colons", () => {
        const expected = createHash("sha1").update(Buffer.from(body, "base64")).digest("hex");
        expect(fingerprintSha1(made.pem)).toBe(expected);
        expect(fingerprintSha1(made.pem)).toMatch(/^[0-9a-f]{40}$/);
    });

    test.each<[string, (pem: string, body: string, key: string) => string, RegExp]>([
        ["empty text", () => "", /The text is no PEM certificate\. Give exactly one/],
        ["a file's name", () => "/etc/ssl/ca.pem\n", /looks like a file's name\. Give the file's content/],
        ["two certificates", (pem) => pem + pem, /holds 2 PEM blocks/],
        [
            "a key alone",
            (_, __, key) => key,
            /private key where a certificate is expected.*treat that key as exposed/,
        ],
        [
            "a certificate and its key",
            (pem, _, key) => pem + key,
            /private key where a certificate is expected/,
        ],
        [
            "a key cut short",
            (pem, _, key) => pem + key.slice(20),
            /private key where a certificate is expected/,
        ],
        ["a request", (_, body) => wrap(body, "CERTIFICATE REQUEST"), /There is a CERTIFICATE REQUEST where/],
        [
            "labels that differ",
            (_, body) => wrap(body).replace("END CERT", "END X509 CERT"),
            /cut short or malformed/,
        ],
        ["no end", (pem) => pem.slice(0, 200), /cut short or malformed/],
        ["line ends as two characters", (pem) => pem.replaceAll("\n", "\\n"), /two characters "\\n"/],
        ["no base64", () => wrap("???"), /not base64/],
        ["nothing within", () => wrap(""), /not base64/],
        ["no certificate within", () => wrap("AAAA"), /no X\.509 certificate/],
        ["a certificate cut short", (_, body) => wrap(body.slice(0, 200)), /no X\.509 certificate/],
        [
            "something after it",
            (_, body) => wrap(Buffer.concat([Buffer.from(body, "base64"), Buffer.of(0)]).toString("base64")),
            /no X\.509 certificate/,
        ],
        ["too much", (pem) => pem + " ".repeat(300_000), /too long/],
    ])("refuses %s", (_title, mangle, message) => {
        const text = mangle(made.pem, body, made.key);
        const error = refusal(text);
        expect(error.message).toMatch(message);
        expect(error.message).toMatch(/^caPem: /);
        expect({ code: error.code, property: error.property }).toEqual({
            code: "InvalidInput",
            property: "caPem",
        });
        for (const line of text
            .split(/\s+/)
            .filter((word) => word.length > 20 && !word.startsWith("-----"))) {
            expect(error.message).not.toContain(line);
        }
    });
});

test("a request may have either of its two labels", () => {
    expect(decodePem(wrap("AAAA", "CERTIFICATE REQUEST"), CERTIFICATE_REQUEST)).toEqual(Buffer.alloc(3));
    expect(decodePem(wrap("AAAA", "NEW CERTIFICATE REQUEST"), CERTIFICATE_REQUEST)).toEqual(Buffer.alloc(3));
});
