/** The user data of a node: a cloud-init configuration with everything that the node runs, and no secret. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { PortcullisError } from "../../../provider/errors";
import { archive } from "./archive";
import { carried } from "./carried";
import { configurationOf, serverConfiguration } from "./server-config";
import {
    checkSettings,
    LIBRARY,
    nodePaths,
    productNames,
    SETTINGS_FILE,
    type NodeSettings,
} from "./settings";
import { BOOT_UNIT, systemdUnits, type NodeFile } from "./units";

/** What EC2 takes, before it is encoded for the call. */
export const USER_DATA_LIMIT = 16_384;
const ARCHIVE = `${LIBRARY}/node.tar.gz`;

/**
 * Raw cloud-init text (`#cloud-config`). The same settings give the same bytes on every machine, so that a preview
 * shows a change where there is one. Throws `InvalidInput` where a value is refused, or where it is over the limit.
 */
export function userData(settings: NodeSettings): string {
    checkSettings(settings);
    const files = nodeFiles(settings);
    const packed = Buffer.from(archive(files)).toString("base64");
    const text = `#cloud-config\n${stringify(
        {
            write_files: [
                { path: SETTINGS_FILE, permissions: "0644", content: `${JSON.stringify(settings)}\n` },
                // One archive: compressed together, the files take a fifth less than each by itself.
                { path: ARCHIVE, permissions: "0644", encoding: "b64", content: packed },
            ],
            runcmd: [
                ["python3", "-m", "tarfile", "-e", ARCHIVE, "/"],
                ["systemctl", "daemon-reload"],
                ["systemctl", "enable", BOOT_UNIT],
                // Not waited for: the first boot goes on while the node waits for its secret.
                ["systemctl", "start", "--no-block", BOOT_UNIT],
            ],
        },
        { lineWidth: 0 },
    )}`;
    const size = Buffer.byteLength(text);
    if (size <= USER_DATA_LIMIT) return text;
    throw new PortcullisError({
        code: "InvalidInput",
        problem: `The user data of a node would have ${size} bytes, and EC2 takes ${USER_DATA_LIMIT}.`,
        remedy: `Shorten the longest of the cluster's settings, ${longest(settings)}.`,
    });
}

/** The setting that takes the most room. */
function longest(settings: NodeSettings): string {
    const sizes = Object.entries(settings).map(([name, value]) => ({
        name,
        size: JSON.stringify(value).length,
    }));
    return sizes.reduce((one, other) => (other.size > one.size ? other : one)).name;
}

/** Every file that the user data puts on a node beside its settings. */
export function nodeFiles(settings: NodeSettings): readonly NodeFile[] {
    const { program, configuration, data, audit, tls } = nodePaths(settings);
    const { unit, user } = productNames(settings.product);
    const places = {
        ...{ unit, user, program, configuration, data, audit },
        tls: [tls.certificate, tls.privateKey, tls.authorities],
    };
    return [
        { path: `${LIBRARY}/places.json`, mode: "0644", text: `${JSON.stringify(places)}\n` },
        {
            path: `${LIBRARY}/server.hcl`,
            mode: "0644",
            text: serverConfiguration(configurationOf(settings)),
        },
        { path: `${LIBRARY}/boot.py`, mode: "0644", text: shipped("boot.py") },
        { path: `${LIBRARY}/agent.py`, mode: "0644", text: shipped("agent", "agent.py") },
        ...systemdUnits(settings),
    ];
}

/** A program of a node, which lies beside this file in the package too. */
function shipped(...path: readonly string[]): string {
    return carried(readFileSync(join(__dirname, ...path), "utf8"));
}
