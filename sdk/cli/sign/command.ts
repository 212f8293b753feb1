/** `portcullis sign`: makes the offline root, and signs requests with a key that never meets the platform. */
import { Command, Option } from "commander";
import { BACKDATED, loadLibrary, nameOf } from "../../../provider/pki/certificates";
import { DEFAULT_OFFLINE_KEY, KEY_ALGORITHMS, type KeyAlgorithm } from "../../../provider/pki/keys";
import { nameField } from "../../../provider/pki/fields";
import { checkSigned, refuseFaults } from "../../../provider/pki/offline/check-signed";
import {
    DEFAULT_VALIDITY,
    orderFor,
    refuseMade,
    type SigningWish,
} from "../../../provider/pki/offline/order";
import { parseCertificate } from "../../../provider/pki/parsed-certificate";
import { TIERS, type Tier } from "../../../provider/pki/offline/tiers";
import { durationNamed } from "../durations";
import { readText, refuse } from "../files";
import { signerFor, signerOrNew, type KeyFlags } from "./key";
import { collectDomain, collectRange, refuseExisting, signWithConsent, type SigningFlags } from "./sign";

interface CsrFlags extends KeyFlags, SigningFlags {
    readonly csr: string;
    readonly tier: Exclude<Tier, "root">;
    readonly ca: string;
    readonly validity?: number;
    readonly permittedDns?: readonly string[];
    readonly permittedIp?: readonly string[];
}

interface RootFlags extends KeyFlags, SigningFlags {
    readonly commonName: string;
    readonly organization?: string;
    readonly country?: string;
    readonly keyAlgorithm: KeyAlgorithm;
    readonly validity?: number;
    readonly permittedDns?: readonly string[];
    readonly permittedIp?: readonly string[];
}

export function signCommand(): Command {
    const csr = withKey(
        new Command("csr")
            .description(
                "Sign a certificate request as its tier needs it. Only its key, its subject, a server's DNS names and " +
                    "IP addresses and an authority's constraints to DNS domains and IP ranges are taken from it.",
            )
            .requiredOption("--csr <file>", "the request, PEM; - for stdin")
            .addOption(
                new Option("--tier <tier>", "what it becomes")
                    .choices(TIERS.filter((tier) => tier !== "root"))
                    .makeOptionMandatory(),
            )
            .requiredOption("--ca <file>", "the certificate of the authority that signs, PEM"),
    ).action(signCsr);
    const root = withKey(
        new Command("root")
            .description(
                "Make a root: its key in a new encrypted file, or one that is there or behind PKCS#11, and its " +
                    "self-signed certificate with path length 2.",
            )
            .requiredOption("--common-name <name>", "the subject's common name")
            .option("--organization <name>", "the subject's organization")
            .option("--country <code>", "the subject's country, two capital letters")
            .addOption(
                new Option("--key-algorithm <algorithm>", "of a new key")
                    .choices([...KEY_ALGORITHMS])
                    .default(DEFAULT_OFFLINE_KEY),
            ),
    ).action(signRoot);
    return new Command("sign")
        .description("Make an offline root, and sign certificate requests away from the platform.")
        .addCommand(csr)
        .addCommand(root);
}

function withKey(command: Command): Command {
    return command
        .option("--key <file>", "the encrypted private key that signs, PEM")
        .option(
            "--passphrase-variable <name>",
            "the environment variable with the key's passphrase, for a new key 12 characters or more; asked for on the " +
                "terminal unless given",
        )
        .option("--pkcs11-uri <uri>", "in place of --key: a key behind PKCS#11 (RFC 7512), through openssl")
        .option("--pkcs11-module <file>", "the PKCS#11 module, in place of the one that openssl knows")
        .option(
            "--validity <duration>",
            "how long the certificate holds, as 730d (root: 3650d, intermediate: 1825d, issuer: 730d, server: 365d)",
            durationNamed("--validity"),
        )
        .option(
            "--permitted-dns <domain>",
            "a DNS domain that an authority is constrained to, in place of those that the request asks for; repeatable",
            collectDomain,
        )
        .option(
            "--permitted-ip <range>",
            "an IP range beside those domains, in place of those that the request asks for; repeatable; 127.0.0.1/32 and ::1/128 unless given or requested",
            collectRange,
        )
        .requiredOption("--out <file>", "the new file for the certificate, PEM")
        .option("--yes", "sign without asking");
}

async function signCsr(flags: CsrFlags): Promise<void> {
    refuseExisting(flags.out);
    if (flags.tier === "server" && (flags.permittedDns ?? flags.permittedIp) !== undefined) {
        throw refuse(
            flags.permittedDns === undefined ? "--permitted-ip" : "--permitted-dns",
            "A server's certificate has no name constraints.",
            "Leave the flag out.",
        );
    }
    const wish: SigningWish = {
        tier: flags.tier,
        csrPem: await readText(flags.csr, "--csr"),
        issuerPem: await readText(flags.ca, "--ca"),
        validity: flags.validity,
        permittedDnsDomains: flags.permittedDns,
        permittedIpRanges: flags.permittedIp,
        now: new Date(),
    };
    const order = orderFor(wish);
    // Opened first: nobody is asked to agree to what could not be signed.
    const signer = await ownSigner(flags, wish.issuerPem);
    await signWithConsent(order, signer, flags, (pem) => {
        refuseMade(pem, wish);
    });
}

/** The signer, whose key must be that of the issuer's certificate: said before anything is signed by it. */
async function ownSigner(flags: KeyFlags, issuerPem: string) {
    const signer = await signerFor(flags);
    if (signer.publicKey.equals(parseCertificate(issuerPem).publicKey)) return signer;
    throw refuse(
        flags.key === undefined ? "--pkcs11-uri" : "--key",
        "The key is not that of the certificate named by --ca.",
        "Name the key and the certificate of the same authority.",
    );
}

async function signRoot(flags: RootFlags): Promise<void> {
    refuseExisting(flags.out);
    for (const [flag, value] of [
        ["--common-name", flags.commonName],
        ["--organization", flags.organization],
    ] as const) {
        const parsed = nameField("name").safeParse(value ?? "name");
        if (!parsed.success) throw refuse(flag, `${flag} is no name.`, parsed.error.issues[0]?.message ?? "");
    }
    if (flags.country !== undefined && !/^[A-Z]{2}$/.test(flags.country)) {
        throw refuse("--country", "--country is no country's code.", 'Give two capital letters, as "FR".');
    }
    if (flags.permittedDns === undefined && flags.permittedIp !== undefined) {
        throw refuse(
            "--permitted-ip",
            "IP ranges bound nothing here without DNS domains.",
            "Say which domains it is constrained to: --permitted-dns.",
        );
    }
    const now = new Date();
    const signer = await signerOrNew(flags, flags.keyAlgorithm);
    process.stderr.write(
        signer.made ? `Made the key in ${flags.key ?? ""}.\n` : "The key was there already.\n",
    );
    const order = {
        tier: "root" as const,
        subject: Buffer.from(nameOf(await loadLibrary(), flags).toArrayBuffer()),
        publicKey: signer.publicKey,
        permittedDnsDomains: flags.permittedDns,
        permittedIpRanges: flags.permittedIp,
        notBefore: new Date(now.getTime() - BACKDATED),
        notAfter: new Date(now.getTime() + (flags.validity ?? DEFAULT_VALIDITY.root)),
    };
    await signWithConsent(order, signer, flags, (pem) => {
        refuseFaults(checkSigned([{ tier: "root", property: "the certificate made", pem }], now));
    });
}
