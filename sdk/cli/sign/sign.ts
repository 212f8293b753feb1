/** Shows an order, asks for consent, signs, and writes the certificate to a file that was not there. */
import { existsSync } from "node:fs";
import { certify, type CertificateOrder, type Signer } from "../../../provider/pki/offline/certify";
import { isDnsName } from "../../../provider/pki/offline/general-names";
import { normaliseRange } from "../../../provider/pki/offline/ip-ranges";
import { writeNewFile } from "../../../provider/pki/key-file";
import { errorCode } from "../../../provider/system-code";
import { parseCertificate } from "../../../provider/pki/parsed-certificate";
import { refuse } from "../files";
import { summary } from "./summary";
import { ask } from "./terminal";

/** Flags that every way of signing has. */
export interface SigningFlags {
    readonly out: string;
    readonly yes?: true;
}

/** Refuses an output that is there already, before anyone is asked for a passphrase. */
export function refuseExisting(out: string): void {
    if (existsSync(out)) throw taken(out);
}

function taken(out: string) {
    return refuse("--out", `The file ${out} is there already, and is not overwritten.`, "Name another file.");
}

/**
 * Signs what the operator agrees to.
 *
 * @param judge refuses a certificate that is not what its tier needs, before it is written
 */
export async function signWithConsent(
    order: CertificateOrder,
    signer: Signer,
    flags: SigningFlags,
    judge: (pem: string) => void,
): Promise<void> {
    process.stderr.write(`About to sign:\n${summary(order)}`);
    if (flags.yes !== true) {
        const answer = await ask(
            'Type "yes" to sign: ',
            false,
            "Look at what is to be signed, and say --yes.",
        );
        if (answer.trim() !== "yes") {
            throw refuse(
                "--yes",
                "Nothing was signed: the answer was not yes.",
                "Run the command again to sign.",
            );
        }
    }
    const pem = await certify(order, signer);
    judge(pem);
    const written = await writeNewFile(flags.out, pem, 0o644).catch((error: unknown) => {
        const why = `The file ${flags.out} cannot be written (${errorCode(error)}).`;
        throw refuse("--out", why, "Name a file in a folder that can be written to.");
    });
    if (!written) throw taken(flags.out);
    process.stderr.write(`Wrote ${flags.out} (SHA-256 ${parseCertificate(pem).x509.fingerprint256}).\n`);
}

/** DNS domains of a repeatable flag. */
export function collectDomain(value: string, before: readonly string[] = []): readonly string[] {
    if (!isDnsName(value) || value.startsWith("*")) {
        throw refuse(
            "--permitted-dns",
            `${JSON.stringify(value.slice(0, 255))} is no DNS domain.`,
            'Give one as "example.org", and the flag once more for each other one.',
        );
    }
    return [...before, value.toLowerCase()];
}

/** IP ranges of a repeatable flag. */
export function collectRange(value: string, before: readonly string[] = []): readonly string[] {
    const range = normaliseRange(value);
    if (range !== undefined && !range.endsWith("/0")) return [...before, range];
    throw refuse(
        "--permitted-ip",
        `${JSON.stringify(value.slice(0, 80))} is no IP range.`,
        'Give one as "10.0.0.0/16", one address as "10.0.0.7/32", and the flag once more for each other one.',
    );
}
