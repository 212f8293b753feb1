/** Who is an administrator by a certificate, and who may go: the last one who works never. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    administratorBy,
    administratorsToRemove,
    certificatesIn,
    type Administrator,
} from "../../../../provider/vault/administrators";
import { makeHolders, NOW, type Holders } from "../../../support/holders";

let holders: Holders;
beforeAll(async () => {
    holders = await makeHolders();
});

const authority = (pem: string, ...commonNames: string[]): Administrator => ({
    name: "team",
    authorityPem: pem,
    commonNames,
});

describe("by a certificate", () => {
    const by = (administrators: readonly Administrator[], pem: string): string => {
        const found = administratorBy(administrators, pem, NOW);
        return "refusal" in found ? found.refusal : found.name;
    };
    const NOBODY = "no administrator of the program is meant by it";

    test("the one certificate named, and no other of its name", () => {
        const alice = [{ name: "alice", certificatePem: holders.alice.certificatePem }];
        expect(by(alice, holders.alice.certificatePem)).toBe("alice");
        for (const other of [holders.aliceOfB, holders.aliceOfImpostor, holders.bob])
            expect(by(alice, other.certificatePem)).toBe(NOBODY);
    });

    test("whoever the authority itself certifies under one of the names", () => {
        const { a, b } = holders.authorities;
        expect(by([authority(a.certificatePem, "alice", "carol")], holders.alice.certificatePem)).toBe(
            "team",
        );
        expect(by([authority(a.certificatePem, "carol")], holders.alice.certificatePem)).toBe(NOBODY);
        expect(by([authority(a.certificatePem, "Alice")], holders.alice.certificatePem)).toBe(NOBODY);
        expect(by([authority(b.certificatePem, "alice")], holders.alice.certificatePem)).toBe(NOBODY);
        expect(by([authority(a.certificatePem, "alice")], holders.aliceOfImpostor.certificatePem)).toBe(
            NOBODY,
        );
        expect(by([authority(a.certificatePem, "")], holders.nameless.certificatePem)).toBe(NOBODY);
    });

    test("the first of those declared, and the first certificate of a chain", () => {
        const { a } = holders.authorities;
        const two = [
            authority(a.certificatePem, "bob"),
            { name: "bob", certificatePem: holders.bob.certificatePem },
        ];
        expect(by(two, holders.bob.certificatePem + a.certificatePem)).toBe("team");
        expect(by(two, holders.alice.certificatePem + holders.bob.certificatePem)).toBe(NOBODY);
        expect(certificatesIn(`text\n${holders.bob.certificatePem}\n${a.certificatePem}`)).toEqual([
            holders.bob.certificatePem,
            a.certificatePem,
        ]);
    });

    test("nobody by one that has ended, has not begun, is for servers alone, or is none", () => {
        const { a } = holders.authorities;
        const anyone = [authority(a.certificatePem, "alice", "bob", "expired", "early", "server")];
        expect(by(anyone, holders.expired.certificatePem)).toMatch(/^it expired on /);
        expect(by(anyone, holders.early.certificatePem)).toMatch(/^it is not valid before /);
        expect(by(anyone, holders.server.certificatePem)).toBe("its extendedKeyUsage lacks clientAuth");
        expect(by(anyone, "")).toBe("it holds no certificate");
    });
});

describe("who goes", () => {
    const one = (name: string, certificatePem = name): Administrator => ({ name, certificatePem });
    const [alice, bob, carol] = [one("alice"), one("bob"), one("carol")];
    const LOCKOUT = expect.objectContaining({ code: "Lockout", property: "administrators" });

    test.each([
        ["nobody, where nothing changes", [alice], [alice], undefined, []],
        ["nobody, where one is added", [alice], [alice, bob], undefined, []],
        ["one of two, as the other", [alice, bob], [bob], bob, [alice]],
        ["one of two, as that one, for the other stays as it was", [alice, bob], [bob], undefined, [alice]],
        ["the only one, once the new one has signed in", [alice], [carol], carol, [alice]],
        [
            "nobody, where a changed one signs in as it is to be",
            [alice],
            [one("alice", "new")],
            one("alice", "new"),
            [],
        ],
    ])("%s", (_name, last, wanted, present, gone) => {
        expect(administratorsToRemove(last, wanted, present)).toEqual(gone);
    });

    test.each([
        ["the only one for one who was not seen", [alice], [carol]],
        ["all for others who were not seen", [alice, bob], [carol, one("dave")]],
        ["the only one's certificate for another", [alice], [one("alice", "new")]],
        ["two at once, one gone and one changed", [alice, bob], [one("bob", "new")]],
    ])("never %s", (_name, last, wanted) => {
        expect(() => administratorsToRemove(last, wanted, undefined)).toThrow(LOCKOUT);
    });

    test("whatever the change: somebody stays who was there or was seen, or it is refused", () => {
        const people = fc.uniqueArray(
            fc.record({ name: fc.constantFrom("a", "b", "c"), certificatePem: fc.constantFrom("1", "2") }),
            { selector: ({ name }) => name, minLength: 1 },
        );
        fc.assert(
            fc.property(people, people, fc.option(fc.nat(), { nil: undefined }), (last, wanted, index) => {
                const present = index === undefined ? undefined : wanted[index % wanted.length];
                const same = (x: Administrator) =>
                    last.some((y) => x.name === y.name && x.certificatePem === y.certificatePem);
                const isSafe = present !== undefined || wanted.some(same);
                let gone: readonly Administrator[] | undefined;
                try {
                    gone = administratorsToRemove(last, wanted, present);
                } catch (error) {
                    expect(error).toMatchObject({ code: "Lockout" });
                }
                expect(gone !== undefined).toBe(isSafe);
                for (const each of gone ?? [])
                    expect(wanted.map(({ name }) => name)).not.toContain(each.name);
            }),
        );
    });
});
