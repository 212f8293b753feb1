/** The Stacks that a fleet is written as, held against the operator's own definition of a Stack. */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { before, describe, it } from "mocha";
import { manifestsOf, parseFleet, readFleet, type Fleet, type Manifest } from "../../sdk/fleet";
import { BEFORE, CURRENT, stackCrd, strictValidator, type Validate } from "../support/operator-crds";
import { foundOrSkip } from "../support/skip";

const EXAMPLE = resolve(__dirname, "..", "..", "examples", "fleet", "fleet.yaml");

/** Uses everything that a Stack can get. */
const EVERYTHING = parseFleet(
    {
        source: {
            git: {
                repo: "https://git.example.org/a.git",
                directory: "accounts",
                branch: "main",
                token: { name: "git", key: "token" },
            },
        },
        backend: "s3://state",
        secretsProvider: "awskms://alias/state",
        rollout: { canary: 0 },
        operator: { image: "pulumi/pulumi:3.248.0-nonroot" },
        accounts: [
            {
                name: "a",
                config: { plain: "b", hidden: { secretRef: { name: "a", key: "hidden" } } },
                environment: { PLAIN: "b", HIDDEN: { secretRef: { name: "a", key: "hidden" } } },
            },
        ],
    },
    join(__dirname),
);

type Stack = Manifest & { readonly spec: Readonly<Record<string, unknown>> };

function stacksOf(fleet: Fleet): Stack[] {
    return manifestsOf(fleet).filter((each): each is Stack => each.kind === "Stack");
}

/** Fields that version 2 brought. */
const NEW = ["serviceAccountName", "workspaceReclaimPolicy", "workspaceTemplate"];

function withoutNew(stack: Stack): Stack {
    return {
        ...stack,
        spec: Object.fromEntries(Object.entries(stack.spec).filter(([field]) => !NEW.includes(field))),
    };
}

const releases = [
    { release: CURRENT, adapt: (stack: Stack) => stack },
    { release: BEFORE, adapt: withoutNew },
];

for (const { release, adapt } of releases) {
    describe(`stacks for the operator ${release.version}`, function () {
        this.timeout(150_000);
        let validate: Validate;

        before(async function () {
            const crd = foundOrSkip(this, await stackCrd(release));
            validate = strictValidator(crd.text);
        });

        it("takes those of the example", () => {
            const stacks = stacksOf(readFleet(EXAMPLE)).map(adapt);
            assert.equal(stacks.length, 3);
            for (const stack of stacks) assert.deepEqual(validate(stack), []);
        });

        it("takes one with everything that there is", () => {
            const [stack] = stacksOf(EVERYTHING).map(adapt);
            assert.ok(stack);
            assert.deepEqual(validate(stack), []);
        });

        it("refuses misspelt fields, wherever they stand, and wrong types", () => {
            const [stack] = stacksOf(EVERYTHING).map(adapt);
            assert.ok(stack);
            const wrong = (spec: object): readonly string[] =>
                validate({ ...stack, spec: { ...stack.spec, ...spec } });
            assert.deepEqual(wrong({ secretRefs: {} }), [
                "/spec: must NOT have additional properties (secretRefs)",
            ]);
            const reference = { type: "Secret", secret: { name: "a", keey: "b" } };
            assert.deepEqual(wrong({ envRefs: { A: reference } }), [
                "/spec/envRefs/A/secret: must have required property 'key'",
                "/spec/envRefs/A/secret: must NOT have additional properties (keey)",
            ]);
            assert.deepEqual(wrong({ prerequisites: ["a"] }), ["/spec/prerequisites/0: must be object"]);
            assert.deepEqual(wrong({ stack: undefined, backend: 3 }), [
                "/spec: must have required property 'stack'",
                "/spec/backend: must be string",
            ]);
            assert.deepEqual(validate({ ...stack, apiVersion: "pulumi.com/v2" }), [
                "no version defines pulumi.com/v2 Stack",
            ]);
        });
    });
}
