/** The TLS files of a test's cluster, made by the openssl command: one authority, and server certificates under it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TlsPaths } from "../../components/vault-cluster/node/settings";

export interface ClusterTls {
    /** The name in every certificate. */
    readonly serverName: string;
    /** Where the nodes read them. */
    readonly paths: TlsPaths;
    /** The authority's certificate. */
    readonly authorities: string;
    /** A new key and certificate, as the secret of a cluster has them: JSON. */
    readonly issue: () => string;
    /** Puts what `issue` gave where the nodes read it; what runs has to be told by a SIGHUP. */
    readonly install: (secret: string) => void;
}

/** An authority in `directory`, with a first certificate for its nodes: on P-256, for servers and for clients. */
export function makeClusterTls(directory: string, serverName: string): ClusterTls {
    mkdirSync(directory, { recursive: true });
    const file = (name: string): string => join(directory, name);
    const paths: TlsPaths = {
        certificate: file("certificate.pem"),
        privateKey: file("private-key.pem"),
        authorities: file("authorities.pem"),
    };
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl(
        "req",
        "-x509",
        ...key,
        "-keyout",
        file("ca.key"),
        "-out",
        paths.authorities,
        "-days",
        "30",
        "-subj",
        "/CN=Cluster authority",
    );
    writeFileSync(
        file("extensions"),
        `subjectAltName=DNS:${serverName}\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=critical,CA:FALSE\n`,
    );
    const authorities = readFileSync(paths.authorities, "utf8");
    const issue = (): string => {
        openssl(
            "req",
            ...key,
            "-keyout",
            file("new.key"),
            "-out",
            file("new.csr"),
            "-subj",
            `/CN=${serverName}`,
        );
        openssl(
            ...["x509", "-req", "-in", file("new.csr"), "-CA", paths.authorities, "-CAkey", file("ca.key")],
            ...["-CAcreateserial", "-days", "30", "-extfile", file("extensions"), "-out", file("new.pem")],
        );
        return JSON.stringify({
            certificate: readFileSync(file("new.pem"), "utf8"),
            privateKey: readFileSync(file("new.key"), "utf8"),
            authorities,
        });
    };
    const install = (secret: string): void => {
        const { certificate, privateKey } = JSON.parse(secret) as Record<
            "certificate" | "privateKey",
            string
        >;
        for (const [path, text] of [
            [paths.certificate, certificate],
            [paths.privateKey, privateKey],
        ] as const) {
            writeFileSync(`${path}.new`, text, { mode: 0o600 });
            renameSync(`${path}.new`, path);
        }
    };
    install(issue());
    return { serverName, paths, authorities, issue, install };
}

function openssl(...args: string[]): void {
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
