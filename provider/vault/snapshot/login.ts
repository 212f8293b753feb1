/** Signing in for snapshots: by AppRole or by Kubernetes, with secrets that come from files. */
import { z } from "zod";
import type { VaultServer } from "../client";

export type Login =
    | {
          readonly by: "approle";
          /** Where the auth method is mounted, as "approle". */
          readonly mount: string;
          readonly roleId: string;
          readonly secretId: string;
      }
    | {
          readonly by: "kubernetes";
          readonly mount: string;
          readonly role: string;
          /** The service account's token. */
          readonly jwt: string;
      };

const loginSchema = z.object({ auth: z.object({ client_token: z.string() }) });

/**
 * Gives a token of the server.
 * @throws VaultRefusal without anything secret, VaultUnreachable
 */
export async function logIn(server: VaultServer, login: Login): Promise<string> {
    const { body, secrets } = bodyOf(login);
    const { data } = await server.call("POST", `auth/${login.mount}/login`, loginSchema, { body, secrets });
    return data.auth.client_token;
}

function bodyOf(login: Login): { readonly body: object; readonly secrets: readonly string[] } {
    switch (login.by) {
        case "approle":
            return {
                body: { role_id: login.roleId, secret_id: login.secretId },
                secrets: [login.roleId, login.secretId],
            };
        case "kubernetes":
            return { body: { role: login.role, jwt: login.jwt }, secrets: [login.jwt] };
    }
}
