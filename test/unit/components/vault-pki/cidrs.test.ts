import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { boundCidrs } from "../../../../components/vault-pki/cidrs";

test("ranges are written as Vault gives them back: single addresses of tokens without their length", () => {
    expect(boundCidrs(["10.1.2.3", "10.2.3.4/16", "2001:DB8::/32", "2001:db8::1"], "p")).toEqual({
        ofSecretIds: ["10.1.2.3/32", "10.2.0.0/16", "2001:db8::/32", "2001:db8::1/128"],
        ofTokens: ["10.1.2.3", "10.2.0.0/16", "2001:db8::/32", "2001:db8::1"],
    });
});

test.each<readonly [string[], string]>([
    [[], "certManager.boundCidrs: It is empty, which would let anybody in."],
    [["0.0.0.0/0"], "certManager.boundCidrs: 0.0.0.0/0 is open to the world: it is broader than /8."],
    [["10.0.0.0/8", "::/0"], "certManager.boundCidrs: ::/0 is open to the world: it is broader than /32."],
    [["128.0.0.0/1"], "certManager.boundCidrs: 128.0.0.0/1 is open to the world"],
    [["::ffff:0:0/96"], "certManager.boundCidrs: ::ffff:0:0/96 is open to the world"],
    [["10.0.0.0/33"], 'certManager.boundCidrs: "10.0.0.0/33" is neither an IP address nor a CIDR range.'],
    [["vpc"], 'certManager.boundCidrs: "vpc" is neither'],
])("%j is refused", (cidrs, message) => {
    expect(() => boundCidrs(cidrs, "certManager.boundCidrs")).toThrow(message);
});

test("no range broader than /8 passes, every one from there on does, and host bits never count", () => {
    fc.assert(
        fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
            const bound = (): readonly string[] => boundCidrs([`${address}/${prefix}`], "p").ofSecretIds;
            if (prefix < 8) {
                expect(bound).toThrow("open to the world");
                return;
            }
            const [range = ""] = bound();
            expect(range.endsWith(`/${prefix}`)).toBe(true);
            expect(boundCidrs([range], "p").ofSecretIds).toEqual([range]);
        }),
    );
});
