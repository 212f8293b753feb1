/** The inputs of VaultInitialization: their schema, what holds across them, and the defaults that hang on one another. */
import { z } from "zod";
import { sameJson } from "../changes";
import { isKnown } from "../inputs";
import { PortcullisError } from "../errors";
import { pemField } from "../pki/fields";
import { invalidInput } from "../pki/pem";
import { looksLikePrivateKey } from "../pki/private-key-text";
import { isRegion } from "../region";
import { UNKNOWN, type CheckFailure, type PlannedInputs } from "../resource";
import { administratorSchema, authorityPem, certificatesIn } from "./administrators";
import { CLUSTER_SIZES, decideAutopilot, type AutopilotChoice, type ClusterSize } from "./autopilot";
import { normalisePgpKey } from "./pgp";

const HOST_NAME =
    /^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
const dnsName = z.string().regex(HOST_NAME, { error: "Give a DNS name in full, without an asterisk." });

const authorities = pemField("authorities' certificates", (text) => {
    if (looksLikePrivateKey(text))
        throw invalidInput(
            undefined,
            "There is a private key where certificates are expected.",
            "Give the certificates alone, and treat that key as exposed if this text was ever stored or shared.",
        );
    const pems = certificatesIn(text);
    if (pems.length === 0)
        throw invalidInput(
            undefined,
            "The text holds no PEM certificate.",
            "Give one or more certificates in PEM form (-----BEGIN CERTIFICATE-----).",
        );
    return pems.join("");
});

const pgpKey = z
    .string({ error: "Give a PGP public key, armored or in base64." })
    .transform((text, context) => {
        try {
            return normalisePgpKey(text);
        } catch (error) {
            if (!(error instanceof PortcullisError)) throw error;
            // The input stays out of the issue: it may hold a private key.
            context.addIssue({ code: "custom", message: `${error.problem} ${error.remedy}` });
            return z.NEVER;
        }
    });

const count = (least: number, message: string) =>
    z.number().int({ error: message }).min(least, { error: message }).max(255, { error: message });

const auditDevice = z.strictObject({
    path: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, {
        error: "Give the device's path: letters, digits, - and _, at most 64.",
    }),
    type: z.enum(["file", "syslog", "socket"], { error: 'Use one of: "file", "syslog", "socket".' }),
    options: z.record(z.string(), z.string()).default({}),
});

export const initializationSchema = z.object({
    address: z.string().refine(isAddress, {
        error: 'Give the address as "https://<host>:8200", without a path. Plain HTTP is refused: tokens would travel readable.',
    }),
    serverName: dnsName.optional(),
    caCertificatePem: authorities.optional(),
    product: z.enum(["openbao", "vault"], { error: 'Use one of: "openbao", "vault".' }).default("openbao"),
    nodes: z
        .union(
            CLUSTER_SIZES.map((size) => z.literal(size)),
            {
                error: "Give 1, 3, 5 or 7: an even number of nodes tolerates no more losses than the odd one below it.",
            },
        )
        .default(5),
    owner: z.string().min(1).max(256, { error: "Give at most 256 characters." }),
    recoveryShares: count(3, "Give a whole number of shares, 3 to 255.").optional(),
    recoveryThreshold: count(
        2,
        "Give a whole number, 2 to 254: one share alone must never be enough.",
    ).optional(),
    pgpKeys: z.array(pgpKey).min(1, { error: "Give one key for each share." }).optional(),
    secretsManager: z
        .strictObject({
            prefix: z.string().regex(/^[A-Za-z0-9/_+=.@-]{1,480}$/, {
                error: "Give a name as Secrets Manager takes it: letters, digits and /_+=.@-, at most 480.",
            }),
            region: z.string().refine(isRegion, { error: 'Give a region, as "eu-west-3".' }),
            kmsKeyId: z.string().min(1).optional(),
        })
        .optional(),
    administrators: z
        .array(administratorSchema)
        .min(1, { error: "Give at least one administrator: the root token is revoked at the end." })
        .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
            error: "Two administrators have the same name. Give each its own: it names the role.",
        }),
    autopilot: z
        .strictObject({
            deadServerLastContactThreshold: z.string().optional(),
            minQuorum: z.number().optional(),
        })
        .default({}),
    node: z
        .strictObject({
            authorityPem,
            dnsNames: z.array(dnsName).min(1, { error: "Give the names in the nodes' certificate." }),
        })
        .optional(),
    auditDevices: z
        .array(auditDevice)
        .min(1, { error: "Give at least one audit device: without one nobody knows what was done." })
        .optional(),
    adopt: z.boolean().default(false),
});

/** As `check` gives them: numbers of shares are there wherever they are known. */
export type VaultInitializationInputs = Readonly<z.output<typeof initializationSchema>>;

/** Inputs by which the shares were made; they are made once. */
export const RECOVERY_INPUTS = ["recoveryShares", "recoveryThreshold", "pgpKeys", "secretsManager"] as const;

type Planned = PlannedInputs<VaultInitializationInputs>;

