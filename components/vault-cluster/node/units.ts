/** The systemd units of a node: what prepares it at boot, the server, and the service that watches over both. */
import { LIBRARY, nodePaths, productNames, type NodeSettings } from "./settings";

/** A file of a node. */
export interface NodeFile {
    readonly path: string;
    /** Octal, as "0644"; the owner is root. */
    readonly mode: string;
    readonly text: string;
}

/** Prepares the node at each start of the machine, and starts what runs on it. */
export const BOOT_UNIT = "portcullis-boot.service";
const PYTHON = "/usr/bin/python3";
/** What a service that faces a network is not let near. */
const CONFINEMENT = [
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "LimitCORE=0",
];

export function systemdUnits(settings: NodeSettings): readonly NodeFile[] {
    const { unit } = productNames(settings.product);
    return [
        unitFile(BOOT_UNIT, BOOT),
        unitFile(unit, server(settings)),
        unitFile("portcullis-agent.service", agent(settings)),
        { path: "/etc/logrotate.d/portcullis", mode: "0644", text: rotation(settings) },
        // Once a day, as distributions have it, is too seldom for a file that can fill a disk.
        unitFile("logrotate.timer.d/portcullis.conf", ["[Timer]", "OnCalendar=hourly"]),
    ];
}

function unitFile(name: string, lines: readonly string[]): NodeFile {
    return { path: `/etc/systemd/system/${name}`, mode: "0644", text: `${lines.join("\n")}\n` };
}

/** Runs at each start of the machine, for its address may have changed; tried again until it succeeds. */
const BOOT = [
    "[Unit]",
    "Description=Prepare this instance to be a node of the cluster",
    "Wants=network-online.target",
    "After=network-online.target",
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    `ExecStart=${PYTHON} ${LIBRARY}/boot.py`,
    "Restart=on-failure",
    "RestartSec=15",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
];

/**
 * The server. It ends by itself where the key service does not answer at its start, so systemd starts it again, every
 * five seconds and for ever: a limit on starts would leave it down after an outage of a minute.
 */
function server(settings: NodeSettings): readonly string[] {
    const { program, configuration, data, audit } = nodePaths(settings);
    const { user } = productNames(settings.product);
    return [
        "[Unit]",
        `Description=Server of the cluster ${settings.clusterName}`,
        "Wants=network-online.target",
        `After=network-online.target ${BOOT_UNIT}`,
        `ConditionFileNotEmpty=${configuration}`,
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        "Type=notify",
        `User=${user}`,
        `Group=${user}`,
        `ExecStart=${program} server -config=${configuration}`,
        "ExecReload=/bin/kill -HUP $MAINPID",
        "KillMode=process",
        "KillSignal=SIGINT",
        "TimeoutStopSec=30",
        "Restart=always",
        "RestartSec=5",
        "UMask=0077",
        "LimitNOFILE=65536",
        // Its memory holds what is secret: none of it is to reach a disk.
        "MemorySwapMax=0",
        // The journal is the second audit device, and may drop nothing.
        "LogRateLimitIntervalSec=0",
        `ReadWritePaths=${data} ${audit.slice(0, audit.lastIndexOf("/"))}`,
        "CapabilityBoundingSet=",
        ...CONFINEMENT,
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    ];
}

/** The node service: root, for it puts keys in place and reloads the server, but with few of root's rights. */
function agent(settings: NodeSettings): readonly string[] {
    const { certificate } = nodePaths(settings).tls;
    return [
        "[Unit]",
        `Description=Notices, renewal and health of a node of the cluster ${settings.clusterName}`,
        "Wants=network-online.target",
        `After=network-online.target ${BOOT_UNIT}`,
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        `ExecStart=${PYTHON} ${LIBRARY}/agent.py run`,
        "Restart=always",
        "RestartSec=5",
        "UMask=0077",
        `ReadWritePaths=${certificate.slice(0, certificate.lastIndexOf("/"))}`,
        "CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER",
        ...CONFINEMENT,
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    ];
}

/**
 * Keeps the audit log from filling the disk. The server opens its files again when it reloads, which root asks for; all
 * else is done as the server's own user, who may put links in the log's place: root would follow them.
 */
function rotation(settings: NodeSettings): string {
    const { audit } = nodePaths(settings);
    const { unit, user } = productNames(settings.product);
    const lines = [
        ...[
            `su ${user} ${user}`,
            "daily",
            "maxsize 128M",
            "rotate 14",
            "compress",
            "delaycompress",
            "missingok",
        ],
        ...["notifempty", "create 0600"],
        ...["postrotate", `    systemctl reload ${unit}`, "endscript"],
    ];
    return `${audit} {\n${lines.map((line) => `    ${line}`).join("\n")}\n}\n`;
}
