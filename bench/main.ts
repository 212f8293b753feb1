/** `npm run bench`: measures this package side by side with the plainest alternative, each figure a ratio. */
import { createProgress } from "../tools/progress";
import { ecCertificates, rsaCertificates } from "./certificates";
import type { Benchmark } from "./figure";
import { parseOptions, USAGE, type BenchOptions } from "./options";
import { previewNew, previewUnchanged } from "./previews";
import { providerBytes } from "./provider-bytes";
import { refreshCalls } from "./refresh";
import { jsonLine, table } from "./report";
import { measureAll } from "./run";
import type { Scope } from "./scope";
import { signatures } from "./signatures";
import { snapshotStream } from "./snapshot-stream";
import { vaultClusterStart, vaultFailover } from "./vault-cluster";

const BENCHMARKS: readonly Benchmark[] = [
    providerBytes,
    previewNew,
    previewUnchanged,
    refreshCalls,
    ecCertificates,
    rsaCertificates,
    signatures,
    snapshotStream,
    vaultFailover,
    vaultClusterStart,
];
const NAMES = BENCHMARKS.map(({ name }) => name);

async function main({ json, wanted }: BenchOptions): Promise<void> {
    const print = (line: string): void => void process.stdout.write(`${line}\n`);
    let scope: Scope | undefined;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => void Promise.resolve(scope?.close()).finally(() => process.exit(130)));
    }
    const { figures, failures } = await measureAll(
        BENCHMARKS.filter(({ name }) => wanted.includes(name)),
        {
            progress: createProgress(process.stderr),
            onScope: (opened) => (scope = opened),
            ...(json && {
                onFigure: (figure) => {
                    print(jsonLine(figure));
                },
            }),
        },
    );
    if (!json && figures.length > 0) print(table(figures));
    if (failures.length > 0) process.exitCode = 1;
}

function start(): Promise<void> {
    const options = parseOptions(process.argv.slice(2), NAMES);
    if (!options.help) return main(options);
    process.stdout.write(`${USAGE}${NAMES.join(", ")}\n`);
    return Promise.resolve();
}

Promise.resolve()
    .then(start)
    .catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 2;
    });
