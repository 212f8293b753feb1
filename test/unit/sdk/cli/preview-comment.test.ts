import { describe, expect, test } from "@jest/globals";
import { commentMarker, previewComment } from "../../../../sdk/cli/preview-comment";

const REASON =
    'rules: Lock-out refused: the protected identity "operator" (from any IPv4 address) would no longer be admitted. ' +
    'Rules as planned: "backup" [IP 198.51.100.7/32]. Declare a rule that admits "operator", or take it out of `protect`. ' +
    "Nothing has been changed.";
const TYPE = "pulumi-nodejs:dynamic/outscale:ApiAccessPlan";
const ERROR = `${TYPE} resource 'account-plan' has a problem: ${REASON}`;
const REFUSED = `Previewing update (prod):
    pulumi:pulumi:Stack gatehouse-prod running warning: an old thing
@ previewing update.....
    ${TYPE} account-plan  error: ${ERROR}
    ${TYPE} account-plan  1 error
Diagnostics:
  ${TYPE} (account-plan):
    error: ${ERROR}

  pulumi:pulumi:Stack (gatehouse-prod):
    warning: an old thing
    error: preview failed

Resources:
    5 unchanged
    1 errored
`;

describe("of a refused preview", () => {
    const comment = previewComment({ stack: "prod", outcome: "failure", output: REFUSED });

    test("the comment is this", () => {
        expect(comment).toBe(`<!-- portcullis preview: prod -->

### Preview of \`prod\`: refused

> [!CAUTION]
> **account-plan**
>
> ${REASON}

- \`5 unchanged\`
- \`1 errored\`

<details>
<summary>What the preview printed</summary>

\`\`\`text
Previewing update (prod):
    pulumi:pulumi:Stack gatehouse-prod running warning: an old thing
    ${TYPE} account-plan  1 error

Diagnostics:
  pulumi:pulumi:Stack (gatehouse-prod):
    warning: an old thing
\`\`\`

</details>
`);
    });
});

test("a preview that passed says what would change", () => {
    const output = "Previewing update (prod):\n +  a:b:C name create \nResources:\n    + 2 to create\n";
    expect(previewComment({ stack: "prod", outcome: "success", output })).toBe(
        `<!-- portcullis preview: prod -->

### Preview of \`prod\`: passed

- \`+ 2 to create\`

<details>
<summary>What the preview printed</summary>

\`\`\`text
Previewing update (prod):
 +  a:b:C name create
\`\`\`

</details>
`,
    );
});

const PACK = `Policies:
    ❌ account-access@v0.1.0 (local: policy-pack)
        - [mandatory] [severity: critical]  no-world-open-rule  (${TYPE}: world)
          No rule is open.
          The rule "world" admits calls from everywhere.
        - [advisory]  access-key-expires  (outscale:index/accessKey:AccessKey: key)
          A key ends.

Diagnostics:
  pulumi:pulumi:Stack (gatehouse-prod):
    error: preview failed
`;

test("what policies found stands first, the refusals and the advice", () => {
    expect(previewComment({ stack: "prod", outcome: "failure", output: PACK })).toBe(
        `<!-- portcullis preview: prod -->

### Preview of \`prod\`: refused

> [!CAUTION]
> **no-world-open-rule (mandatory) on world**
>
> No rule is open.
> The rule "world" admits calls from everywhere.

> [!WARNING]
> **access-key-expires (advisory) on key**
>
> A key ends.
`,
    );
});

test("errors that are no refusals stand as they are, and the preview has failed", () => {
    const output = `Diagnostics:
  pulumi:pulumi:Stack (x-prod):
    error: Running program failed:
    TypeError: x is not a function
        at main (index.ts:1:1)

`;
    const comment = previewComment({ stack: "prod", outcome: "failure", output });
    expect(comment).toContain("### Preview of `prod`: failed");
    expect(comment).toContain(
        "```text\nRunning program failed:\nTypeError: x is not a function\n    at main (index.ts:1:1)\n```",
    );
});

test("output that has another form is kept whole", () => {
    const output = "error: no stack named 'prod' found";
    const comment = previewComment({ stack: "prod", outcome: "failure", output });
    expect(comment).toContain("### Preview of `prod`: failed");
    expect(comment).toContain(`\`\`\`text\n${output}\n\`\`\``);
});

describe("what a program names can do nothing to the comment", () => {
    const hostile = "@team <img src=x> [here](https://example.org) ```\n</details>";
    const output = (text: string): string => `Diagnostics:
  ${TYPE} (plan):
    error: ${TYPE} resource 'plan' has a problem: ${text}
  x:y:Z (name):
    warning: ${text}
`;

    test("in a refusal", () => {
        const reason = hostile.replace("\n", " ");
        const comment = previewComment({ stack: "prod", outcome: "failure", output: output(reason) });
        const callout = comment.slice(0, comment.indexOf("<details>"));
        expect(callout).toContain(
            "> &#64;team &lt;img src=x> [here]\\(https://example.org) ``` &lt;/details>",
        );
    });

    test("in a block of code, whose fence is longer", () => {
        const comment = previewComment({ stack: "prod", outcome: "failure", output: "````\n</details>" });
        expect(comment).toContain("`````text\n````\n</details>\n`````");
    });

    test("in the stack's name", () => {
        expect(commentMarker("a--> b")).toBe("<!-- portcullis preview: a-b -->");
    });
});

test.each([10, 70_000, 500_000])("the comment is one that GitHub takes, of %d lines", (lines) => {
    const change = Array.from({ length: lines }, (_, index) => ` +  a:b:C name-${index} create`).join("\n");
    const comment = previewComment({
        stack: "prod",
        outcome: "failure",
        output: `${change}\n${REFUSED}`,
    });
    expect(comment.length).toBeLessThan(65_536);
    expect(comment.split(REASON)).toHaveLength(2);
    expect(comment.trimEnd().endsWith("</details>")).toBe(true);
});
