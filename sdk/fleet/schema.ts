/** The form of a fleet description, and what a well-formed one is normalised to. */
import { resolve } from "node:path";
import { z } from "zod";
import { PortcullisError } from "../../provider/errors";
import { fillIn, type Fleet, type FleetAccount, type FleetValue } from "./fleet";

/** A StatefulSet is named `<account>-workspace` and may have 52 characters, for its pods' labels hold ten more. */
const LONGEST_NAME = 42;

const NAMES = {
    account: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    stack: /^([A-Za-z0-9_.-]{1,100}\/){0,2}[A-Za-z0-9_.-]{1,100}$/,
    configKey: /^([A-Za-z0-9_.-]+:)?[A-Za-z0-9_.-]+$/,
    variable: /^[A-Za-z_][A-Za-z0-9_]*$/,
    /** With placeholders still in it. */
    variableTemplate: /^([A-Za-z0-9_]|\$\{ACCOUNT\})+$/,
    object: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
    objectTemplate: /^([a-z0-9.-]|\$\{account\})+$/,
    secretKey: /^([A-Za-z0-9._-]|\$\{(account|ACCOUNT)\})+$/,
};

/** Keys that name a secret, unless they name the place of one or who keeps it. */
const SOUNDS_SECRET = /secret|password|passphrase|token|private.?key|credential/i;
const NAMES_A_PLACE = /(file|path|provider|name|arn|url|uri)$/i;

const secretRef = z.strictObject({
    name: z.string().regex(NAMES.objectTemplate, "This is no name of a Secret of Kubernetes."),
    key: z.string().regex(NAMES.secretKey, "This is no key of a Secret of Kubernetes."),
});

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** What is no plain text: a reference, or a text that only sounds like a secret. */
const object = z
    .strictObject({
        plain: scalar.optional(),
        environment: z
            .string()
            .regex(NAMES.variableTemplate, "This is no name of a variable. `${ACCOUNT}` may be in it.")
            .optional(),
        file: z.string().min(1).optional(),
        secretRef: secretRef.optional(),
    })
    .refine(({ environment, file }) => environment === undefined || file === undefined, {
        error: "Give `environment` or `file`, not both.",
    })
    .refine(({ plain, ...places }) => (plain === undefined) === Object.keys(places).length > 0, {
        error:
            "Say where the secret is read from: `environment` or `file` for the driver, `secretRef` for the operator. " +
            "Or give `plain` alone.",
    });

const value = z.union([scalar, object], {
    error: "Give a text, or where a secret is read from: { environment }, { file } or { secretRef: { name, key } }.",
});

type GivenValue = z.output<typeof value>;

function values(key: RegExp, what: string) {
    return z.record(z.string().regex(key, `This is no ${what}.`), value).superRefine((all, context) => {
        for (const [name, given] of Object.entries(all)) {
            if (typeof given !== "string" || !SOUNDS_SECRET.test(name) || NAMES_A_PLACE.test(name)) continue;
            context.addIssue({
                code: "custom",
                path: [name],
                message:
                    "This key names a secret, and no secret may stand in a fleet file. Give where it is read from " +
                    "({ environment }, { file }, { secretRef }), or, if it is none, { plain: … }.",
            });
        }
    });
}

/** A whole number, or the text of one: every scalar of a fleet file is read as text. */
function whole(least: number) {
    return z
        .union(
            [
                z.number(),
                z
                    .string()
                    .regex(/^\d{1,6}$/)
                    .transform(Number),
            ],
            { error: "Give a whole number." },
        )
        .refine((number) => Number.isInteger(number) && number >= least, {
            error: `Give a whole number of at least ${least}.`,
        });
}

const url = z.string().refine((text) => !hasPassword(text), {
    error: "It holds a password. Take that out, and give it in `environment` by a reference.",
});

const settings = {
    config: values(NAMES.configKey, "key of a configuration").default({}),
    environment: values(NAMES.variable, "name of a variable").default({}),
};

const git = z
    .strictObject({
        repo: url,
        directory: z.string().optional(),
        commit: z
            .string()
            .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "Give the whole hash of the commit.")
            .optional(),
        branch: z.string().min(1).optional(),
        token: secretRef.optional(),
    })
    .refine(({ commit, branch }) => (commit === undefined) !== (branch === undefined), {
        error: "Give a `commit`, or a `branch`.",
    });

const objectName = z.string().regex(NAMES.object, "This is no name of an object of Kubernetes.");

