/** Measures benchmarks one after the other, and judges each. */
import type { Progress } from "../tools/progress";
import { figureOf, type Benchmark, type Figure } from "./figure";
import { Scope } from "./scope";

export interface Outcome {
    readonly figures: readonly Figure[];
    /** The benchmarks that could not be measured, and why. */
    readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

export interface RunOptions {
    readonly progress: Progress;
    /** Called with each figure as soon as it is known. */
    readonly onFigure?: (figure: Figure) => void;
    /** Called with each benchmark's surroundings before it starts; for whoever may have to end them early. */
    readonly onScope?: (scope: Scope) => void;
}

/** Never rejects because of a benchmark: what cannot be measured is told, and the others go on. */
export async function measureAll(benchmarks: readonly Benchmark[], options: RunOptions): Promise<Outcome> {
    const { progress, onFigure, onScope } = options;
    const figures: Figure[] = [];
    const failures: { name: string; reason: string }[] = [];
    for (const benchmark of benchmarks) {
        const scope = new Scope(progress);
        onScope?.(scope);
        const started = performance.now();
        progress.step(benchmark.name);
        try {
            const figure = figureOf(benchmark, await benchmark.measure(scope));
            figures.push(figure);
            progress.done(`${benchmark.name}: ${((performance.now() - started) / 1_000).toFixed(0)} s`);
            onFigure?.(figure);
        } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            failures.push({ name: benchmark.name, reason });
            progress.fail(`${benchmark.name}: ${reason}`);
        } finally {
            await scope.close();
        }
    }
    return { figures, failures };
}
