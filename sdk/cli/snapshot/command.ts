/** `portcullis snapshot`: Vault's snapshots in a bucket, each proven whole before it counts. */
import { Command, InvalidArgumentError, Option } from "commander";
import { CANARY_MOUNT } from "../../../provider/vault/snapshot/canary-path";
import type * as Actions from "./actions";
import type { BucketFlags, DrillFlags, PruneFlags, RestoreFlags, SaveFlags, VerifyFlags } from "./settings";

/** One flag, and the environment variable that stands in for it. */
function setting(flag: string, variable: string, description: string): Option {
    return new Option(flag, description).env(`PORTCULLIS_SNAPSHOT_${variable}`);
}

function withBucket(command: Command): Command {
    return command
        .addOption(setting("--bucket <name>", "BUCKET", "the bucket of S3").makeOptionMandatory())
        .addOption(
            setting("--cluster <name>", "CLUSTER", "the cluster's name in the bucket").makeOptionMandatory(),
        )
        .addOption(setting("--prefix <folders>", "PREFIX", 'folders before it, as "vault/"').default(""))
        .addOption(setting("--region <name>", "REGION", "the bucket's region; AWS_REGION unless given"))
        .addOption(setting("--s3-endpoint <url>", "S3_ENDPOINT", "what speaks S3's protocol in place of AWS"))
        .option("--json", "print the result as JSON on a terminal too");
}

function withMetrics(command: Command): Command {
    return command.addOption(
        setting(
            "--push-metrics <url>",
            "PUSH_METRICS",
            "a Prometheus Pushgateway that is told of a good end: when, how large, how long; that it cannot be is a warning",
        ),
    );
}

function withVault(command: Command): Command {
    return command
        .option("--vault-address <url>", "Vault's address, in place of VAULT_ADDR")
        .option(
            "--vault-ca-file <file>",
            "the authorities that its certificate leads to, in place of VAULT_CACERT",
        )
        .option(
            "--vault-server-name <name>",
            "the name in its certificate, in place of VAULT_TLS_SERVER_NAME",
        );
}

function drillCommand(): Command {
    return withMetrics(withBucket(new Command("drill")))
        .description(
            "Restore a snapshot into a node of its own on loopback, started for it and gone afterwards with its data, and " +
                "compare the canary, mounts, auth methods, policies and issuers there with the snapshot's manifest.",
        )
        .argument("[snapshot]", "its name, or latest", "latest")
        .addOption(
            setting(
                "--server <file>",
                "SERVER",
                "the program of Vault or OpenBao, of the cluster's release",
            ).makeOptionMandatory(),
        )
        .addOption(
            setting(
                "--seal-file <file>",
                "SEAL_FILE",
                'exactly the block `seal "…" { … }` of the cluster\'s configuration',
            ).makeOptionMandatory(),
        )
        .addOption(
            setting(
                "--role-id-file <file>",
                "ROLE_ID_FILE",
                "sign in to the restored node by AppRole: its role id",
            ).makeOptionMandatory(),
        )
        .addOption(
            setting("--secret-id-file <file>", "SECRET_ID_FILE", "its secret id").makeOptionMandatory(),
        )
        .addOption(
            setting("--auth-mount <path>", "AUTH_MOUNT", 'where AppRole is mounted; "approle" unless given'),
        )
        .addOption(
            setting(
                "--work-dir <folder>",
                "WORK_DIR",
                "where the node's folder is made and wiped; the system's temporary folder unless given",
            ),
        )
        .option(
            "--isolated",
            "promise that the network lets this machine reach S3, STS and KMS alone, or set PORTCULLIS_SNAPSHOT_ISOLATED=true: " +
                "a restored server would revoke leases at databases and clouds",
        )
        .action(async (name: string, flags: DrillFlags) => {
            await (await actions()).drill(name, flags);
        });
}