const description = z
    .strictObject({
        source: z.strictObject({
            workDir: z.string().optional(),
            program: z.string().optional(),
            git: git.optional(),
        }),
        backend: url.optional(),
        secretsProvider: z.string().optional(),
        rollout: z
            .strictObject({
                canary: whole(0).default(1),
                stopAfter: whole(1).default(1),
                retries: whole(0).default(2),
                parallel: whole(1).optional(),
            })
            .prefault({}),
        operator: z
            .strictObject({
                namespace: objectName.default("default"),
                serviceAccount: objectName.default("portcullis-fleet"),
                image: z.string().min(1).optional(),
            })
            .prefault({}),
        defaults: z.strictObject(settings).prefault({}),
        accounts: z
            .array(
                z.strictObject({
                    name: z
                        .string()
                        .regex(NAMES.account, "Give a name of a-z, 0-9 and hyphens between them.")
                        .max(LONGEST_NAME, `Give a name of at most ${LONGEST_NAME} characters.`),
                    stack: z
                        .string()
                        .regex(NAMES.stack, "This is no name of a stack: [[organisation/]project/]stack.")
                        .optional(),
                    ...settings,
                }),
            )
            .min(1, "Name at least one account."),
    })
    .superRefine(({ accounts, source, rollout }, context) => {
        for (const property of ["name", "stack"] as const) {
            const seen = new Map<string, number>();
            accounts.forEach((account, index) => {
                const name = property === "name" ? account.name : (account.stack ?? account.name);
                const first = seen.get(name);
                seen.set(name, first ?? index);
                if (first === undefined) return;
                const message = `The ${property} "${name}" is that of accounts[${first}] already. Give each its own.`;
                context.addIssue({ code: "custom", path: ["accounts", index, property], message });
            });
        }
        if (source.git?.branch !== undefined && rollout.canary > 0) {
            context.addIssue({
                code: "custom",
                path: ["source", "git", "branch"],
                message:
                    "A new commit of a branch reaches every account at once, the canaries no sooner than the rest. " +
                    "Name a `commit`, or set `rollout.canary` to 0.",
            });
        }
    });

/** A fleet as it is given: in a file, or by a program. */
export type FleetDescription = z.input<typeof description>;

/**
 * The fleet that a description gives; paths in it are taken from `folder`.
 * @throws PortcullisError (InvalidInput) naming every flaw by its path; `name` says what the description is.
 */
export function parseFleet(given: unknown, folder: string, name = "the fleet description"): Fleet {
    const parsed = description.safeParse(given);
    if (!parsed.success) throw unusable(name, parsed.error.issues);
    const { source, defaults, accounts, ...rest } = parsed.data;
    const { workDir, program } = source;
    return {
        ...rest,
        source: {
            ...source,
            ...(workDir !== undefined && { workDir: resolve(folder, workDir) }),
            ...(program !== undefined && { program: resolve(folder, program) }),
        },
        accounts: accounts.map(({ name, stack = name, config, environment }): FleetAccount => {
            const fill = (all: Readonly<Record<string, GivenValue>>) =>
                Object.fromEntries(
                    Object.entries(all).map(([key, each]) => [key, filled(each, name, folder)] as const),
                );
            return {
                name,
                stack,
                config: fill({ ...defaults.config, ...config }),
                environment: fill({ ...defaults.environment, ...environment }),
            };
        }),
    };
}

function filled(given: GivenValue, account: string, folder: string): FleetValue {
    if (typeof given === "string") return fillIn(given, account);
    const { plain, environment, file, secretRef } = given;
    if (plain !== undefined) return fillIn(plain, account);
    return {
        ...(environment !== undefined && { environment: fillIn(environment, account) }),
        ...(file !== undefined && { file: resolve(folder, fillIn(file, account)) }),
        ...(secretRef !== undefined && {
            secretRef: { name: fillIn(secretRef.name, account), key: fillIn(secretRef.key, account) },
        }),
    };
}

function hasPassword(text: string): boolean {
    try {
        return new URL(text).password !== "";
    } catch {
        // Backends and repositories may be written in forms that are no URLs; those have no place for a password.
        return false;
    }
}

function unusable(name: string, issues: readonly z.core.$ZodIssue[]): PortcullisError {
    const flaws = issues.map(flawOf);
    const [first] = flaws;
    return new PortcullisError({
        code: "InvalidInput",
        ...(first !== undefined && { property: first.path }),
        problem: `${name} is no description of a fleet. ${flaws.map(({ path, reason }) => `${path}: ${reason}`).join("\n")}`,
        remedy: "Nothing has been done.",
    });
}

interface Flaw {
    readonly path: string;
    readonly reason: string;
}

function flawOf(issue: z.core.$ZodIssue): Flaw {
    if (issue.code === "unrecognized_keys") {
        const path = pathText([...issue.path, ...issue.keys.slice(0, 1)]);
        return { path, reason: "There is no such setting. Remove it." };
    }
    // A value that is an object: what the form of objects says of its parts, not that it is no text either.
    const [part] = issue.code === "invalid_union" ? (issue.errors.at(-1) ?? []) : [];
    if (part !== undefined && part.path.length > 0) {
        return flawOf({ ...part, path: [...issue.path, ...part.path] });
    }
    return { path: pathText(issue.path), reason: reasonOf(issue) };
}

function reasonOf(issue: z.core.$ZodIssue): string {
    if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
    return issue.code === "invalid_type" ? `This is missing, or no ${issue.expected}.` : issue.message;
}

/** `accounts[3].config.outscale:region`. */
export function pathText(path: readonly PropertyKey[]): string {
    return path
        .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
        .join("")
        .replace(/^\./, "");
}
