/** SoftHSM, a PKCS#11 token in software, with what makes keys in it and what lets the openssl command use them. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { debianPackages, packagedEnvironment, packagedFile } from "./debian";

export interface SoftHsm {
    /** SoftHSM's PKCS#11 module. */
    readonly module: string;
    /** OpenSSL's engine for keys of PKCS#11 modules. */
    readonly engine: string;
    /** OpenSC's pkcs11-tool. */
    readonly pkcs11Tool: string;
    /** What pkcs11-tool needs in its environment. */
    readonly environment: Readonly<Record<string, string>>;
}

/** Where distributions put the module. */
const MODULES = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
];

const PACKAGES = ["libsofthsm2", "libengine-pkcs11-openssl", "opensc", "opensc-pkcs11"];

/** Those that are installed where all of them are, else Debian's; or why there are none. */
export async function findSoftHsm(): Promise<SoftHsm | { readonly missing: string }> {
    const engines = engineFolder();
    if (engines === undefined)
        return { missing: "there is no openssl command that says where its engines are" };
    const installed = whole({
        module: MODULES.find((path) => existsSync(path)),
        engine: [join(engines, "pkcs11.so")].find((path) => existsSync(path)),
        pkcs11Tool: (process.env.PATH ?? "")
            .split(delimiter)
            .map((folder) => join(folder, "pkcs11-tool"))
            .find((path) => existsSync(path)),
        environment: {},
    });
    if (installed !== undefined) return installed;
    const packages = await debianPackages(PACKAGES);
    if ("missing" in packages) return packages;
    const { folders } = packages;
    const fetched = whole({
        module: packagedFile(folders, join("softhsm", "libsofthsm2.so")),
        engine: packagedFile(folders, join("engines-3", "pkcs11.so")),
        pkcs11Tool: packagedFile(folders, join("bin", "pkcs11-tool")),
        environment: packagedEnvironment(folders),
    });
    return (
        fetched ?? { missing: "Debian's packages of SoftHSM, libp11 and OpenSC lack what is needed of them" }
    );
}

interface Parts {
    readonly module: string | undefined;
    readonly engine: string | undefined;
    readonly pkcs11Tool: string | undefined;
    readonly environment: Readonly<Record<string, string>>;
}

function whole({ module, engine, pkcs11Tool, environment }: Parts): SoftHsm | undefined {
    if (module === undefined || engine === undefined || pkcs11Tool === undefined) return undefined;
    return { module, engine, pkcs11Tool, environment };
}

function engineFolder(): string | undefined {
    try {
        const answer = execFileSync("openssl", ["version", "-e"], { encoding: "utf8" });
        return /^ENGINESDIR: "([^"]+)"/.exec(answer)?.[1];
    } catch {
        return undefined;
    }
}
