/** How many client certificates a second are made, key included, against the openssl command. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Declarations } from "../provider/declarations";
import { certificateAuthority } from "../provider/pki/certificate-authority";
import { clientCertificate } from "../provider/pki/client-certificate";
import type { KeyAlgorithm } from "../provider/pki/keys";
import type { Context } from "../provider/resource";
import type { Benchmark } from "./figure";
import { timePairs, type Turns } from "./pairs";

const COMMON_NAME = "operator";
/** The client of a resource that calls no service. */
const context: Context<undefined> = {
    client: undefined,
    now: () => new Date(),
    declared: new Declarations(),
    sleep: (ms) => sleep(ms),
};

/** An authority as both sides use it. */
interface Authority {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

interface Kind {
    readonly algorithm: KeyAlgorithm;
    /** How `openssl req` is asked for such a key. */
    readonly newKey: readonly string[];
    readonly turns: Turns;
}

/** A key on P-256 takes no time to make: what is measured is all the rest. */
export const ecCertificates = benchmarkOf({
    algorithm: "EC-P256",
    newKey: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    turns: { atLeast: 30, atMost: 200, within: 6_000 },
});

/** The kind of key that the tutorial of OUTSCALE makes. The search for primes takes most of the time, on both sides. */
export const rsaCertificates = benchmarkOf({
    algorithm: "RSA-2048",
    newKey: ["-newkey", "rsa:2048"],
    turns: { atLeast: 20, atMost: 100, within: 15_000 },
});

function benchmarkOf({ algorithm, newKey, turns }: Kind): Benchmark {
    return {
        name: `client-certificates-${algorithm.toLowerCase()}`,
        goal: { atLeast: 1 },
        async measure(scope) {
            scope.progress.step(`making client certificates (${algorithm})`);
            const authority = await makeAuthority();
            const openssl = opensslIn(scope.folder(), authority, newKey);
            const ours = (): Promise<unknown> => create(authority, algorithm);
            // The first of ours loads the certificate library.
            await ours();
            await openssl();
            const pairs = await timePairs(ours, openssl, turns);
            // Totals and no median: the time that an RSA key takes is a matter of luck, and the luck has to even out.
            const rate = (side: "subject" | "baseline"): number =>
                pairs.length / (pairs.reduce((sum, pair) => sum + pair[side], 0) / 1_000);
            const [subject, baseline] = [rate("subject"), rate("baseline")];
            const each = `${pairs.length} of each`;
            return {
                ratio: subject / baseline,
                detail: `${subject.toFixed(1)} a second against ${baseline.toFixed(1)}, ${each}`,
            };
        },
    };
}

/** The tutorial's authority: RSA with 4096 bits. */
async function makeAuthority(): Promise<Authority> {
    const { state } = await certificateAuthority.create(
        {
            commonName: "Bench authority",
            keyAlgorithm: "RSA-4096",
            validity: "365d",
            renewBefore: "30d",
            pathLength: 1,
            permanent: false,
        },
        context,
    );
    const { certificatePem, privateKeyPem } = state;
    if (privateKeyPem === undefined) throw new Error("The authority should have its key.");
    return { certificatePem, privateKeyPem };
}

function create(authority: Authority, keyAlgorithm: KeyAlgorithm): Promise<unknown> {
    return clientCertificate.create(
        {
            commonName: COMMON_NAME,
            authorityCertificatePem: authority.certificatePem,
            authorityPrivateKeyPem: authority.privateKeyPem,
            keyAlgorithm,
            validity: "365d",
            renewBefore: "30d",
        },
        context,
    );
}

/**
 * The tutorial's two commands: key and request, then the certificate. The authority's key is unencrypted here, which
 * spares the command the work that a passphrase makes.
 */
function opensslIn(folder: string, authority: Authority, newKey: readonly string[]): () => Promise<void> {
    const file = (name: string): string => join(folder, name);
    writeFileSync(file("ca-certificate.pem"), authority.certificatePem);
    writeFileSync(file("ca-key.pem"), authority.privateKeyPem, { mode: 0o600 });
    writeFileSync(file("extensions"), "extendedKeyUsage = clientAuth\n");
    const run = (...args: readonly string[]): void => {
        execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    };
    return () => {
        run(
            ...["req", "-new", "-sha256", "-nodes", ...newKey, "-subj", `/CN=${COMMON_NAME}`],
            ...["-keyout", "client-key.pem", "-out", "client-certificate.csr"],
        );
        run(
            ...[
                "x509",
                "-req",
                "-sha256",
                "-days",
                "365",
                "-CAkey",
                "ca-key.pem",
                "-CA",
                "ca-certificate.pem",
            ],
            ...["-CAcreateserial", "-in", "client-certificate.csr", "-out", "client-certificate.pem"],
            ...["-extfile", "extensions"],
        );
        return Promise.resolve();
    };
}
