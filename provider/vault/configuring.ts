/** What the cluster is told, one write after another: OpenBao 2.6 can deadlock on concurrent ones. */
import { z } from "zod";
import { parseDuration } from "../duration";
import { administratorRole, ROLE_PREFIX, roleNameOf, type Administrator } from "./administrators";
import { decideAutopilot, type AutopilotConfiguration } from "./autopilot";
import { nothing } from "./client";
import type { VaultInitializationInputs } from "./initialization-inputs";
import { ADMINISTRATOR_POLICY, NODE_POLICY, POLICIES } from "./policies";
import { isTaken, readRecord } from "./record";
import type { Session } from "./session";
import { endTokensOf } from "./tokens";

/** The role under which nodes sign in with their server certificate. */
export const NODE_ROLE = "node";

/** The least that lets administrators in: what a root token is needed for. */
export async function letAdministratorsIn(root: Session, inputs: VaultInitializationInputs): Promise<void> {
    await ensureCertificateMethod(root);
    await writePolicy(root, ADMINISTRATOR_POLICY);
    for (const administrator of inputs.administrators) await writeAdministrator(root, administrator);
}

/** Everything else; an administrator can do it, and so proves to have the rights. */
export async function configure(session: Session, inputs: VaultInitializationInputs): Promise<void> {
    await writeAuditDevices(session, inputs);
    await ensureCertificateMethod(session);
    for (const name of Object.keys(POLICIES)) await writePolicy(session, name);
    for (const administrator of inputs.administrators) await writeAdministrator(session, administrator);
    if (inputs.node !== undefined) await writeRole(session, NODE_ROLE, nodeRole(inputs.node));
    await write(session, AUTOPILOT, autopilotBody(autopilotOf(inputs)));
}

export async function writeAdministrator(session: Session, administrator: Administrator): Promise<void> {
    await writeRole(session, roleNameOf(administrator), administratorRole(administrator));
}

export async function removeAdministrator(session: Session, one: Administrator): Promise<void> {
    await removeRole(session, roleNameOf(one));
}

/**
 * Takes the roles of administrators away that the inputs do not name, and ends what was signed in for under them: a run
 * that was cut off may have let somebody in whom the program has dropped since.
 */
export async function removeOthers(
    session: Session,
    { administrators }: VaultInitializationInputs,
): Promise<void> {
    const others = await undeclaredRoles(session, administrators);
    for (const name of others) await removeRole(session, name);
    await endTokensOf(session, others);
}

async function undeclaredRoles(
    session: Session,
    administrators: readonly Administrator[],
): Promise<readonly string[]> {
    const { keys } = rolesSchema.parse((await read(session, "auth/cert/certs?list=true")) ?? {});
    const declared = administrators.map(roleNameOf);
    return keys.filter((name) => name.startsWith(ROLE_PREFIX) && !declared.includes(name));
}

/** Takes the role of nodes away, where the program declares none any more. */
export async function removeNodeRole(session: Session): Promise<void> {
    await removeRole(session, NODE_ROLE);
}

async function removeRole({ server, token }: Session, name: string): Promise<void> {
    await server.call("DELETE", `auth/cert/certs/${name}`, nothing, { token, accept: [404] });
}

/** Somebody is an administrator whom the program does not declare. */
export const UNDECLARED = "undeclaredAdministrators";

/**
 * What is not as the inputs say, by what it is: `autopilot`, `policies`, `administrators`, `node`, `auditDevices`,
 * `undeclaredAdministrators` (unless the cluster was adopted: then whoever it lets in stays), and `rootToken` where a run
 * was cut off before it revoked the root token that it used.
 */
export async function driftOf(
    session: Session,
    inputs: VaultInitializationInputs,
): Promise<readonly string[]> {
    const drifted: string[] = [];
    const autopilot = await read(session, AUTOPILOT);
    if (!holds(autopilot, autopilotBody(autopilotOf(inputs)))) drifted.push("autopilot");
    for (const [name, policy] of Object.entries(POLICIES))
        if (!holds(await read(session, `sys/policies/acl/${name}`), { policy })) {
            drifted.push("policies");
            break;
        }
    for (const administrator of inputs.administrators)
        if (
            !holds(
                await read(session, `auth/cert/certs/${roleNameOf(administrator)}`),
                administratorRole(administrator),
            )
        ) {
            drifted.push("administrators");
            break;
        }
    if (
        inputs.node !== undefined &&
        !holds(await read(session, `auth/cert/certs/${NODE_ROLE}`), nodeRole(inputs.node))
    )
        drifted.push("node");
    const missing = (await auditPaths(session, inputs)).length > 0;
    if (missing) drifted.push("auditDevices");
    if (!inputs.adopt && (await undeclaredRoles(session, inputs.administrators)).length > 0)
        drifted.push(UNDECLARED);
    if ((await readRecord(session))?.rootAccessor !== undefined) drifted.push("rootToken");
    return drifted;
}

