/** A machine of its own for a test: this one's files under a layer that takes every change, its own network without a
 * way out, its own processes, and a systemd as the first of them. Needs root. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findProgram } from "../pulumi/cli";
import { runProgram, type Finished } from "../pulumi/processes";

export interface MachineOptions {
    /** An empty folder, which keeps the machine's changes; given again, the same machine is started once more. */
    readonly directory: string;
    /** Addresses that it has beside those of loopback. */
    readonly addresses: readonly string[];
    /** Changes the files below the given root before systemd starts. */
    readonly prepare?: (root: string) => void;
}

export interface Machine {
    /** Where this process sees the machine's files. */
    readonly root: string;
    /** What runs a command of this machine, with this machine's files, in the other's network. */
    readonly inNetwork: readonly [string, ...string[]];
    /** Runs a command there to its end. */
    readonly run: (
        command: readonly [string, ...string[]],
        environment?: Readonly<Record<string, string>>,
    ) => Promise<Finished>;
    /** Cuts the power: everything that runs on it is gone at once. */
    readonly cut: () => Promise<void>;
}

/** Makes a group for its processes, then runs the second script in namespaces of its own. */
const OUTER = `
set -eu
mount --make-rprivate /
if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then groups=/sys/fs/cgroup
else groups="$1/groups"; mkdir -p "$groups"; mount -t cgroup -o none,name=systemd cgroup "$groups"; fi
mkdir -p "$groups/portcullis-$2"
echo $$ > "$groups/portcullis-$2/cgroup.procs"
unshare --pid --net --uts --ipc --cgroup --mount --fork --kill-child sh -c "$3" sh "$1" "$4" || true
echo $$ > "$groups/cgroup.procs"
find "$groups/portcullis-$2" -depth -type d -exec rmdir {} \\;
`;
/** Puts the machine's files together and becomes its systemd. It cannot change this machine's kernel or clock. */
const INNER = `
set -eu
root="$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/changes,workdir=$1/work" "$root"
# None of the services that the outer machine has been told to start.
if [ ! -e "$1/started" ]; then find "$root/etc/systemd/system" -mindepth 1 -delete; touch "$1/started"; fi
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
    mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd,xattr cgroup "$root/sys/fs/cgroup/systemd"
fi
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
hostname machine
ip link set lo up
for address in $2; do ip address add "$address/32" dev lo; done
exec chroot "$root" /usr/bin/env -i container=portcullis PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
    setpriv --bounding-set=-sys_module,-sys_time,-sys_rawio,-sys_boot \\
    /lib/systemd/systemd --system --unit=multi-user.target --show-status=no
`;

/** Starts the machine and waits until its systemd answers; or says why this machine cannot have one in it. */
export async function startMachine(options: MachineOptions): Promise<Machine | { readonly missing: string }> {
    const lacking = await unavailable();
    if (lacking !== undefined) return { missing: lacking };
    const { directory, addresses, prepare } = options;
    const changes = join(directory, "changes");
    const isNew = !existsSync(changes);
    for (const name of [changes, join(directory, "work"), join(directory, "root")])
        mkdirSync(name, { recursive: true });
    if (isNew) prepare?.(changes);
    const child = spawn(
        "unshare",
        ["--mount", "sh", "-c", OUTER, "sh", directory, basename(directory), INNER, addresses.join(" ")],
        { stdio: ["ignore", "pipe", "pipe"] },
    );
    let log = "";
    for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (log += text));
    const first = await firstProcess(child);
    if (first === undefined)
        return { missing: `no systemd could be started in namespaces of its own: ${log.trim()}` };
    const enter = ["nsenter", "--target", String(first)] as const;
    const machine: Machine = {
        root: `/proc/${first}/root`,
        inNetwork: [...enter, "--net"],
        run: (command, environment = {}) =>
            runProgram(
                enter[0],
                [
                    ...enter.slice(1),
                    "--all",
                    "--root",
                    "env",
                    "-i",
                    "-C",
                    "/",
                    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                ]
                    .concat(Object.entries(environment).map(([key, value]) => `${key}=${value}`))
                    .concat(command),
                { limit: 120_000 },
            ),
        cut: async () => {
            const ended = once(child, "exit");
            process.kill(first, "SIGKILL");
            await ended;
        },
    };
    const end = Date.now() + 60_000;
    while ((await machine.run(["systemctl", "is-active", "basic.target"])).stdout.trim() !== "active") {
        if (child.exitCode !== null || Date.now() > end) {
            if (child.exitCode === null) await machine.cut();
            return { missing: `its systemd did not come up: ${log.trim()}` };
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return machine;
}

async function unavailable(): Promise<string | undefined> {
    if (process.getuid?.() !== 0) return "only root can start a machine in namespaces";
    for (const program of ["unshare", "nsenter", "setpriv", "ip"]) {
        if ((await findProgram(program, process.env.PATH ?? "")) === undefined)
            return `there is no ${program} command`;
    }
    return existsSync("/lib/systemd/systemd") ? undefined : "there is no systemd";
}

/** The process that is the machine's first, once it is systemd; undefined where the scripts end before. */
async function firstProcess(child: ChildProcess): Promise<number | undefined> {
    for (let wait = 0; wait < 200 && child.exitCode === null; wait++) {
        const [inner] = childrenOf(child.pid ?? 0);
        const [first] = inner === undefined ? [] : childrenOf(inner);
        if (first !== undefined && nameOf(first) === "systemd") return first;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    child.kill("SIGKILL");
    return undefined;
}

function childrenOf(pid: number): readonly number[] {
    try {
        return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
            .split(" ")
            .filter(Boolean)
            .map(Number);
    } catch {
        return [];
    }
}

function nameOf(pid: number): string {
    try {
        return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    } catch {
        return "";
    }
}
