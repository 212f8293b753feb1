/** Reads through the proxies that the policy SDK itself puts around properties. */
import { expect, jest, test } from "@jest/globals";
import { Secret } from "@pulumi/policy";
import { ENCRYPTED, plainProperties } from "../../../policy/properties";
import { UNKNOWN } from "../../../provider/resource";

type Proxied = (properties: object) => object;

// Parts of the SDK that it leaves out of its declarations.
const proxy = jest.requireActual<
    Readonly<Record<string, unknown>> & { unknownCheckingProxy: Proxied; unknownStringValue: string }
>("@pulumi/policy/proxy");
const { secretsPreservingProxy } = jest.requireActual<{ secretsPreservingProxy: Proxied }>(
    "@pulumi/policy/secret",
);

/** As the SDK does for a remediation. */
const behindProxies = (properties: object): object =>
    proxy.unknownCheckingProxy(secretsPreservingProxy(properties));

test("values are read as they are, the encrypted and the unknown marked", () => {
    const unknown = proxy.unknownStringValue;
    const properties = behindProxies({
        text: "text",
        number: 7,
        yes: true,
        nothing: null,
        list: ["a", new Secret("b"), { deep: new Secret({ deeper: "c" }) }, unknown],
        secret: new Secret(["a"]),
        unknown,
        __provider: "code",
    });
    expect(plainProperties(properties)).toEqual({
        text: "text",
        number: 7,
        yes: true,
        nothing: null,
        list: ["a", ENCRYPTED, { deep: ENCRYPTED }, UNKNOWN],
        secret: ENCRYPTED,
        unknown: UNKNOWN,
    });
});

test("every mark of the engine's for what is unknown is known", () => {
    const marks = Object.entries(proxy).filter(([name]) => /^unknown\w+Value$/.test(name));
    expect(marks.length).toBe(7);
    for (const [name, mark] of marks) {
        expect([name, plainProperties(behindProxies({ mark }))]).toEqual([name, { mark: UNKNOWN }]);
    }
});