/** The role as it is written; the server gives back the same properties. */
export function nodeRole(node: {
    readonly authorityPem: string;
    readonly dnsNames: readonly string[];
}): Readonly<Record<string, unknown>> {
    return {
        certificate: node.authorityPem,
        allowed_dns_sans: [...node.dnsNames],
        display_name: NODE_ROLE,
        token_policies: [NODE_POLICY],
        token_no_default_policy: true,
        // No lease is stored for it: a node signs in again and again, for as long as it lives.
        token_type: "batch",
        token_ttl: 300,
    };
}

/** The inputs were checked, so that a refusal cannot come up here. */
function autopilotOf({ nodes, autopilot }: VaultInitializationInputs): AutopilotConfiguration {
    const decision = decideAutopilot(nodes, autopilot);
    if (decision.accepted) return decision.configuration;
    throw new Error(decision.failures.map(({ reason }) => reason).join(" "));
}

/** As the API takes it. */
export function autopilotBody(configuration: AutopilotConfiguration): Readonly<Record<string, unknown>> {
    return {
        cleanup_dead_servers: configuration.cleanupDeadServers,
        dead_server_last_contact_threshold: goDuration(configuration.deadServerLastContactThreshold),
        min_quorum: configuration.minQuorum,
        server_stabilization_time: goDuration(configuration.serverStabilizationTime),
    };
}

/** A duration as the server writes it back: "5m" is "5m0s", "90s" is "1m30s". */
export function goDuration(text: string): string {
    const seconds = parseDuration(text) / 1_000;
    const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
    const parts = [hours > 0 ? `${hours}h` : "", hours > 0 || minutes > 0 ? `${minutes}m` : ""];
    return `${parts.join("")}${seconds % 60}s`;
}

/** Whether every property wanted is there as it is wanted; none and an empty list are the same. */
export function holds(
    found: Readonly<Record<string, unknown>> | undefined,
    wanted: Readonly<Record<string, unknown>>,
): boolean {
    if (found === undefined) return false;
    return Object.entries(wanted).every(
        ([key, value]) => JSON.stringify(plain(found[key])) === JSON.stringify(plain(value)),
    );
}

function plain(value: unknown): unknown {
    if (typeof value === "string") return value.trim();
    return Array.isArray(value) && value.length === 0 ? null : (value ?? null);
}

const AUTOPILOT = "sys/storage/raft/autopilot/configuration";
const rolesSchema = z.object({ keys: z.array(z.string()).default([]) });
const dataSchema = z.object({ data: z.record(z.string(), z.unknown()).nullish() });

async function read(
    { server, token }: Session,
    path: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { status, data } = await server.call("GET", path, dataSchema.or(nothing), { token, accept: [404] });
    const parsed = dataSchema.safeParse(data);
    return status === 404 || !parsed.success ? undefined : (parsed.data.data ?? undefined);
}

async function write({ server, token }: Session, path: string, body: object): Promise<void> {
    await server.call("POST", path, nothing, { token, body });
}

async function writePolicy(session: Session, name: string): Promise<void> {
    await write(session, `sys/policies/acl/${name}`, { policy: POLICIES[name] });
}

async function writeRole({ server, token }: Session, name: string, body: object): Promise<void> {
    // A mount takes a moment to be known to every node.
    await server.call("POST", `auth/cert/certs/${name}`, nothing, { token, body, soonOver: [404] });
}

async function ensureCertificateMethod(session: Session): Promise<void> {
    try {
        await write(session, "sys/auth/cert", {
            type: "cert",
            description: "pulumi-portcullis: administrators and nodes",
        });
    } catch (error) {
        if (!isTaken(error)) throw error;
    }
}

/** Those of the devices declared that are not there. */
async function auditPaths(
    session: Session,
    { auditDevices = [] }: VaultInitializationInputs,
): Promise<NonNullable<VaultInitializationInputs["auditDevices"]>> {
    if (auditDevices.length === 0) return [];
    const present = (await read(session, "sys/audit")) ?? {};
    return auditDevices.filter(({ path }) => !Object.hasOwn(present, `${path}/`));
}

export async function writeAuditDevices(session: Session, inputs: VaultInitializationInputs): Promise<void> {
    for (const { path, type, options } of await auditPaths(session, inputs))
        await write(session, `sys/audit/${path}`, { type, options });
}
