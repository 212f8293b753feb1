/** Certificates for a Vault server on loopback and for those who sign in to it, made by openssl. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A certificate and its key: their texts, and the files that hold them. */
export interface Issued {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
    readonly certificate: string;
    readonly privateKey: string;
}

/** The name in the servers' certificate. */
export const SERVER_NAME = "vault.test";

/** An authority of its own in a folder of its own. */
export class TestAuthority {
    readonly #directory: string;
    public readonly certificatePem: string;

    constructor(
        directory: string,
        public readonly name = "Authority of the tests",
    ) {
        this.#directory = directory;
        mkdirSync(directory, { recursive: true });
        this.#key("authority");
        this.#openssl(
            ...["req", "-x509", "-new", "-key", this.#path("authority.key"), "-days", "30"],
            ...["-subj", `/CN=${name}`, "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
            ...["-out", this.#path("authority.pem")],
        );
        this.certificatePem = readFileSync(this.#path("authority.pem"), "utf8");
    }

    /** A certificate for servers and clients, as nodes have it; addresses beyond 127.0.0.1 by their texts. */
    public server(addresses: readonly string[] = []): Issued {
        const names = [`DNS:${SERVER_NAME}`, ...["127.0.0.1", ...addresses].map((each) => `IP:${each}`)];
        return this.#issue("server", SERVER_NAME, [
            `subjectAltName=${names.join(",")}`,
            "extendedKeyUsage=serverAuth,clientAuth",
        ]);
    }

    /** A client's certificate under a common name; `file` tells several of one name apart. */
    public client(commonName: string, { serial, file = commonName }: ClientOptions = {}): Issued {
        return this.#issue(file, commonName, ["extendedKeyUsage=clientAuth"], serial);
    }

    /** An authority that says it is this one, with another key. */
    public impostor(directory: string): TestAuthority {
        const impostor = new TestAuthority(directory, this.name);
        const identifier = this.#openssl(
            ...["x509", "-in", this.#path("authority.pem"), "-noout", "-ext", "subjectKeyIdentifier"],
        );
        const [, value = ""] = /\n\s*([0-9A-F:]+)/.exec(identifier) ?? [];
        impostor.#openssl(
            ...["req", "-x509", "-new", "-key", impostor.#path("authority.key"), "-days", "30"],
            ...["-subj", `/CN=${this.name}`, "-addext", `subjectKeyIdentifier=${value}`],
            ...["-addext", "keyUsage=critical,keyCertSign", "-out", impostor.#path("authority.pem")],
        );
        return impostor;
    }

    #issue(file: string, commonName: string, extensions: readonly string[], serial?: number): Issued {
        this.#key(file);
        const request = this.#path(`${file}.csr`);
        const lines = ["basicConstraints=critical,CA:FALSE", "authorityKeyIdentifier=keyid", ...extensions];
        writeFileSync(this.#path(`${file}.ext`), lines.join("\n"));
        this.#openssl(
            "req",
            "-new",
            "-key",
            this.#path(`${file}.key`),
            "-subj",
            `/CN=${commonName}`,
            "-out",
            request,
        );
        const certificate = this.#path(`${file}.pem`);
        this.#openssl(
            ...["x509", "-req", "-in", request, "-CA", this.#path("authority.pem")],
            ...["-CAkey", this.#path("authority.key"), "-days", "20", "-extfile", this.#path(`${file}.ext`)],
            ...["-set_serial", String(serial ?? Math.floor(Math.random() * 1e9) + 1), "-out", certificate],
        );
        const privateKey = this.#path(`${file}.key`);
        return {
            certificate,
            privateKey,
            certificatePem: readFileSync(certificate, "utf8"),
            privateKeyPem: readFileSync(privateKey, "utf8"),
        };
    }

    #key(file: string): void {
        this.#openssl(
            ...["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            ...["-out", this.#path(`${file}.key`)],
        );
    }

    #path(file: string): string {
        return join(this.#directory, file);
    }

    #openssl(...args: readonly string[]): string {
        return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    }
}

export interface ClientOptions {
    readonly serial?: number;
    readonly file?: string;
}
