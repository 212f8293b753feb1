/** Keys that the service refuses are not sent again: four bad signatures in a row get them blocked. */
import { expect, test } from "@jest/globals";
import { OutscaleError } from "../../../../../provider/outscale/api/client";
import { setImmediate as turn } from "node:timers/promises";
import { bench, failureOf } from "./fake-transport";

const refused = {
    status: 401,
    body: JSON.stringify({
        Errors: [{ Code: "1", Type: "AccessDenied", Details: "ErrorAuthenticationFailed" }],
        ResponseContext: { RequestId: "r" },
    }),
};

test("ten reads side by side with a bad key are one call, and so is the next", async () => {
    const on = bench(() => refused);
    const ids = Array.from({ length: 10 }, (_, index) => `ca-${index}`);
    const reads = await Promise.all(
        ids.map((id) => failureOf(on.api.call("ReadCas", { Filters: { CaIds: [id] } }))),
    );
    const last = await failureOf(on.api.call("DeleteCa", { CaId: "ca-1" }));
    for (const error of [...reads, last]) expect(error).toBeInstanceOf(OutscaleError);
    expect(on.calls()).toEqual(["ReadCas"]);
});

test("other calls wait for the first answer, and then go side by side", async () => {
    let answer: (() => void) | undefined;
    const on = bench((_request, index) =>
        index > 0
            ? { status: 200, body: JSON.stringify({ Cas: [], ApiAccessRules: [], ResponseContext: {} }) }
            : new Promise((resolve) => {
                  answer = () => {
                      resolve({ status: 200, body: JSON.stringify({ Cas: [], ResponseContext: {} }) });
                  };
              }),
    );
    const reads = [on.api.call("ReadCas", {}), on.api.call("ReadApiAccessRules", {})];
    await turn();
    expect(on.calls()).toEqual(["ReadCas"]);
    answer?.();
    await Promise.all(reads);
    expect(on.calls()).toEqual(["ReadCas", "ReadApiAccessRules"]);
});
