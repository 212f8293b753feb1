/** The command-line tools of NSS, the library by which Firefox, Thunderbird and Chrome on Linux keep certificates. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { debianPackages, packagedEnvironment, packagedFile } from "./debian";

export interface Nss {
    readonly certutil: string;
    readonly pk12util: string;
    /** What both need in their environment. */
    readonly environment: Readonly<Record<string, string>>;
}

/** Those on PATH, else Debian's; or why there are none. */
export async function findNss(): Promise<Nss | { readonly missing: string }> {
    if (isOnPath("certutil") && isOnPath("pk12util")) {
        return { certutil: "certutil", pk12util: "pk12util", environment: {} };
    }
    const packages = await debianPackages(["libnss3-tools", "libnss3", "libnspr4"]);
    if ("missing" in packages) return packages;
    const { folders } = packages;
    const certutil = packagedFile(folders, join("bin", "certutil"));
    const pk12util = packagedFile(folders, join("bin", "pk12util"));
    if (certutil === undefined || pk12util === undefined) {
        return { missing: "Debian's package of the NSS tools lacks certutil or pk12util" };
    }
    return { certutil, pk12util, environment: packagedEnvironment(folders) };
}

function isOnPath(command: string): boolean {
    try {
        execFileSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" });
        return true;
    } catch {
        return false;
    }
}
