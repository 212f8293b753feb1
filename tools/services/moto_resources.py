"""moto's server, with what its policies lack: which key, secret, group or hosted zone a call is about, for without it a
statement that names a resource matches no call; that a role which trusts a service trusts nobody of the account, for it
would fail; that who comes with a token of a cluster signs no call, and is held to what the role's trust says of the token
(whose signature is not looked at); that ids of hosted zones begin with a Z; and the actions by which an instance speaks
of its lifecycle."""
import base64
import json
import re

from moto.autoscaling.responses import AutoScalingResponse
from moto.core.exceptions import AccessDeniedError
from moto.core.responses import EmptyResult
from moto.iam.access_control import IAMPolicy, IAMPolicyStatement, IAMRequest, PermissionResult
from moto.iam.models import iam_backends
from moto.kms.responses import KmsResponse
from moto.kms.utils import KEY_ID_LEN
from moto.route53 import models as route53
from moto.route53.responses import Route53
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.server import main
from moto.sts.responses import TokenResponse


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


def zone(response):
    found = re.search(r"/((?:hostedzone|change)/[^/?]+)", response.uri)
    return f"arn:{response.partition}:route53:::{found[1]}" if found else "*"


whatever_was_signed = IAMRequest._create_aws_request


def signed(request):
    if request._service == "route53" and not request._body:
        # moto takes what the path says for the body of a call that has none.
        request._data = {}
    return whatever_was_signed(request)


any_zone_id = route53.create_route53_zone_id


def zone_id(*args, **given):
    return f"Z{any_zone_id(*args, **given)}"


whoever_signs = TokenResponse._authenticate_and_authorize_normal_action


def authorize(response, resource="*"):
    action = response._get_action()
    if action != "AssumeRoleWithWebIdentity":
        return whoever_signs(response, resource)
    [arn] = response.querystring["RoleArn"]
    [token] = response.querystring["WebIdentityToken"]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    issuer = claims["iss"].removeprefix("https://")
    values = {f"{issuer}:{name}": claims[name] for name in ("aud", "sub")}
    role = iam_backends[response.current_account][response.partition].get_role_by_arn(arn)
    trust = IAMPolicy(role.assume_role_policy_document)
    if trust.is_action_permitted(f"sts:{action}", arn, None, values) != PermissionResult.PERMITTED:
        raise AccessDeniedError(user_arn=claims["sub"], action=f"sts:{action}")


whoever_is_named = IAMPolicyStatement._check_principal


def is_trusted(statement, principal):
    named = statement._statement.get("Principal")
    # Who calls here is a user or a role of the account, and never a service.
    return whoever_is_named(statement, principal) if not named or "AWS" in named else False


def accepted(response):
    return EmptyResult()


IAMPolicyStatement._check_principal = is_trusted
IAMRequest._create_aws_request = signed
KmsResponse._determine_resource = key
Route53._determine_resource = zone
route53.create_route53_zone_id = zone_id
SecretsManagerResponse._determine_resource = secret
TokenResponse._authenticate_and_authorize_normal_action = authorize
AutoScalingResponse._determine_resource = group
AutoScalingResponse.complete_lifecycle_action = accepted
AutoScalingResponse.record_lifecycle_action_heartbeat = accepted

main()
