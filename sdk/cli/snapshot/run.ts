/** How a snapshot command runs: its store opened and closed, its result printed, its failure told with status 1. */
import { openS3 } from "../../../provider/vault/snapshot/s3-store";
import type { SnapshotStore } from "../../../provider/vault/snapshot/store";
import { reportTo, type Report } from "./report";
import { s3Of, type BucketFlags } from "./settings";

/** What is printed on standard output: for programs, and for people. */
export interface Result {
    readonly json: object;
    readonly text: string;
}

export async function run(flags: BucketFlags, work: (report: Report) => Promise<Result>): Promise<void> {
    const report = reportTo(process.stderr);
    try {
        const { json, text } = await work(report);
        const forPeople = process.stdout.isTTY && flags.json !== true;
        process.stdout.write(forPeople ? text : `${JSON.stringify(json)}\n`);
    } catch (error) {
        report.failed(error);
        process.exitCode = 1;
    }
}

export async function withStore<T>(
    flags: BucketFlags,
    work: (store: SnapshotStore) => Promise<T>,
): Promise<T> {
    const store = await openS3(s3Of(flags));
    try {
        return await work(store);
    } finally {
        store.close();
    }
}