export function snapshotCommand(): Command {
    const save = withMetrics(withVault(withBucket(new Command("save"))))
        .description(
            "Save a snapshot of the active node. Its archive is checked while it is uploaded; what is not whole or not fresh " +
                "never becomes an object. Vault's address and authority are those of VAULT_ADDR and VAULT_CACERT, or BAO_….",
        )
        .addOption(setting("--role-id-file <file>", "ROLE_ID_FILE", "sign in by AppRole: its role id"))
        .addOption(setting("--secret-id-file <file>", "SECRET_ID_FILE", "its secret id"))
        .addOption(setting("--kubernetes-role <name>", "KUBERNETES_ROLE", "sign in by Kubernetes: the role"))
        .addOption(
            setting(
                "--kubernetes-token-file <file>",
                "KUBERNETES_TOKEN_FILE",
                "the service account's token",
            ).default("/var/run/secrets/kubernetes.io/serviceaccount/token"),
        )
        .addOption(
            setting(
                "--auth-mount <path>",
                "AUTH_MOUNT",
                'where the auth method is mounted; "approle" or "kubernetes" unless given',
            ),
        )
        .addOption(
            setting("--canary-mount <path>", "CANARY_MOUNT", "the canary's mount, of KV version 1").default(
                CANARY_MOUNT,
            ),
        )
        .addOption(
            setting(
                "--kms-key-id <key>",
                "KMS_KEY_ID",
                "the key of KMS that encrypts the objects; the bucket's default unless given",
            ),
        )
        .action(async (flags: SaveFlags) => {
            await (await actions()).save(flags);
        });
    const list = withBucket(new Command("list"))
        .description(
            "List the snapshots that count as good, the newest first, and those that never got whole.",
        )
        .action(async (flags: BucketFlags) => {
            await (await actions()).list(flags);
        });
    const verify = withMetrics(withBucket(new Command("verify")))
        .description("Read a snapshot back whole, and compare it with its manifest and with its own digests.")
        .argument("[snapshot]", "its name, or latest", "latest")
        .action(async (name: string, flags: VerifyFlags) => {
            await (await actions()).verify(name, flags);
        });
    const prune = withBucket(new Command("prune"))
        .description(
            "Delete the good snapshots beyond the newest so many. Nothing else is deleted, and nothing at all where the " +
                "bucket does not list all of them.",
        )
        .addOption(
            setting("--keep-last <count>", "KEEP_LAST", "how many stay").argParser(countOf).default(30),
        )
        .option("--dry-run", "say what would be deleted, and delete nothing")
        .action(async (flags: PruneFlags) => {
            await (await actions()).prune(flags);
        });
    const restore = withVault(withBucket(new Command("restore")))
        .description(
            "Replace all data of a server by a snapshot, which is read whole and compared with its manifest before a byte is " +
                "sent; then wait until the server answers with it. Never forced: a server with another seal key refuses it. " +
                "Tokens, secret ids and recovery keys are those of the snapshot afterwards.",
        )
        .argument("<snapshot>", "its name, or latest")
        .addOption(
            setting("--token-file <file>", "TOKEN_FILE", "the token that restores, in place of VAULT_TOKEN"),
        )
        .option(
            "--confirm <cluster>",
            "the name of the cluster whose snapshot it is, which is asked for on the terminal unless given",
        )
        .action(async (name: string, flags: RestoreFlags) => {
            await (await actions()).restore(name, flags);
        });
    return new Command("snapshot")
        .description(
            "Save Vault's snapshots to S3, each checked before it counts; list, verify, restore, drill and prune them.",
        )
        .addCommand(save)
        .addCommand(list)
        .addCommand(verify)
        .addCommand(restore)
        .addCommand(drillCommand())
        .addCommand(prune);
}

/** The rest is loaded only where it is run: the clients are large. */
function actions(): Promise<typeof Actions> {
    return import("./actions.js");
}

function countOf(text: string): number {
    if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
    throw new InvalidArgumentError("Give a whole number, 1 at least.");
}
