#!/bin/sh
# Opens the secret ids of the AppRoles, once each, and keeps them in Secrets Manager, where External Secrets reads them.
# Nothing secret stands in an argument, and the only token it needs is the one that opens:
#
#   export VAULT_ADDR=https://vault.cloud.ogenki.io:8200 VAULT_CACERT=root-ca.pem
#   pulumi stack output approles --show-secrets --json | ./deliver.sh
#
# Where it says that a token is not valid, somebody else has opened it, or its time has ended: raise secretIdGeneration
# of that AppRole by one, run `pulumi up`, and come back.
set -eu
approles=$(cat)
for name in certManager snapshot; do
    of() { printf '%s' "$approles" | jq -er ".$name.$1"; }
    kept=platform/vault/$(of roleName)
    role_id=$(of roleId)
    wrapping_token=$(of wrappingToken)
    # A secret id that is open and cannot be kept is lost: that this one can be is seen before.
    aws secretsmanager describe-secret --secret-id "$kept" > /dev/null
    secret_id=$(VAULT_TOKEN=$wrapping_token bao unwrap -field=secret_id)
    printf '%s' "$secret_id" |
        jq -R --arg role_id "$role_id" '{ role_id: $role_id, secret_id: . }' |
        aws secretsmanager put-secret-value --secret-id "$kept" --secret-string file:///dev/stdin > /dev/null
    echo "$kept is delivered."
done
