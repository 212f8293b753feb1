/** Programs of Debian packages for tests: taken from PATH, or fetched and unpacked once, and not installed. */
import { join } from "node:path";
import { findProgram } from "../../tools/pulumi/cli";
import { debianPackages, packagedFile } from "../../tools/services/debian";

/** A program, or why there is none. */
export type DebianProgram = { readonly program: string } | { readonly missing: string };

/** The program on PATH, or that of the Debian package of its name. */
export async function debianProgram(name: string): Promise<DebianProgram> {
    const there = await findProgram(name, process.env.PATH ?? "");
    if (there !== undefined) return { program: there };
    const found = await debianPackages([name]);
    if ("missing" in found) return { missing: `${name} is not on PATH, and ${found.missing}` };
    const program = packagedFile(found.folders, join("bin", name));
    return program === undefined ? { missing: `the package ${name} has no such program` } : { program };
}
