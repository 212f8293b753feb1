/** Files of Debian packages for tests: fetched by apt, unpacked into a folder for each, with nothing installed. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { runProgram } from "../pulumi/processes";

/** The unpacked packages, each in a folder of its own, or why there are none. */
export type DebianPackages = { readonly folders: readonly string[] } | { readonly missing: string };

/** How long apt may take for its lists, and for the packages, in milliseconds. */
const LIMITS = { lists: 3 * 60_000, packages: 3 * 60_000, unpack: 60_000 };

export function debianCache(): string {
    return join(homedir(), ".cache", "portcullis", "debian");
}

/**
 * Gets packages at the version that apt would install, without their dependencies: name those too that a machine may
 * lack. Each is unpacked into `<cache>/<name>_<version>_<architecture>` and stays there. Needs no root; where the
 * machine's lists of packages are missing or stale, it uses lists of its own.
 */
export async function debianPackages(
    names: readonly string[],
    cache: string = debianCache(),
): Promise<DebianPackages> {
    try {
        mkdirSync(cache, { recursive: true });
        try {
            return { folders: await unpacked(names, cache, []) };
        } catch {
            const own = await ownLists(join(cache, "apt"));
            return { folders: await unpacked(names, cache, own) };
        }
    } catch (error) {
        const why = error instanceof Error ? error.message : "unknown";
        return { missing: `${names.join(", ")} could not be had from Debian (${why})` };
    }
}

/** The path of a file that one of the packages has, as `bin/pk12util` or, among its libraries, `engines-3/pkcs11.so`. */
export function packagedFile(folders: readonly string[], name: string): string | undefined {
    const places = folders.flatMap((folder) => [join(folder, "usr"), ...libraryFolders(folder)]);
    return places.map((place) => join(place, name)).find((path) => existsSync(path));
}

/** What the packages' programs need in their environment to find the packages' libraries. */
export function packagedEnvironment(folders: readonly string[]): Record<string, string> {
    const given = process.env.LD_LIBRARY_PATH;
    const places = [...folders.flatMap(libraryFolders), ...(given === undefined ? [] : [given])];
    return { LD_LIBRARY_PATH: places.join(delimiter) };
}

/** `usr/lib`, and in it the folder of the machine's architecture. */
function libraryFolders(folder: string): string[] {
    const libraries = join(folder, "usr", "lib");
    if (!existsSync(libraries)) return [];
    const inner = readdirSync(libraries).filter((name) => /-linux-/.test(name));
    return [libraries, ...inner.map((name) => join(libraries, name))];
}

async function unpacked(
    names: readonly string[],
    cache: string,
    options: readonly string[],
): Promise<readonly string[]> {
    const located = await run("apt-get", [...options, "download", "--print-uris", ...names], cache, 60_000);
    // Each line: 'URI' NAME_VERSION_ARCHITECTURE.deb SIZE HASH
    const files = [...located.matchAll(/^'[^']+' (\S+)\.deb /gm)].map(([, file]) => file ?? "");
    const folders = names.map((name) => {
        const file = files.find((each) => each.startsWith(`${name}_`));
        if (file === undefined) throw new Error(`apt-get knows no place to get ${name} from`);
        return join(cache, file);
    });
    const absent = names.filter((_name, index) => !existsSync(folders[index] ?? ""));
    if (absent.length > 0) await fetchInto(cache, absent, options);
    return folders;
}

/** Of several processes that fetch the same at once one wins, and none sees half of a package. */
async function fetchInto(cache: string, names: readonly string[], options: readonly string[]): Promise<void> {
    const draft = join(cache, `draft.${randomBytes(6).toString("hex")}`);
    mkdirSync(draft);
    try {
        await run("apt-get", [...options, "download", ...names], draft, LIMITS.packages);
        for (const file of readdirSync(draft).filter((name) => name.endsWith(".deb"))) {
            const folder = file.slice(0, -".deb".length);
            await run("dpkg-deb", ["-x", file, folder], draft, LIMITS.unpack);
            try {
                renameSync(join(draft, folder), join(cache, folder));
            } catch (error) {
                if (!existsSync(join(cache, folder))) throw error;
            }
        }
    } finally {
        rmSync(draft, { recursive: true, force: true });
    }
}

/** Lists of packages in a folder of one's own, as options of apt-get. */
async function ownLists(folder: string): Promise<readonly string[]> {
    const state = join(folder, "state");
    const cache = join(folder, "cache");
    mkdirSync(join(state, "lists", "partial"), { recursive: true });
    mkdirSync(join(cache, "archives", "partial"), { recursive: true });
    const settings = [
        ...[`Dir::State=${state}`, `Dir::State::lists=${join(state, "lists")}/`, `Dir::Cache=${cache}`],
        "Debug::NoLocking=true",
    ];
    const options = settings.flatMap((setting) => ["-o", setting]);
    await run("apt-get", [...options, "--quiet", "update"], folder, LIMITS.lists);
    return options;
}

async function run(command: string, args: readonly string[], cwd: string, limit: number): Promise<string> {
    const { code, stdout, stderr, timedOut } = await runProgram(command, args, {
        cwd,
        limit,
        environment: { LC_ALL: "C" },
    }).catch(() => {
        throw new Error(`there is no ${command} command`);
    });
    if (timedOut) throw new Error(`${command} took too long`);
    if (code === 0) return stdout;
    const why = stderr.split("\n").find((line) => line.startsWith("E:")) ?? stderr.split("\n")[0] ?? "";
    throw new Error(`${command} failed: ${why.replace(/^E: /, "")}`);
}
