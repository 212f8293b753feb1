/** Who is an administrator by a certificate, and who may go: the last one who works never. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    administratorBy,
    administratorsToRemove,
    certificatesIn,
    type Administrator,
} from "../../../../provider/vault/administrators";
import { makeHolders, NOW, type Holders, type Pair } from "../../../support/holders";

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

    test("nobody whom an authority certifies that has ended itself, or by an intermediate that has", () => {
        const { ended } = holders.authorities;
        expect(by([authority(ended.certificatePem, "alice")], holders.aliceOfEnded.certificatePem)).toMatch(
            /^of the authority of the administrator "team", it expired on /,
        );
    });
});

describe("who goes", () => {
    const one = (name: string, { certificatePem }: Pair): Administrator => ({ name, certificatePem });
    let [alice, bob, carol, changed, expired, early, ended]: readonly Administrator[] = [];
    beforeAll(() => {
        alice = one("alice", holders.alice);
        bob = one("bob", holders.bob);
        carol = one("carol", holders.aliceOfB);
        changed = one("alice", holders.bob);
        expired = one("expired", holders.expired);
        early = one("early", holders.early);
        ended = authority(holders.authorities.ended.certificatePem, "alice");
    });
    /** By their names: the certificates are there only once the tests run. */
    const people = (names: string): readonly Administrator[] => {
        const all: Readonly<Record<string, Administrator | undefined>> = {
            ...{ alice, bob, carol, changed, expired, early, ended },
        };
        return names.split(" ").flatMap((name) => all[name] ?? []);
    };

    test.each([
        ["nobody, where nothing changes", "alice", "alice", "", ""],
        ["nobody, where one is added", "alice", "alice bob", "", ""],
        ["one of two, as the other", "alice bob", "bob", "bob", "alice"],
        ["one of two, as that one, for the other stays as it was", "alice bob", "bob", "", "alice"],
        ["the only one, once the new one has signed in", "alice", "carol", "carol", "alice"],
        ["nobody, where a changed one signs in as it is to be", "alice", "changed", "changed", ""],
        [
            "one beside whom an expired one and one that works stay",
            "alice bob expired",
            "bob expired",
            "",
            "alice",
        ],
        ["one that has expired, where another stays", "alice expired", "alice", "", "expired"],
        ["nobody, where the only one has expired and stays", "expired", "expired", "", ""],
        ["one for an expired one, as somebody new", "alice expired", "expired bob", "bob", "alice"],
    ])("%s", (_name, last, wanted, present, gone) => {
        expect(administratorsToRemove(people(last), people(wanted), people(present)[0], NOW)).toEqual(
            people(gone),
        );
    });

    test.each([
        ["the only one for one who was not seen", "alice", "carol", ""],
        ["all for others who were not seen", "alice bob", "carol", ""],
        ["the only one's certificate for another", "alice", "changed", ""],
        [
            "one of two where the other has expired",
            "alice expired",
            "expired",
            /; of "expired", who stays, it expired on /,
        ],
        [
            "one of two where the other is not valid yet",
            "alice early",
            "early",
            /; of "early", who stays, it is not valid before /,
        ],
        [
            "one where the other's authority has ended",
            "bob ended",
            "ended",
            /; of "team", who stays, it expired on /,
        ],
        [
            "the last one who works of three",
            "alice expired early",
            "early expired",
            /"early".*"expired"|"expired".*"early"/,
        ],
    ])("never %s", (_name, last, wanted, why) => {
        expect(() => administratorsToRemove(people(last), people(wanted), undefined, NOW)).toThrow(
            expect.objectContaining({
                code: "Lockout",
                property: "administrators",
                message: expect.stringMatching(why),
            }),
        );
    });

    test("whatever the change: somebody stays who was there and whose time it is, or was seen, or it is refused", () => {
        const certificates = [holders.alice, holders.bob, holders.expired, holders.early].map(
            ({ certificatePem }) => certificatePem,
        );
        const works = certificates.slice(0, 2);
        const anybody = fc.uniqueArray(
            fc.record({
                name: fc.constantFrom("a", "b", "c"),
                certificatePem: fc.constantFrom(...certificates),
            }),
            { selector: ({ name }) => name, minLength: 1 },
        );
        fc.assert(
            fc.property(anybody, anybody, fc.option(fc.nat(), { nil: undefined }), (last, wanted, index) => {
                const present = index === undefined ? undefined : wanted[index % wanted.length];
                const stays = (x: Administrator) =>
                    wanted.some((y) => x.name === y.name && x.certificatePem === y.certificatePem);
                const isSafe =
                    present !== undefined ||
                    last.every(stays) ||
                    last.some((each) => stays(each) && works.includes(each.certificatePem));
                let gone: readonly Administrator[] | undefined;
                try {
                    gone = administratorsToRemove(last, wanted, present, NOW);
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
