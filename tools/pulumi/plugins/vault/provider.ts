/** The resources of the `vault` stand-in: inputs, differences, and what is done at the real server. */
import { asProperties, Reader, UNKNOWN, unwrap, type Properties } from "../values";
import * as approle from "./approle";
import type { VaultClient } from "./client";
import { sameValue, type Fields } from "./fields";
import type { Kind } from "./kind";
import * as mounts from "./mounts";
import * as pki from "./pki";

const KINDS: Readonly<Record<string, Kind>> = {
    "vault:index/mount:Mount": mounts.mount,
    "vault:index/authBackend:AuthBackend": mounts.authBackend,
    "vault:index/policy:Policy": mounts.policy,
    "vault:appRole/authBackendRole:AuthBackendRole": approle.role,
    "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": approle.secretId,
    "vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy": pki.autoTidy,
    "vault:pkiSecret/backendConfigCluster:BackendConfigCluster": pki.cluster,
    "vault:pkiSecret/secretBackendConfigIssuers:SecretBackendConfigIssuers": pki.issuers,
    "vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls": pki.urls,
    "vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig": pki.crl,
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest":
        pki.certificateRequest,
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned": pki.setSigned,
    "vault:pkiSecret/secretBackendIssuer:SecretBackendIssuer": pki.issuer,
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": pki.role,
};

/** The inputs as they are; those that the type does not know are refused. */
export function check(urn: string, news: unknown) {
    const kind = kindOf(urn);
    const inputs = asProperties(news);
    const known = inputsOf(kind);
    const failures = Object.keys(inputs)
        .filter((name) => known[name] === undefined && !name.startsWith("__"))
        .map((property) => ({
            property,
            reason: `The stand-in for the vault provider does not know ${property}.`,
        }));
    return { inputs, failures };
}

/** What changed between the state, as it is or as a refresh found it, and the inputs. */
export function diff(urn: string, olds: unknown, oldInputs: unknown, news: unknown) {
    const kind = kindOf(urn);
    const [state, before, inputs] = [olds, oldInputs, news].map(asProperties);
    const differs = (known: Fields): string[] =>
        Object.entries(known)
            .filter(([name, { form }]) => {
                const [old, given] = [state?.[name], inputs?.[name]];
                // The server's own choice stays where the program never made one.
                if (given === undefined && before?.[name] === undefined) return false;
                return !sameValue(form, old, given);
            })
            .map(([name]) => name);
    const replaces = differs(kind.fixed);
    const changed = [...replaces, ...differs(kind.fields)];
    return { changes: changed.length > 0, changed, replaces };
}

/** What a preview knows of a resource: its inputs, and of a new one's outputs nothing. */
export function planned(urn: string, news: unknown, olds?: unknown): Properties {
    const [inputs, state] = [asProperties(news), asProperties(olds)];
    const computed = kindOf(urn).computed.map((name): [string, unknown] => [
        name,
        olds === undefined ? UNKNOWN : state[name],
    ]);
    return { ...Object.fromEntries(computed), ...inputs } satisfies Properties;
}

export async function create(client: VaultClient, urn: string, properties: unknown) {
    const kind = kindOf(urn);
    const inputs = asProperties(properties);
    const { id, outputs } = await kind.create(client, new Reader(inputs), inputs);
    return { id, outs: { ...inputs, ...outputs } };
}

/**
 * The state as the server has it, and the inputs that would make it so; undefined where it is gone. Importing by id
 * alone is refused: what is read is what the state names.
 */
export async function read(
    client: VaultClient,
    urn: string,
    id: string,
    properties: unknown,
    oldInputs: unknown,
) {
    const kind = kindOf(urn);
    const [state, inputs] = [asProperties(properties), asProperties(oldInputs)];
    if (Object.keys(state).length === 0) throw new Error(`The stand-in does not import ${id}.`);
    const found = await kind.read(client, id, new Reader(state));
    if (found === undefined) return undefined;
    const known = inputsOf(kind);
    const drifted = Object.entries(inputs).map(([name, value]): [string, unknown] => {
        const field = known[name];
        const now = found[name];
        const same = field === undefined || now === undefined || sameValue(field.form, value, now);
        return [name, same ? value : now];
    });
    const asGiven = Object.fromEntries(drifted);
    return { outs: { ...state, ...found, ...asGiven }, inputs: asGiven };
}

export async function update(client: VaultClient, urn: string, id: string, olds: unknown, news: unknown) {
    const kind = kindOf(urn);
    if (!kind.update) throw new Error(`The stand-in cannot change ${id} in place.`);
    const inputs = asProperties(news);
    const outputs = await kind.update(client, id, new Reader(inputs), inputs);
    return { ...planned(urn, news, olds), ...outputs } satisfies Properties;
}

export function remove(client: VaultClient, urn: string, id: string, properties: unknown): Promise<void> {
    return kindOf(urn).delete(client, id, new Reader(asProperties(unwrap(properties))));
}

function inputsOf({ fields, fixed }: Kind): Fields {
    return { ...fixed, ...fields };
}

function kindOf(urn: string): Kind {
    // urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const kind = KINDS[type];
    if (!kind) throw new Error(`The stand-in for the vault provider has no ${type}.`);
    return kind;
}
