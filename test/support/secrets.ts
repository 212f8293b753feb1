/** Looks for secrets where none may stand: in what a run prints, and in every file that the engine writes. */
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { EngineError } from "../../tools/pulumi/engine-error";
import type { RunResult } from "../../tools/pulumi/engine";
import type { Recorded } from "../../tools/pulumi/plugins/aws/provider";

/** The lines of a private key, PEM, that hold a part of its secret: any of them gives it away. */
export function linesOf(pem: string): string[] {
    const known = createPublicKey(pem).export({ type: "spki", format: "der" });
    return pem.split("\n").filter((line) => {
        // A private key repeats its public half, which stands in certificates as well.
        return line.length >= 24 && !line.startsWith("-----") && !known.includes(Buffer.from(line, "base64"));
    });
}

/** Everything that a run told anybody. */
export function toldBy(run: RunResult | EngineError): string {
    if (!(run instanceof EngineError)) return JSON.stringify(run);
    const cause = run.cause instanceof Error ? `${run.cause.message}${run.cause.stack ?? ""}` : "";
    return `${run.message}${run.stack ?? ""}${cause}${JSON.stringify(run.report)}`;
}

/** The run's error. Fails where the run succeeds, or fails in another way than by the engine's word. */
export async function failureOf(run: Promise<unknown>): Promise<EngineError> {
    const error: unknown = await run.then(
        () => undefined,
        (reason: unknown) => reason,
    );
    assert.ok(error instanceof EngineError, `the engine should have refused, and did not: ${String(error)}`);
    assert.equal(error.reason, "failed", error.message);
    return error;
}

/** Every file below a folder by its path; links are not followed. */
export function filesBelow(folder: string): ReadonlyMap<string, string> {
    return new Map(
        readdirSync(folder, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => {
                const path = join(entry.parentPath, entry.name);
                return [path, readFileSync(path, "utf8")];
            }),
    );
}

/** What AWS's stand-in was asked for, by its record; nothing where there is no record yet. */
export function recordedIn(file: string): readonly Recorded[] {
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").trim().split("\n");
    // The stand-in writes exactly this type.
    return lines.map((line) => JSON.parse(line) as Recorded);
}

/** The user data of every launch template that was asked for, with what is packed in it: no plain search sees into that. */
export function decodedUserData(record: readonly Recorded[]): string {
    const templates = record.filter(({ urn }) => urn.endsWith("-template"));
    assert.ok(templates.length > 0, "a launch template was asked for");
    return templates
        .flatMap(({ inputs }) => {
            const raw = Buffer.from(String(inputs?.userData), "base64").toString("utf8");
            const packed = [...raw.matchAll(/encoding: b64\s+content: (\S+)/g)].map(([, text = ""]) =>
                gunzipSync(Buffer.from(text, "base64")).toString("utf8"),
            );
            assert.ok(packed.length > 0, "user data packs its files");
            return [raw, ...packed];
        })
        .join("\n");
}

/** Fails with the name of the text, and without the secret, where a text holds one. */
export function assertHidden(
    secrets: readonly string[],
    texts: Iterable<readonly [name: string, text: string]>,
): void {
    assert.ok(secrets.length > 0 && secrets.every((secret) => secret.length >= 8), "secrets to look for");
    for (const [name, text] of texts) {
        secrets.forEach((secret, index) => {
            if (text.includes(secret)) assert.fail(`${name} holds secret number ${index} in clear`);
        });
    }
}
