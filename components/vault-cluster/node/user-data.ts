/** The user data of a node: a cloud-init configuration with everything that the node runs, and no secret. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { stringify } from "yaml";
import { PortcullisError } from "../../../provider/errors";
import { configurationOf, serverConfiguration } from "./server-config";
import {
    checkSettings,
    LIBRARY,
    nodePaths,
    productNames,
    SETTINGS_FILE,
    type NodeSettings,
} from "./settings";
import { systemdUnits, type NodeFile } from "./units";

/** What EC2 takes, before it is encoded for the call. */
export const USER_DATA_LIMIT = 16_384;

/**
 * Raw cloud-init text (`#cloud-config`). The same settings give the same bytes on every machine, so that a preview
 * shows a change where there is one. Throws `InvalidInput` where a value is refused, or where it is over the limit.
 */
export function userData(settings: NodeSettings): string {
    checkSettings(settings);
    const files = nodeFiles(settings);
    const text = `#cloud-config\n${stringify(
        {
            write_files: files.map(written),
            // Not waited for: the first boot goes on while the node waits for its secret.
            runcmd: [
                ["systemctl", "daemon-reload"],
                ["systemctl", "enable", "portcullis-boot.service"],
                ["systemctl", "start", "--no-block", "portcullis-boot.service"],
            ],
        },
        { lineWidth: 0 },
    )}`;
    const size = Buffer.byteLength(text);
    if (size <= USER_DATA_LIMIT) return text;
    const largest = files
        .map((file) => ({ path: file.path, bytes: Buffer.byteLength(stringify([written(file)])) }))
        .sort((one, other) => other.bytes - one.bytes)
        .slice(0, 3)
        .map(({ path, bytes }) => `${path} (${bytes})`);
    throw new PortcullisError({
        code: "InvalidInput",
        problem: `The user data of a node would have ${size} bytes, and EC2 takes ${USER_DATA_LIMIT}.`,
        remedy: `Shorten the names in the settings; the largest files are ${largest.join(", ")}.`,
    });
}

/** Every file that the user data puts on a node. */
export function nodeFiles(settings: NodeSettings): readonly NodeFile[] {
    const { program, configuration, data, audit, tls } = nodePaths(settings);
    const { unit, user } = productNames(settings.product);
    const places = {
        ...{ unit, user, program, configuration, data, audit },
        tls: [tls.certificate, tls.privateKey, tls.authorities],
    };
    return [
        { path: SETTINGS_FILE, mode: "0644", text: `${JSON.stringify(settings)}\n` },
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
    return readFileSync(join(__dirname, ...path), "utf8");
}

/** An entry of `write_files`: compressed where that is shorter. */
function written({ path, mode, text }: NodeFile): Readonly<Record<string, string>> {
    const plain = { path, permissions: mode, content: text };
    // Not by Node's zlib, whose bytes differ from one version and one kind of machine to another.
    const bytes = gzipSync(Buffer.from(text), { level: 9, mtime: 0 });
    const packed = {
        path,
        permissions: mode,
        encoding: "gz+b64",
        content: Buffer.from(bytes).toString("base64"),
    };
    return stringify(packed, { lineWidth: 0 }).length < stringify(plain, { lineWidth: 0 }).length
        ? packed
        : plain;
}
