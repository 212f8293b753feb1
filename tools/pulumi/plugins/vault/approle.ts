/** AppRoles of the `vault` stand-in, and their secret ids. */
import { secret, type Reader } from "../values";
import type { VaultClient } from "./client";
import { bodyOf, fields, propertiesOf } from "./fields";
import { entry, type Kind } from "./kind";

const rolePath = (inputs: Reader) =>
    `auth/${inputs.text("backend", "approle")}/role/${inputs.text("roleName")}`;

const ROLE = entry({
    fields: fields({
        bindSecretId: "flag",
        secretIdBoundCidrs: "names",
        secretIdNumUses: "number",
        secretIdTtl: "number",
        tokenBoundCidrs: "names",
        tokenMaxTtl: "number",
        tokenNoDefaultPolicy: "flag",
        tokenPolicies: "names",
        tokenTtl: "number",
        tokenType: "text",
    }),
    fixed: fields({ backend: "text", roleName: "text" }),
    computed: ["roleId"],
    path: rolePath,
    deletes: true,
});

/** A role; the server chooses its id. */
export const role: Kind = {
    ...ROLE,
    async create(client, inputs, given) {
        const made = await ROLE.create(client, inputs, given);
        return { ...made, outputs: { ...made.outputs, ...(await roleIdOf(client, made.id)) } };
    },
    async read(client, id, state) {
        const found = await ROLE.read(client, id, state);
        return found && { ...found, ...(await roleIdOf(client, id)) };
    },
};

async function roleIdOf(client: VaultClient, path: string) {
    const answer = await client.read(`${path}/role-id`);
    return { roleId: String(answer?.data.role_id) };
}

const SECRET_ID = fields({ cidrLists: "names", metadata: "text" }, { cidrLists: "cidr_list" });

/**
 * A secret id. With a wrapping time, only the token that opens it is known here. As in the real provider,
 * `withWrappedAccessor` is what lets it be found once that token is used up, and deleting a wrapped one revokes the
 * token's accessor at most: the secret id itself lives as long as its role.
 */
export const secretId: Kind = {
    fields: {},
    fixed: {
        ...fields({ backend: "text", roleName: "text", wrappingTtl: "text", withWrappedAccessor: "flag" }),
        ...SECRET_ID,
    },
    computed: ["accessor", "secretId", "wrappingToken", "wrappingAccessor"],
    async create(client, inputs, given) {
        const wrapFor = inputs.has("wrappingTtl") ? inputs.text("wrappingTtl") : undefined;
        const { data, wrapped } = await client.write(
            `${rolePath(inputs)}/secret-id`,
            bodyOf(SECRET_ID, given),
            wrapFor,
        );
        const place = `backend=${inputs.text("backend", "approle")}::role=${inputs.text("roleName")}`;
        if (wrapFor === undefined) {
            const accessor = String(data.secret_id_accessor);
            return {
                id: `${place}::accessor=${accessor}`,
                outputs: { accessor, secretId: secret(String(data.secret_id)) },
            };
        }
        if (wrapped === undefined) throw new Error("The server did not wrap the secret id.");
        const accessor = inputs.flag("withWrappedAccessor")
            ? (wrapped.wrapped_accessor ?? "")
            : wrapped.accessor;
        return {
            id: `${place}::wrapped=${accessor}`,
            outputs: { accessor, wrappingAccessor: accessor, wrappingToken: secret(wrapped.token) },
        };
    },
    async read(client, _id, state) {
        const accessor = state.text("accessor");
        const wrapped = state.has("wrappingTtl") && !state.flag("withWrappedAccessor");
        const { status, errors, data } = wrapped
            ? await client.ask("auth/token/lookup-accessor", { accessor })
            : await client.ask(`${rolePath(state)}/secret-id-accessor/lookup`, {
                  secret_id_accessor: accessor,
              });
        if (status === 200)
            return wrapped
                ? {}
                : propertiesOf(fields({ cidrLists: "names" }, { cidrLists: "cidr_list" }), data);
        if ([400, 403, 404].includes(status)) return undefined;
        throw new Error(`The secret id could not be looked up: HTTP ${status} ${errors.join(" ")}`);
    },
    async delete(client, _id, state) {
        const accessor = state.text("accessor");
        if (state.has("wrappingTtl")) await client.write("auth/token/revoke-accessor", { accessor });
        else
            await client.write(`${rolePath(state)}/secret-id-accessor/destroy`, {
                secret_id_accessor: accessor,
            });
    },
};
