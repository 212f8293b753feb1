/** The definitions that components' objects are held against, from their own releases, and strict validation by them. */
import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { kept } from "../../tools/services/kept";
import { download, strictValidator, type Validate } from "./operator-crds";

interface Release {
    /** The Go module that holds the definitions, and where. */
    readonly module: string;
    readonly version: string;
    readonly folder: string;
    /** Files by the SHA-256 that the release's tag has. */
    readonly files: Readonly<Record<string, string>>;
}

/** Of certificates at a Gateway: cert-manager, and Gateway API. */
const CERTIFICATES: readonly Release[] = [
    {
        module: "github.com/cert-manager/cert-manager",
        version: "v1.21.2",
        folder: "deploy/crds",
        files: {
            "cert-manager.io_certificates.yaml":
                "7ad91029c00ec959d54215b19d3b1a9b7e0247eaa60f987151c2b70d8661f8af",
            "cert-manager.io_clusterissuers.yaml":
                "30008001b78aafb8e110af61359561104b5fafc3a4dc6ac0013245d0ee3fe4ca",
            "cert-manager.io_issuers.yaml":
                "05e37efb02777e0362d24269fa103c2fc11419f9c85e31854ef873e5d9e5c5cc",
        },
    },
    {
        module: "sigs.k8s.io/gateway-api",
        version: "v1.4.1",
        folder: "config/crd/standard",
        files: {
            "gateway.networking.k8s.io_gateways.yaml":
                "a02ea425fc901f197b668c9ddd56375e1f6896994914c6e6b9b4fdb85cf3ba6e",
            "gateway.networking.k8s.io_httproutes.yaml":
                "98c6777c22309d319292e9c288ee632006c9ffdd4272383d6f9dffa3fbccaf14",
        },
    },
];

/** Of backups: External Secrets, and the Prometheus Operator. */
const BACKUPS: readonly Release[] = [
    {
        module: "github.com/external-secrets/external-secrets",
        version: "v1.3.2",
        folder: "config/crds/bases",
        files: {
            "external-secrets.io_externalsecrets.yaml":
                "690dbc0d51b5f9bc5266b450b533cfd22c5273268e8569102e528a39519cd4ba",
        },
    },
    {
        module: "github.com/prometheus-operator/prometheus-operator",
        version: "v0.85.0",
        folder: "example/prometheus-operator-crd",
        files: {
            "monitoring.coreos.com_prometheusrules.yaml":
                "98fd16c9ab79fba8dcd6ef62c957c98cd6546ab74ce0a4ecf09ddf2fda03020e",
        },
    },
];

/** The texts of definitions, YAML; or the reason why they cannot be had. */
export type Definitions = { readonly texts: readonly string[] } | { readonly missing: string };

export function certificateDefinitions(): Promise<Definitions> {
    return definitionsOf(CERTIFICATES);
}

export function backupDefinitions(): Promise<Definitions> {
    return definitionsOf(BACKUPS);
}

async function definitionsOf(releases: readonly Release[]): Promise<Definitions> {
    const texts: string[] = [];
    for (const { module, version, folder, files } of releases) {
        for (const [file, sha256] of Object.entries(files)) {
            const found = await kept(
                join(dirname(module), `${module.split("/").at(-1) ?? ""}-${version}`, file),
                file,
                async (draft) => {
                    const fetched = await download({ module, version });
                    if ("missing" in fetched) throw new Error(fetched.missing);
                    cpSync(join(fetched.folder, folder, file), join(draft, file));
                },
            );
            if ("why" in found) return { missing: found.why };
            const text = readFileSync(found.path, "utf8");
            if (createHash("sha256").update(text).digest("hex") !== sha256) {
                throw new Error(`${found.path} is not that of ${version}. Remove it.`);
            }
            texts.push(text);
        }
    }
    return { texts };
}

/** What an API server with these definitions says of an object; or the reason why they cannot be had. */
export async function certificateValidator(): Promise<{ validate: Validate } | { missing: string }> {
    return validatorBy(await certificateDefinitions());
}

/** The same, for backups. */
export async function backupValidator(): Promise<{ validate: Validate } | { missing: string }> {
    return validatorBy(await backupDefinitions());
}

function validatorBy(found: Definitions): { validate: Validate } | { missing: string } {
    if ("missing" in found) return found;
    const validators = new Map<string, Validate>();
    for (const text of found.texts) {
        const kind = /^ {4}kind: (\w+)$/m.exec(text)?.[1];
        if (kind === undefined) throw new Error(`A definition defines no kind: ${text.slice(0, 200)}`);
        validators.set(kind, strictValidator(text));
    }
    return {
        validate: (object) => validators.get(object.kind)?.(object) ?? [`nothing defines a ${object.kind}`],
    };
}
