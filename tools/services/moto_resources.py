"""moto's server, with what its policies lack: which key, secret or group a call is about, for without it a statement
that names a resource matches no call; that a role which trusts a service trusts nobody of the account, for it would fail;
and the actions by which an instance speaks of its lifecycle."""
import base64
import json

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult
from moto.iam.access_control import IAMPolicyStatement
from moto.kms.responses import KmsResponse
from moto.kms.utils import KEY_ID_LEN
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.server import main


def body(response):
    return json.loads(response.body or "{}")


def key(response):
    given = body(response)
    name = given.get("KeyId")
    if name is None and "CiphertextBlob" in given:
        # moto begins a ciphertext with the id of its key; KMS knows it in a way of its own.
        name = base64.b64decode(given["CiphertextBlob"])[:KEY_ID_LEN].decode()
    if name is None:
        return "*"
    return name if name.startswith("arn:") else f"arn:aws:kms:{response.region}:{response.current_account}:key/{name}"


def secret(response):
    return body(response).get("SecretId", "*")


def group(response):
    groups = response.autoscaling_backend.autoscaling_groups
    [name] = response.querystring.get("AutoScalingGroupName", [None])
    [instance] = response.querystring.get("InstanceId", [None])
    for one in groups.values():
        if one.name == name or (name is None and instance in [state.instance.id for state in one.instance_states]):
            return one.arn
    return "*"


whoever_is_named = IAMPolicyStatement._check_principal


def is_trusted(statement, principal):
    named = statement._statement.get("Principal")
    # Who calls here is a user or a role of the account, and never a service.
    return whoever_is_named(statement, principal) if not named or "AWS" in named else False


def accepted(response):
    return EmptyResult()


IAMPolicyStatement._check_principal = is_trusted
KmsResponse._determine_resource = key
SecretsManagerResponse._determine_resource = secret
AutoScalingResponse._determine_resource = group
AutoScalingResponse.complete_lifecycle_action = accepted
AutoScalingResponse.record_lifecycle_action_heartbeat = accepted

main()
