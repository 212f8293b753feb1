/** What a drill's node writes: its last lines kept for an error, without what is secret, and the line that says that it fails. */
import { withoutSecrets } from "../../../redaction";

/** How much is looked back at. */
const KEPT = 64 * 1024;
const LINES = 4;
const LONGEST_LINE = 300;
/** Vault's and OpenBao's own words, where data that was restored does not open. */
const RESTORE_FAILED = /raft snapshot restore failed/;

export interface NodeLog {
    readonly add: (text: string) => void;
    /** The last lines that say something of an error, or else the last ones, as one text. */
    readonly lastWords: () => string;
    readonly hasFailedRestore: () => boolean;
}

export function openNodeLog(secrets: readonly string[]): NodeLog {
    let text = "";
    let failed = false;
    return {
        add: (more) => {
            text = (text + more).slice(-KEPT);
            failed ||= RESTORE_FAILED.test(text);
        },
        lastWords: () => {
            // An audit device of the snapshot may write to standard output too, as JSON.
            const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("{"));
            const errors = lines.filter((line) => /\[ERROR\]|error/i.test(line));
            const chosen = (errors.length === 0 ? lines : errors).slice(-LINES);
            return withoutSecrets(
                chosen.map((line) => line.trim().slice(0, LONGEST_LINE)).join(" | "),
                secrets,
                "[secret]",
            );
        },
        hasFailedRestore: () => failed,
    };
}
