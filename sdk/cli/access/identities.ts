/** Identities and authorities as a user names them: by flags, a JSON file, and PEM files. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { ProtectedIdentity } from "../../../provider/outscale/protection";
import { protectedIdentity } from "../../../provider/outscale/schemas";
import { certificateBlocksIn, normalisePem } from "../../../provider/pki/pem";
import { looksLikePrivateKey } from "../../../provider/pki/private-key-text";
import type { PortcullisError } from "../../../provider/errors";
import { readText, refuse } from "../files";

const FIELDS = ["name", "certificate", "ip"] as const;
type Field = (typeof FIELDS)[number];
const EXAMPLE = "name=ada,certificate=ada.pem,ip=192.0.2.7";

const listed = z.array(
    z.strictObject({
        name: z.string(),
        sourceIp: z.string().optional(),
        certificatePem: z.string().optional(),
        certificateFile: z.string().optional(),
    }),
);

/**
 * The identities of `--identity` flags, then those of the file of `--identities`.
 * @throws PortcullisError `InvalidInput`, naming the flag
 */
export async function readIdentities(
    flags: readonly string[],
    file: string | undefined,
): Promise<readonly ProtectedIdentity[]> {
    const named = await Promise.all(flags.map((text) => readFlag(text)));
    return file === undefined ? named : [...named, ...(await readFileOfIdentities(file))];
}

async function readFlag(text: string): Promise<ProtectedIdentity> {
    const { name, certificate, ip } = fieldsOf(text);
    const certificatePem = certificate === undefined ? undefined : await readText(certificate, "--identity");
    return identityOf({ name, sourceIp: ip, certificatePem }, "--identity", `"${name ?? text}"`);
}

function fieldsOf(text: string): Readonly<Partial<Record<Field, string>>> {
    const wrong = (problem: string): PortcullisError =>
        refuse("--identity", `--identity ${JSON.stringify(text)}: ${problem}`, `Write it as ${EXAMPLE}.`);
    const fields = new Map<Field, string>();
    for (const part of text.split(",")) {
        const at = part.indexOf("=");
        const field = FIELDS.find((candidate) => candidate === part.slice(0, Math.max(at, 0)).trim());
        if (field === undefined) throw wrong(`${JSON.stringify(part)} is none of ${FIELDS.join("=…, ")}=….`);
        if (fields.has(field)) throw wrong(`${field} is given twice.`);
        fields.set(field, part.slice(at + 1).trim());
    }
    if (!fields.has("name")) throw wrong("it has no name.");
    return Object.fromEntries(fields);
}

async function readFileOfIdentities(file: string): Promise<readonly ProtectedIdentity[]> {
    const wrong = (problem: string): PortcullisError =>
        refuse(
            "--identities",
            `The file ${file}, named by --identities, ${problem}.`,
            'Write a list as [{ "name": "ada", "certificateFile": "ada.pem", "sourceIp": "192.0.2.7" }].',
        );
    const parsed = listed.safeParse(jsonOf(await readText(file, "--identities")));
    if (!parsed.success) {
        const paths = parsed.error.issues.map((issue) => issue.path.join(".")).filter((path) => path !== "");
        throw wrong(`is no list of identities${paths.length === 0 ? "" : ` (see ${paths.join(", ")})`}`);
    }
    return Promise.all(
        parsed.data.map(async ({ certificateFile, ...rest }) => {
            if (certificateFile === undefined) return identityOf(rest, "--identities", `"${rest.name}"`);
            if (rest.certificatePem !== undefined) {
                throw wrong(`gives certificatePem and certificateFile of ${JSON.stringify(rest.name)}`);
            }
            // Beside the file that names it.
            const path = file === "-" ? certificateFile : resolve(dirname(file), certificateFile);
            const certificatePem = await readText(path, "--identities");
            return identityOf({ ...rest, certificatePem }, "--identities", `"${rest.name}"`);
        }),
    );
}

function identityOf(given: object, flag: string, called: string): ProtectedIdentity {
    const known = protectedIdentity.safeParse(given);
    if (known.success) return known.data;
    const [issue] = known.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "" : ` ${issue.path.join(".")}:`;
    throw refuse(
        flag,
        `${flag}: the identity ${called} cannot be used.${where} ${issue?.message ?? ""}`,
        "Correct it.",
    );
}

/**
 * The certificates of PEM files, each with one or more.
 * @throws PortcullisError `InvalidInput`, naming the flag
 */
export async function readAuthorities(files: readonly string[]): Promise<readonly string[]> {
    const read = files.map(async (file) => {
        const text = await readText(file, "--authority");
        const blocks = certificateBlocksIn(text);
        if (blocks.length === 0 || looksLikePrivateKey(text)) {
            throw refuse(
                "--authority",
                `The file ${file}, named by --authority, ${blocks.length === 0 ? "holds no certificate in PEM" : "holds a private key"}.`,
                "Give a file with certificates alone.",
            );
        }
        return blocks.map((block) => normalisePem(block, "--authority"));
    });
    return (await Promise.all(read)).flat();
}

/** @throws PortcullisError `InvalidInput` where two identities have one name: reports speak of them by it. */
export function refuseSameNames(identities: readonly ProtectedIdentity[]): void {
    const names = identities.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) return;
    throw refuse(
        "--identity",
        `Two identities are called ${JSON.stringify(twice)}.`,
        "Give each a name of its own; those of the state have theirs already.",
    );
}

function jsonOf(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        // The platform's error repeats a part of the text.
        return undefined;
    }
}
