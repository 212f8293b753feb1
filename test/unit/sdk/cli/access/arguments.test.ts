/** What the flags of `portcullis access` take, and the errors that name the flag and none of a file's content. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAuthorities, readIdentities, refuseSameNames } from "../../../../../sdk/cli/access/identities";
import { momentOf } from "../../../../../sdk/cli/access/moment";
import { makeHolders, type Holders } from "../../../../support/holders";

const folder = mkdtempSync(join(tmpdir(), "portcullis-flags-"));
afterAll(() => {
    rmSync(folder, { recursive: true });
});

let holders: Holders;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
    holders = await makeHolders();
    const { a, b } = holders.authorities;
    writeFileSync(at("alice.pem"), holders.alice.certificatePem);
    writeFileSync(at("both.pem"), `Authorities\n${a.certificatePem}\n${b.certificatePem}`);
    writeFileSync(at("key.pem"), a.certificatePem + a.privateKeyPem);
    writeFileSync(at("secret.txt"), "secret-word");
});

describe("--identity", () => {
    test("takes a name, a certificate's file and an address, in any order", async () => {
        const flags = [
            `name=alice,certificate=${at("alice.pem")},ip=192.0.2.7`,
            "ip=2001:db8::/32, name=Ops = all",
        ];
        expect(await readIdentities(flags, undefined)).toEqual([
            {
                name: "alice",
                sourceIp: "192.0.2.7",
                certificatePem: holders.alice.certificatePem,
                authorityPems: [],
            },
            { name: "Ops = all", sourceIp: "2001:db8::/32", authorityPems: [] },
        ]);
    });

    const EXAMPLE = "Write it as name=ada,certificate=ada.pem,ip=192.0.2.7.";
    test.each([
        ["alice", '--identity "alice": "alice" is none of name=…, certificate=…, ip=….'],
        ["name=a,cert=x.pem", '--identity "name=a,cert=x.pem": "cert=x.pem" is none of'],
        ["name=a,ip", '--identity "name=a,ip": "ip" is none of'],
        ["name=a,ip=192.0.2.1,ip=192.0.2.2", ": ip is given twice."],
        ["ip=192.0.2.1", ": it has no name."],
        ["", '--identity "": "" is none of'],
        ["name=a,toString=1", '"toString=1" is none of'],
    ])("%j is refused", async (text, message) => {
        const refused = readIdentities([text], undefined);
        await expect(refused).rejects.toThrow(message);
        await expect(refused).rejects.toThrow(EXAMPLE);
    });

    test.each([
        ["name=a", 'the identity "a" cannot be used. Say where the identity comes from'],
        ["name=,ip=192.0.2.1", 'the identity "" cannot be used. name: Give the identity a name'],
        ["name=a,ip=192.0.2", 'the identity "a" cannot be used. sourceIp: Not an IP address'],
        ["name=a,certificate=/nowhere.pem", "The file /nowhere.pem, named by --identity, does not exist."],
    ])("%j is refused for what it says", async (text, message) => {
        await expect(readIdentities([text], undefined)).rejects.toThrow(message);
    });

    test("a file that is no certificate is refused, and not repeated", async () => {
        const refused = readIdentities([`name=a,certificate=${at("secret.txt")}`], undefined);
        await expect(refused).rejects.toThrow("certificatePem: The text is no PEM certificate.");
        await expect(refused).rejects.not.toThrow("secret-word");
    });
});

describe("--identities", () => {
    const listed = (content: unknown): Promise<readonly unknown[]> => {
        const text = typeof content === "string" ? content : JSON.stringify(content);
        writeFileSync(at("list.json"), text);
        return readIdentities(["name=first,ip=192.0.2.1"], at("list.json"));
    };

    test("takes a list, with certificates in it or in files beside it, after the flags", async () => {
        const { certificatePem } = holders.bob;
        const list = [
            { name: "alice", certificateFile: "alice.pem" },
            { name: "bob", certificatePem, sourceIp: "::1" },
        ];
        expect(await listed(list)).toEqual([
            { name: "first", sourceIp: "192.0.2.1", authorityPems: [] },
            { name: "alice", certificatePem: holders.alice.certificatePem, authorityPems: [] },
            { name: "bob", certificatePem, sourceIp: "::1", authorityPems: [] },
        ]);
    });

    test.each<[string, unknown, string]>([
        ["no JSON", "secret-word", "is no list of identities."],
        ["no list", {}, "is no list of identities."],
        ["another property", [{ name: "a", address: "192.0.2.1" }], "is no list of identities (see 0)."],
        ["a wrong type", [{ name: "a" }, { name: 1 }], "is no list of identities (see 1.name)."],
        [
            "two certificates",
            [{ name: "a", certificatePem: "x", certificateFile: "y" }],
            'certificatePem and certificateFile of "a".',
        ],
        [
            "a missing file",
            [{ name: "a", certificateFile: "none.pem" }],
            "none.pem, named by --identities, does not exist.",
        ],
        ["nobody", [{ name: "a" }], '--identities: the identity "a" cannot be used. Say where'],
    ])("refuses %s", async (_what, content, message) => {
        const refused = listed(content);
        await expect(refused).rejects.toThrow(message);
        await expect(refused).rejects.not.toThrow("secret-word");
    });
});

test("two identities of one name are refused", () => {
    const identity = (name: string) => ({ name, sourceIp: "192.0.2.1", authorityPems: [] });
    expect(() => {
        refuseSameNames([identity("a"), identity("b"), identity("a")]);
    }).toThrow('Two identities are called "a".');
    expect(() => {
        refuseSameNames([identity("a"), identity("b")]);
    }).not.toThrow();
});

describe("--authority", () => {
    test("takes files of one certificate or more", async () => {
        const { a, b } = holders.authorities;
        expect(await readAuthorities([at("both.pem"), at("alice.pem")])).toEqual([
            a.certificatePem,
            b.certificatePem,
            holders.alice.certificatePem,
        ]);
    });

    test.each([
        ["secret.txt", "holds no certificate in PEM."],
        ["key.pem", "holds a private key."],
        ["none.pem", "does not exist."],
        [".", "cannot be read (EISDIR)."],
    ])("refuses %s", async (name, message) => {
        const refused = readAuthorities([at(name)]);
        await expect(refused).rejects.toThrow(`named by --authority, ${message}`);
        await expect(refused).rejects.not.toThrow("secret-word");
    });
});

describe("--at", () => {
    test.each([
        ["2027-01-31", "2027-01-31T00:00:00.000Z"],
        ["2027-01-31T12:00Z", "2027-01-31T12:00:00.000Z"],
        ["2027-01-31T12:00:30.5+02:00", "2027-01-31T10:00:30.500Z"],
        ["2028-02-29", "2028-02-29T00:00:00.000Z"],
    ])("%s is %s", (text, iso) => {
        expect(momentOf(text).toISOString()).toBe(iso);
    });

    test.each([
        "",
        "now",
        "2027",
        "2027-13-01",
        "2027-02-30",
        "2027-02-30T12:00:00Z",
        "2027-01-31T12:00:00",
        "1 May 2027",
        "2027-01-31T25:00:00Z",
    ])("%j is refused", (text) => {
        expect(() => momentOf(text)).toThrow(`--at: ${JSON.stringify(text)} is no moment. Write it as`);
    });
});
