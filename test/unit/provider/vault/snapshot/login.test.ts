import { expect, test } from "@jest/globals";
import type { CallOptions, VaultServer } from "../../../../../provider/vault/client";
import { logIn, type Login } from "../../../../../provider/vault/snapshot/login";

/** Signs in at a server that gives a token to everybody; what it was asked for. */
async function asked(login: Login): Promise<readonly [string, string, CallOptions | undefined]> {
    const calls: [string, string, CallOptions | undefined][] = [];
    const server: VaultServer = {
        call: (method, path, schema, options) => {
            calls.push([method, path, options]);
            return Promise.resolve({ status: 200, data: schema.parse({ auth: { client_token: "t" } }) });
        },
        patient: () => server,
        close: () => undefined,
    };
    await expect(logIn(server, login)).resolves.toBe("t");
    const [call, ...more] = calls;
    if (call === undefined || more.length > 0) throw new Error("not one call");
    return call;
}

test("an AppRole signs in at its mount, by two secrets", async () => {
    await expect(
        asked({ by: "approle", mount: "team/approle", roleId: "r", secretId: "s" }),
    ).resolves.toEqual([
        "POST",
        "auth/team/approle/login",
        { body: { role_id: "r", secret_id: "s" }, secrets: ["r", "s"] },
    ]);
});

test("a service account signs in as a role, by its token", async () => {
    await expect(asked({ by: "kubernetes", mount: "eks", role: "snapshot", jwt: "j" })).resolves.toEqual([
        "POST",
        "auth/eks/login",
        { body: { role: "snapshot", jwt: "j" }, secrets: ["j"] },
    ]);
});
