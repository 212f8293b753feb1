/** The systemd units of a node: what a failure leads to, and what the services may not do. */
import { expect, test } from "@jest/globals";
import { systemdUnits } from "../../../../../components/vault-cluster/node/units";
import { settings } from "./settings";

const unit = (name: string, changes: Parameters<typeof settings>[0] = {}): readonly string[] =>
    systemdUnits(settings(changes))
        .find(({ path }) => path === `/etc/systemd/system/${name}`)
        ?.text.split("\n") ?? [];

test.each(["portcullis-boot.service", "openbao.service", "portcullis-agent.service"])(
    "%s is started again for ever, for what it waits for may be away for long",
    (name) => {
        expect(unit(name)).toContain("StartLimitIntervalSec=0");
        expect(unit(name).some((line) => /^Restart=(always|on-failure)$/.test(line))).toBe(true);
    },
);

test.each(["openbao.service", "portcullis-agent.service"])(
    "%s leaves no dump and gains no rights",
    (name) => {
        for (const line of ["LimitCORE=0", "NoNewPrivileges=yes", "ProtectSystem=strict"])
            expect(unit(name)).toContain(line);
    },
);

test("the server ends, reloads and is kept out of swap as its makers say", () => {
    for (const line of [
        ...["Type=notify", "ExecReload=/bin/kill -HUP $MAINPID", "KillSignal=SIGINT", "TimeoutStopSec=30"],
        ...["MemorySwapMax=0", "CapabilityBoundingSet=", "ReadWritePaths=/var/lib/openbao /var/log/openbao"],
        "ExecStart=/usr/bin/bao server -config=/etc/openbao/server.hcl",
    ])
        expect(unit("openbao.service")).toContain(line);
});

test.each(["openbao", "vault"] as const)(
    "the audit log of %s is turned with the rights of its own user, who may put links in its place",
    (product) => {
        const files = systemdUnits(settings({ product }));
        expect(files.find(({ path }) => path === "/etc/logrotate.d/portcullis")?.text.split("\n")).toEqual([
            `/var/log/${product}/audit.log {`,
            ...[`    su ${product} ${product}`, "    daily", "    maxsize 128M", "    rotate 14"],
            ...["    compress", "    delaycompress", "    missingok", "    notifempty", "    create 0600"],
            ...["    postrotate", `        systemctl reload ${product}.service`, "    endscript", "}", ""],
        ]);
    },
);

test("Vault goes by its own names", () => {
    const lines = unit("vault.service", { product: "vault", binary: { path: "/usr/bin/vault" } });
    expect(lines).toContain("ExecStart=/usr/bin/vault server -config=/etc/vault/server.hcl");
    expect(lines).toContain("User=vault");
    expect(unit("openbao.service", { product: "vault" })).toEqual([]);
});
