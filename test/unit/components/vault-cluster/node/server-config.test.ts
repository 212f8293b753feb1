/** The server's configuration: what it says for each product, and what no setting can make it say. */
import { expect, test } from "@jest/globals";
import {
    auditDevices,
    configurationOf,
    PLACEHOLDERS,
    serverConfiguration,
} from "../../../../../components/vault-cluster/node/server-config";
import { nodePaths, PORTS } from "../../../../../components/vault-cluster/node/settings";
import { settings } from "./settings";

const rendered = (changes: Parameters<typeof settings>[0] = {}): string =>
    serverConfiguration(configurationOf(settings(changes)));

test("is this, for five nodes of OpenBao", () => {
    expect(rendered()).toBe(`cluster_name = "vault"
api_addr     = "https://@ADDRESS@:8200"
cluster_addr = "https://@ADDRESS@:8201"
ui           = false
log_level    = "info"
log_format   = "json"

storage "raft" {
  path                   = "/var/lib/openbao"
  node_id                = "@NODE_ID@"
  performance_multiplier = 1
  retry_join {
    auto_join             = "provider=aws region=eu-west-3 tag_key=portcullis:vault-cluster tag_value=vault addr_type=private_v4"
    auto_join_scheme      = "https"
    auto_join_port        = 8200
    leader_tls_servername = "vault.example.com"
    leader_ca_cert_file   = "/etc/portcullis/tls/authorities.pem"
  }
}

listener "tcp" {
  address         = "@ADDRESS@:8200"
  cluster_address = "@ADDRESS@:8201"
  tls_cert_file   = "/etc/portcullis/tls/certificate.pem"
  tls_key_file    = "/etc/portcullis/tls/private-key.pem"
  tls_min_version = "tls12"
}

seal "awskms" {
  region     = "eu-west-3"
  kms_key_id = "arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555"
}

listener "unix" {
  address                                  = "/var/lib/openbao/recovery.sock"
  disable_unauthed_generate_root_endpoints = false
}

audit "file" "file" {
  options {
    file_path = "/var/log/openbao/audit.log"
    mode      = "0600"
  }
}

audit "file" "journal" {
  options {
    file_path = "stdout"
  }
}
`);
});

test("joins nobody where the cluster is of one node", () => {
    expect(rendered({ nodes: 1 })).not.toContain("retry_join");
    expect(rendered({ nodes: 3 })).toContain("retry_join");
});

test("serves metrics on a port of their own and there alone, and nothing else on it", () => {
    const metrics = rendered({ telemetry: true });
    expect(metrics).toContain(`address         = "@ADDRESS@:${PORTS.telemetry}"`);
    expect(metrics).toContain("metrics_only                   = true");
    expect(metrics).toContain("disallow_metrics = true");
    // Vault knows neither word, and would serve its whole API there.
    const vault = rendered({ telemetry: true, product: "vault" });
    expect(vault).not.toContain(String(PORTS.telemetry));
    expect(vault).not.toContain("telemetry");
    expect(rendered()).not.toContain("metrics");
});

test("says to Vault that memory is not locked, and leaves its audit devices to the API", () => {
    const vault = rendered({ product: "vault" });
    expect(vault).toContain("disable_mlock = true");
    expect(vault).not.toContain("audit ");
    expect(rendered()).not.toContain("mlock");
});

test("differs from that of a test by endpoints and places alone", () => {
    const own = configurationOf(settings());
    const tested = serverConfiguration({
        ...own,
        join: { tag: "vault", region: "eu-west-3", endpoint: "http://127.0.0.1:5000" },
        seal: { ...own.seal, endpoint: "http://127.0.0.1:5000" },
    });
    const restored = tested
        .replace(" endpoint=http://127.0.0.1:5000", "")
        .replace('\n  endpoint   = "http://127.0.0.1:5000"', "");
    expect(restored).toBe(rendered());
});

test("has nothing to fill in but the address and the node's id", () => {
    const found = new Set(rendered({ telemetry: true }).match(/@[^@\s]*@/g));
    expect([...found].sort()).toEqual([PLACEHOLDERS.address, PLACEHOLDERS.nodeId].sort());
});

test("has two audit devices, of which neither waits for anything beyond the machine", () => {
    expect(auditDevices(nodePaths(settings({ product: "vault" })))).toEqual([
        { type: "file", path: "file", options: { file_path: "/var/log/vault/audit.log", mode: "0600" } },
        { type: "file", path: "journal", options: { file_path: "stdout" } },
    ]);
});
