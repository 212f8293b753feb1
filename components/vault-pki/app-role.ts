/** An AppRole that may exactly one thing, and its secret id, delivered wrapped. */
import * as pulumi from "@pulumi/pulumi";
import type { AppRoleArgs } from "./args";
import type { Chain } from "./chain";
import { boundCidrs } from "./cidrs";
import type { AppRoleSettings } from "./settings";
import { vault } from "./vault";

/** What a client needs to sign in; the secret id itself is never here. */
export interface AppRoleAccess {
    /** Path of the auth method, as "approle". */
    readonly path: string;
    readonly roleName: string;
    /** Chosen by Vault. */
    readonly roleId: pulumi.Output<string>;
    /**
     * Opens the secret id, once, by `bao unwrap` or `vault unwrap`, until its time ends; encrypted in state. Whoever finds
     * that it was opened before knows that somebody else has the secret id.
     */
    readonly wrappingToken: pulumi.Output<string>;
    /** By which the secret id can be looked up and destroyed. */
    readonly secretIdAccessor: pulumi.Output<string>;
}

export interface AppRoleOptions {
    /** Ends the names of its resources, and stands before its properties in errors. */
    readonly suffix: string;
    readonly property: string;
    readonly settings: AppRoleSettings;
    readonly boundCidrs: AppRoleArgs["boundCidrs"];
    /** Path of the auth method. */
    readonly backend: string;
    /** Name and text of the one policy of its tokens. */
    readonly policyName: string;
    readonly policy: string;
}

export function appRole(name: string, options: AppRoleOptions, chain: Chain): AppRoleAccess {
    const { approle, Policy } = vault();
    const { suffix, settings, backend, policyName } = options;
    const bound = pulumi
        .output(options.boundCidrs)
        .apply((cidrs) => boundCidrs(cidrs, `${options.property}.boundCidrs`));
    const policy = chain.add(
        (opts) => new Policy(`${name}-${suffix}-policy`, { name: policyName, policy: options.policy }, opts),
    );
    const role = chain.add(
        (opts) =>
            new approle.AuthBackendRole(
                `${name}-${suffix}`,
                {
                    backend,
                    roleName: settings.name,
                    bindSecretId: true,
                    secretIdBoundCidrs: bound.apply(({ ofSecretIds }) => [...ofSecretIds]),
                    secretIdTtl: settings.secretIdTtl,
                    // A client signs in as often as it needs a token.
                    secretIdNumUses: 0,
                    // Batch tokens leave nothing behind in the storage, however many there are.
                    tokenType: "batch",
                    tokenTtl: settings.tokenTtl,
                    tokenMaxTtl: settings.tokenTtl,
                    tokenBoundCidrs: bound.apply(({ ofTokens }) => [...ofTokens]),
                    tokenPolicies: [policy.name],
                    tokenNoDefaultPolicy: true,
                },
                opts,
            ),
    );
    const secretId = chain.add(
        (opts) =>
            new approle.AuthBackendRoleSecretId(
                `${name}-${suffix}-secret-id`,
                {
                    backend,
                    roleName: role.roleName,
                    wrappingTtl: `${settings.wrappingTtl}s`,
                    // By the token's accessor, a secret id that was delivered would look like one that is gone.
                    withWrappedAccessor: true,
                    metadata: JSON.stringify({ generation: String(settings.secretIdGeneration) }),
                },
                opts,
            ),
        // What the provider calls to delete a wrapped secret id is about tokens, and fails or does nothing once it was
        // opened. Secret ids go with their role.
        { retainOnDelete: true, additionalSecretOutputs: ["secretId", "wrappingToken"] },
    );
    return {
        path: backend,
        roleName: settings.name,
        roleId: role.roleId,
        wrappingToken: pulumi.secret(secretId.wrappingToken),
        secretIdAccessor: secretId.wrappingAccessor,
    };
}
