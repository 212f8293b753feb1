"""What AWS's own reference of IAM says of actions, as policy_sentry has it. Reads a list of them from standard input;
prints for each the kinds of resources that a policy can name for it and the condition keys that it knows: JSON, null
where there is no such action."""
import json
import sys

from policy_sentry.querying.actions import get_action_data


def described(action):
    service, name = action.split(":")
    found = get_action_data(service, name)
    if not found:
        return None
    rows = [row for row in found[service] if row["action"].lower() == action.lower()]
    resources = {row["resource_arn_format"] for row in rows} - {"*"}
    return {"resources": sorted(resources), "conditions": sorted({key for row in rows for key in row["condition_keys"]})}


json.dump({action: described(action) for action in json.load(sys.stdin)}, sys.stdout)
