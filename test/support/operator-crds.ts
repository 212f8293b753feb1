/** The definitions of the Pulumi Kubernetes Operator's resources, from its own releases, and strict validation by them. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import Ajv, { type ValidateFunction } from "ajv";
import { parse } from "yaml";
import { z } from "zod";
import { runProgram } from "../../tools/pulumi/processes";

export interface OperatorRelease {
    readonly version: string;
    /** The Go module that holds it. */
    readonly module: string;
    /** Of `deploy/crds/pulumi.com_stacks.yaml` as the release's tag has it. */
    readonly sha256: string;
}

/** The release that manifests are made for. */
export const CURRENT: OperatorRelease = {
    version: "v2.9.0",
    module: "github.com/pulumi/pulumi-kubernetes-operator/v2",
    sha256: "d8ce0513bb77d5d57753e521fd42e87a87bdaf7abda1be2584aa23c1c03ea290",
};

/** The last one before version 2, whose Stack has the same `pulumi.com/v1`, and fewer fields. */
export const BEFORE: OperatorRelease = {
    version: "v1.16.0",
    module: "github.com/pulumi/pulumi-kubernetes-operator",
    sha256: "fd4b0dbfd9e0fa9cf0b57d1e2bc2bf5ddb8f4158cd1a83425f43a92f1a188f4d",
};

const CRD = join("deploy", "crds", "pulumi.com_stacks.yaml");
const LIMIT = 120_000;
const downloaded = z.object({ Dir: z.string().optional(), Error: z.string().optional() });

/** The text of the Stack's definition, kept in the cache; or the reason why it cannot be had. */
export async function stackCrd(release: OperatorRelease): Promise<{ text: string } | { missing: string }> {
    const folder = join(homedir(), ".cache", "portcullis", "pulumi-kubernetes-operator", release.version);
    const path = join(folder, "pulumi.com_stacks.yaml");
    if (!existsSync(path)) {
        const found = await download(release);
        if ("missing" in found) return found;
        mkdirSync(folder, { recursive: true });
        const fresh = `${path}.${process.pid}`;
        cpSync(join(found.folder, CRD), fresh);
        renameSync(fresh, path);
    }
    const text = readFileSync(path, "utf8");
    const sha256 = createHash("sha256").update(text).digest("hex");
    if (sha256 !== release.sha256) throw new Error(`${path} is not that of ${release.version}. Remove it.`);
    return { text };
}

/** The folder of a Go module, downloaded where it is not there yet; or the reason why it cannot be had. */
export async function download({
    module,
    version,
}: Pick<OperatorRelease, "module" | "version">): Promise<{ folder: string } | { missing: string }> {
    try {
        // The texts are compared with the release's own by those who ask: the checksum database, which not every proxy has, adds nothing.
        const environment = { GONOSUMDB: module, GOWORK: "off", GOFLAGS: "-buildvcs=false" };
        const args = ["mod", "download", "-json", `${module}@${version}`];
        const { stdout, timedOut } = await runProgram("go", args, {
            cwd: tmpdir(),
            environment,
            limit: LIMIT,
        });
        if (timedOut) return { missing: `the download of ${module}@${version} took too long` };
        const { Dir: folder, Error: error = "no folder" } = downloaded.parse(JSON.parse(stdout));
        if (folder !== undefined) return { folder };
        return {
            missing: `Go's module proxy has no ${module}@${version} (${error.split("\n").at(-1)?.trim() ?? ""})`,
        };
    } catch {
        return { missing: `there is no Go to download ${module}@${version} with` };
    }
}

const definition = z.object({
    spec: z.object({
        group: z.string(),
        names: z.object({ kind: z.string() }),
        versions: z.array(
            z.object({
                name: z.string(),
                schema: z.object({ openAPIV3Schema: z.record(z.string(), z.unknown()) }),
            }),
        ),
    }),
});

/** What an API server says of an object under strict field validation: nothing where it takes it. */
export type Validate = (object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly [field: string]: unknown;
}) => readonly string[];

/** A validator by a definition's text; unknown fields are refused, as `kubectl apply --validate=strict` has it. */
export function strictValidator(text: string): Validate {
    const { spec } = definition.parse(parse(text));
    // Formats such as int64 are Kubernetes' own, and so are the x-kubernetes keywords.
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, code: { regExp } });
    const compiled = new Map<string, ValidateFunction>(
        spec.versions.map(({ name, schema }) => [
            `${spec.group}/${name} ${spec.names.kind}`,
            ajv.compile(root(schema.openAPIV3Schema)),
        ]),
    );
    return (object) => {
        const validate = compiled.get(`${object.apiVersion} ${object.kind}`);
        if (validate === undefined) return [`no version defines ${object.apiVersion} ${object.kind}`];
        if (validate(object)) return [];
        return (validate.errors ?? []).map(({ instancePath, message, params }) => {
            const field: unknown = params.additionalProperty;
            return `${instancePath}: ${message ?? ""}${typeof field === "string" ? ` (${field})` : ""}`;
        });
    };
}

/** Patterns are Go's, which may say within that case does not count. */
const regExp = Object.assign(
    (pattern: string, flags: string): RegExp =>
        new RegExp(pattern.replace("(?i)", ""), pattern.includes("(?i)") ? `${flags}i` : flags),
    { code: "regExp" },
);

/** Metadata is the API server's own, whatever a definition says of it. */
function root(schema: Readonly<Record<string, unknown>>): object {
    const closed = close(schema) as { readonly properties?: Readonly<Record<string, unknown>> };
    return { ...closed, properties: { ...closed.properties, metadata: { type: "object" } } };
}

/** The schema with every object closed whose fields are named, unless it says that it keeps unknown ones. */
function close(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map(close);
    if (typeof schema !== "object" || schema === null) return schema;
    const closed: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
        // The names of properties are no keywords.
        closed[keyword] =
            keyword === "properties"
                ? Object.fromEntries(
                      Object.entries(value as object).map(([name, each]) => [name, close(each)]),
                  )
                : close(value);
    }
    const keeps = closed["x-kubernetes-preserve-unknown-fields"] === true;
    if (closed.properties !== undefined && closed.additionalProperties === undefined && !keeps) {
        closed.additionalProperties = false;
    }
    return closed;
}
