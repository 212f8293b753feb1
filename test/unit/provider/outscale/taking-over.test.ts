/** Which object is taken over: by its id, as a twin, or as the only one alike. */
import { expect, test } from "@jest/globals";
import { takenOver, type Candidates } from "../../../../provider/outscale/taking-over";

interface Thing {
    readonly id: string;
    readonly kind: string;
    readonly description: string;
}

const thing = (id: string, kind = "k", description = "d"): Thing => ({ id, kind, description });
const choose = (
    present: readonly Thing[],
    inputs: Candidates<Thing>["inputs"],
    claimed: readonly string[] = [],
) =>
    takenOver({
        inputs,
        present,
        claimed: new Set(claimed),
        idOf: ({ id }) => id,
        isTwin: ({ kind, description }) => kind === "k" && description === "d",
        isAlike: ({ kind }) => kind === "k",
        words: { kind: "a thing", alike: "this kind", missing: "such thing" },
        remedy: "Correct it.",
    });

const [twin, other, alike, alsoAlike] = [
    thing("1"),
    thing("2", "x"),
    thing("3", "k", "e"),
    thing("4", "k", "f"),
];
const adopt = { adopt: true };
const plain = { adopt: false };

test.each<[string, readonly Thing[], Candidates<Thing>["inputs"], string[], ReturnType<typeof choose>]>([
    ["nothing is there", [], adopt, [], undefined],
    ["only another is there", [other], adopt, [], undefined],
    ["a twin is there", [alike, twin], plain, [], { object: twin, isAdopted: false }],
    ["a twin is there to adopt", [alike, twin, alsoAlike], adopt, [], { object: twin, isAdopted: true }],
    ["the twin is claimed", [twin], adopt, ["1"], undefined],
    ["one alike is not to be adopted", [alike], plain, [], undefined],
    ["one alike is to be adopted", [other, alike], adopt, [], { object: alike, isAdopted: true }],
    ["the other one alike is claimed", [alike, alsoAlike], adopt, ["4"], { object: alike, isAdopted: true }],
    [
        "another is named beside a twin",
        [twin, other],
        { ...plain, adoptId: "2" },
        [],
        { object: other, isAdopted: true },
    ],
])("where %s", (_title, present, inputs, claimed, expected) => {
    expect(choose(present, inputs, claimed)).toEqual(expected);
});

test("what is named has to be there, and several alike are no choice", () => {
    expect(() => choose([twin], { adopt: true, adoptId: "9" })).toThrow(
        "Cannot adopt 9: the account has no such thing. Correct it.",
    );
    expect(() => choose([alike, alsoAlike], adopt)).toThrow(
        "Cannot choose a thing to adopt: 3, 4 have this kind. Name the one to take over in `adoptId`.",
    );
});
