/** cloud-init, the real program: what an image runs at its first boot with an instance's user data. */
import { join } from "node:path";
import { findProgram } from "../pulumi/cli";
import { debianPackages } from "./debian";

export interface CloudInit {
    /** The command and its first arguments. */
    readonly command: readonly [string, ...string[]];
    /** What it needs in its environment. */
    readonly environment: Readonly<Record<string, string>>;
}

/** cloud-init and those of its libraries that a machine may lack. */
const PACKAGES = [
    ...["cloud-init", "python3-configobj", "python3-jinja2", "python3-markupsafe", "python3-jsonpatch"],
    ...["python3-json-pointer", "python3-jsonschema", "python3-attr", "python3-pyrsistent", "python3-six"],
    ...["python3-netifaces", "python3-oauthlib", "python3-requests", "python3-urllib3", "python3-certifi"],
    ...["python3-chardet", "python3-idna", "python3-serial", "python3-yaml"],
];

/** That on PATH, else Debian's, run by Debian's own Python; or why there is none. */
export async function findCloudInit(): Promise<CloudInit | { readonly missing: string }> {
    const there = await findProgram("cloud-init", process.env.PATH ?? "");
    if (there !== undefined) return { command: [there], environment: {} };
    const packages = await debianPackages(PACKAGES);
    if ("missing" in packages) return packages;
    const libraries = packages.folders.map((folder) => join(folder, "usr/lib/python3/dist-packages"));
    return {
        command: ["/usr/bin/python3", "-m", "cloudinit.cmd.main"],
        environment: { PYTHONPATH: libraries.join(":") },
    };
}
