/** The objects of VaultBackup that are of kinds of others, held against the definitions of External Secrets and of the Prometheus Operator. */
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { externalSecretSpec } from "../../components/vault-backup/auth";
import { alertsSpec } from "../../components/vault-backup/alerts";
import { objectNames } from "../../components/vault-backup/names";
import { settingsOf } from "../../components/vault-backup/plan";
import { backupValidator } from "../support/certificate-crds";
import type { Validate } from "../support/operator-crds";
import { APP_ROLE, backup, DRILL } from "../unit/components/vault-backup/fixture";
import { foundOrSkip } from "../support/skip";

describe("the objects of VaultBackup", function () {
    this.timeout(150_000);
    let validate: Validate;
    const names = objectNames({ name: "backup" }, "0123456789");
    const secret = {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name: names.secret, namespace: "vault" },
        spec: externalSecretSpec(APP_ROLE, names.secret),
    };
    const alerts = {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name: names.alerts, namespace: "vault" },
        spec: alertsSpec(settingsOf("backup", backup("", { drill: DRILL })), names, "critical"),
    };

    before(async function () {
        const found = foundOrSkip(this, await backupValidator());
        validate = found.validate;
    });

    it("are taken", () => {
        assert.deepEqual(validate(secret), []);
        assert.deepEqual(validate(alerts), []);
    });

    it("would not be taken with a field too many, or of another form", () => {
        const spec = { ...secret.spec, refresh: "1h" };
        assert.deepEqual(validate({ ...secret, spec }), [
            "/spec: must NOT have additional properties (refresh)",
        ]);
        assert.deepEqual(validate({ ...alerts, spec: { groups: [{ rules: [] }] } }), [
            "/spec/groups/0: must have required property 'name'",
        ]);
    });
});
