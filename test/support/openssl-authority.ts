/** The tiers above an issuer, made and used by the openssl command: keys that nothing under test ever sees. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface OfflineTiers {
    /** PEM. */
    readonly root: string;
    readonly intermediate: string;
    /** Private keys, PEM: what no state and no output may hold. */
    readonly keys: readonly string[];
    /** Signs a request as an issuer, path length 0, by the intermediate's key. */
    signIssuer(csr: string, options?: SignOptions): string;
}

export interface SignOptions {
    /** 730 unless given. */
    readonly days?: number;
    /** The whole basicConstraints; "critical,CA:TRUE,pathlen:0" unless given. */
    readonly basicConstraints?: string;
    /** Of the key that signs; the intermediate unless given. */
    readonly by?: "root" | "intermediate";
}

/** Makes a root and an intermediate whose names are constrained to `domain`; everything is in `folder`. */
export function offlineTiers(folder: string, domain: string): OfflineTiers {
    mkdirSync(folder, { recursive: true });
    const file = (name: string): string => join(folder, name);
    const openssl = (...args: readonly string[]): void => {
        execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    };
    const authority = (basicConstraints: string, ...more: readonly string[]): string =>
        [
            `basicConstraints=${basicConstraints}`,
            "keyUsage=critical,keyCertSign,cRLSign",
            "subjectKeyIdentifier=hash",
            ...more,
        ].join("\n");
    const keyIdentifier = "authorityKeyIdentifier=keyid:always";
    const constraints =
        `nameConstraints=critical,permitted;DNS:${domain},` +
        "excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0";
    writeFileSync(file("root.ext"), authority("critical,CA:TRUE,pathlen:2"));
    writeFileSync(
        file("intermediate.ext"),
        authority("critical,CA:TRUE,pathlen:1", keyIdentifier, constraints),
    );
    for (const tier of ["root", "intermediate"]) {
        openssl("ecparam", "-genkey", "-name", "secp384r1", "-noout", "-out", `${tier}.key`);
        openssl(
            ...["req", "-new", "-sha384", "-key", `${tier}.key`, "-out", `${tier}.csr`],
            ...["-subj", `/C=FR/O=Ogenki/CN=Ogenki ${tier}`],
        );
    }
    const sign = (tier: string, by: readonly string[], days: number): string => {
        openssl(
            ...[
                "x509",
                "-req",
                "-sha384",
                "-days",
                String(days),
                "-in",
                `${tier}.csr`,
                "-out",
                `${tier}.pem`,
            ],
            ...["-extfile", `${tier}.ext`, ...by],
        );
        return readFileSync(file(`${tier}.pem`), "utf8");
    };
    const signer = (tier: string) => ["-CA", `${tier}.pem`, "-CAkey", `${tier}.key`, "-CAcreateserial"];
    const root = sign("root", ["-signkey", "root.key"], 3650);
    const intermediate = sign("intermediate", signer("root"), 1825);
    return {
        root,
        intermediate,
        keys: ["root", "intermediate"].map((tier) => readFileSync(file(`${tier}.key`), "utf8")),
        signIssuer(csr, { days = 730, basicConstraints = "critical,CA:TRUE,pathlen:0", by } = {}) {
            writeFileSync(file("issuer.csr"), csr);
            writeFileSync(file("issuer.ext"), authority(basicConstraints, keyIdentifier));
            return sign("issuer", signer(by ?? "intermediate"), days);
        },
    };
}

/** A request for a key of its own, made in `folder`. */
export function otherRequest(folder: string): string {
    execFileSync(
        "openssl",
        [
            ...["req", "-new", "-sha384", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes"],
            ...["-subj", "/C=FR/O=Ogenki/CN=Somebody else", "-keyout", "else.key", "-out", "else.csr"],
        ],
        { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    );
    return readFileSync(join(folder, "else.csr"), "utf8");
}
