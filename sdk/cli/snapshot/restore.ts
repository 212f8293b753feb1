/** `portcullis snapshot restore`: agreed to by the cluster's name, told on the way, and what is true afterwards. */
import type { Manifest } from "../../../provider/vault/snapshot/manifest";
import { refuseSetting } from "../../../provider/vault/snapshot/refuse";
import { restoreSnapshot, type RestoreEvent } from "../../../provider/vault/snapshot/restore";
import { findSnapshot } from "../../../provider/vault/snapshot/verify";
import { ask } from "../sign/terminal";
import { sizeText, type Report } from "./report";
import { run, withStore } from "./run";
import { placeOf, tokenOf, vaultOf, type RestoreFlags } from "./settings";

export async function restore(wanted: string, flags: RestoreFlags): Promise<void> {
    await run(flags, async (report) => {
        const vault = vaultOf(flags, process.env);
        const token = tokenOf(flags, process.env);
        return withStore(flags, async (store) => {
            const found = await findSnapshot(store, placeOf(flags), wanted);
            const { key, manifest } = found;
            await agree(manifest, vault.address, flags);
            const started = performance.now();
            const { address, canary } = await restoreSnapshot({
                ...{ vault, token, store, found },
                report: (event) => {
                    tell(report, event);
                },
            });
            const durationMs = Math.round(performance.now() - started);
            return {
                json: { restored: key, address, canary, durationMs, manifest },
                text: afterwards(key, address, canary, manifest),
            };
        });
    });
}

/** Whoever restores says which cluster's data is to replace the server's: a bucket's name is soon mistaken. */
async function agree({ id, cluster, savedAt, size }: Manifest, address: string, flags: RestoreFlags) {
    if (flags.confirm === undefined) {
        process.stderr.write(
            `About to replace all data of ${address} by the snapshot ${id} of ${cluster}: ${savedAt}, ${sizeText(size)}.\n`,
        );
    }
    const given =
        flags.confirm ??
        (await ask(
            "Type the cluster's name to restore: ",
            false,
            "Say whose snapshot replaces all data of the server: --confirm <cluster>.",
        ));
    if (given.trim() === cluster) return;
    throw refuseSetting(
        "--confirm",
        `Nothing was restored: the snapshot is one of ${JSON.stringify(cluster)}, and the name given is another.`,
        "Look at bucket, prefix, cluster and address, and run again with the name of the cluster whose data is wanted.",
    );
}

function afterwards(key: string, address: string, canary: string, { savedAt }: Manifest): string {
    const seen =
        canary === "read"
            ? "Its canary was read there."
            : "Its cluster's id was seen there; its canary was not read, for the token is none of the snapshot's or may not.";
    return (
        `Restored ${key} to ${address}. ${seen}\n` +
        `All data is that of ${savedAt}: tokens, secret ids, policies and recovery keys are those of then, and those that ` +
        "this server had before are gone. What was written, revoked or rotated since is as it was then: revoke and rotate it again.\n"
    );
}

function tell(report: Report, event: RestoreEvent): void {
    switch (event.event) {
        case "active-node":
            report.tell(event, `The active node is at ${event.address}.`);
            return;
        case "reading":
            report.move(event, `read ${sizeText(event.bytes)} of ${sizeText(event.of)}`);
            return;
        case "whole":
            report.tell(event, "The snapshot is whole, and what its manifest says. It is sent now.");
            return;
        case "restoring":
            report.move(event, `sent ${sizeText(event.bytes)} of ${sizeText(event.of)}`);
            return;
        case "taken":
            report.tell(event, "The server has taken it, and begins anew with it.");
            return;
    }
}