/** How many shares there are: as many as keys, else five. */
function sharesOf({ recoveryShares, pgpKeys }: Planned): number | undefined {
    if (recoveryShares !== undefined) return typeof recoveryShares === "number" ? recoveryShares : undefined;
    if (pgpKeys === undefined) return 5;
    return Array.isArray(pgpKeys) ? pgpKeys.length : undefined;
}

/** With the numbers of shares filled in, as far as what they hang on is known. */
export function withShares(inputs: Planned): Planned {
    const shares = sharesOf(inputs);
    if (shares === undefined) return inputs;
    return {
        ...inputs,
        recoveryShares: shares,
        recoveryThreshold: inputs.recoveryThreshold ?? Math.floor(shares / 2) + 1,
    };
}

/** What is wrong across properties. `last` are the inputs of the last deployment, not validated. */
export function initializationFailures(inputs: Planned, last: unknown): readonly CheckFailure[] {
    return [
        ...deliveryFailures(inputs),
        ...shareFailures(inputs),
        ...autopilotFailures(inputs),
        ...auditFailures(inputs),
        ...remadeFailures(withShares(inputs), last),
    ];
}

function deliveryFailures({ pgpKeys, secretsManager }: Planned): readonly CheckFailure[] {
    if (pgpKeys === undefined && secretsManager === undefined) {
        const reason =
            "Say how the recovery shares get to their holders: `pgpKeys`, one public key a share, or `secretsManager`.";
        return [{ property: "pgpKeys", reason }];
    }
    if (pgpKeys === undefined || secretsManager === undefined) return [];
    // One that is not known yet may turn out to be none.
    if (pgpKeys === UNKNOWN || secretsManager === UNKNOWN) return [];
    return [
        { property: "secretsManager", reason: "It is given together with pgpKeys. Give one of the two." },
    ];
}

function shareFailures(inputs: Planned): readonly CheckFailure[] {
    const failures: CheckFailure[] = [];
    const { pgpKeys, recoveryThreshold } = inputs;
    const shares = sharesOf(inputs);
    if (shares === undefined) return [];
    if (shares < 3)
        failures.push({
            property: "pgpKeys",
            reason: `There are ${shares} keys, and so ${shares} shares. Give at least 3 keys: with fewer, whoever loses one share keeps no spare.`,
        });
    if (Array.isArray(pgpKeys) && pgpKeys.length !== shares)
        failures.push({
            property: "pgpKeys",
            reason: `There are ${pgpKeys.length} keys for ${shares} shares. Give one key for each share.`,
        });
    if (isKnown<readonly string[] | undefined>(pgpKeys) && new Set(pgpKeys).size !== (pgpKeys?.length ?? 0))
        failures.push({
            property: "pgpKeys",
            reason: "The same key is given twice: its holder would have two shares. Give each holder's own.",
        });
    if (typeof recoveryThreshold === "number" && recoveryThreshold >= shares)
        failures.push({
            property: "recoveryThreshold",
            reason: `Of ${shares} shares at most ${shares - 1} may be needed: else the loss of one would be the loss of all. Lower it, or raise recoveryShares.`,
        });
    return failures;
}

function autopilotFailures({ autopilot, nodes }: Planned): readonly CheckFailure[] {
    if (!isKnown<AutopilotChoice>(autopilot) || !isKnown<ClusterSize>(nodes)) return [];
    const decision = decideAutopilot(nodes, autopilot);
    if (decision.accepted) return [];
    return decision.failures.map(({ property, reason }) => ({ property: `autopilot.${property}`, reason }));
}

function auditFailures({ auditDevices, product }: Planned): readonly CheckFailure[] {
    if (product === "openbao" && auditDevices !== undefined && auditDevices !== UNKNOWN)
        return [
            {
                property: "auditDevices",
                reason: "OpenBao takes audit devices from its server configuration alone. Remove it here, and declare them there.",
            },
        ];
    if (product === "vault" && auditDevices === undefined)
        return [
            {
                property: "auditDevices",
                reason: 'Vault writes no audit log unless told to. Give at least one device, as { path: "file", type: "file", options: { file_path: "/var/log/vault/audit.log" } }.',
            },
        ];
    return [];
}

/** A change of what the shares were made by would change nothing about them. */
function remadeFailures(inputs: Planned, last: unknown): readonly CheckFailure[] {
    if (typeof last !== "object" || last === null || !("recoveryShares" in last)) return [];
    const before: Readonly<Record<string, unknown>> = { ...last };
    return RECOVERY_INPUTS.filter((property) => {
        const wanted: unknown = inputs[property];
        return isKnown(wanted) && !sameJson(wanted, before[property]);
    }).map((property) => ({ property, reason: REMADE }));
}

export const REMADE =
    "The shares were made when the cluster was initialised, and this would not make others. Leave it as it was; have the holders make new shares by `bao operator rotate-keys -target=recovery` (of Vault: `vault operator rekey -target=recovery`).";

function isAddress(text: string): boolean {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
    return (
        protocol === "https:" &&
        hostname !== "" &&
        (pathname === "/" || pathname === "") &&
        search + hash + username + password === ""
    );
}
