"""Runs calls with the official OUTSCALE SDK: one JSON request a line in, one JSON result a line out.

A request is {"profile": NAME, "call": NAME, "parameters": {...}}; a result {"status": HTTP_STATUS, "body": {...}}.
The profiles come from OSC_CONFIG_FILE, the authority to trust from REQUESTS_CA_BUNDLE. One gateway serves all
profiles, since it reads the whole API description when it is made, which takes seconds.
"""

import json
import sys

import requests
from osc_sdk_python import Gateway


def run(gateway, request):
    gateway.update_profile(profile=request["profile"])
    try:
        body = getattr(gateway, request["call"])(**request.get("parameters", {}))
        return {"status": 200, "body": body}
    except requests.HTTPError as error:
        return {"status": error.response.status_code, "body": error.response.json()}


def main():
    with Gateway(profile="bare", max_retries=0, limiter_max_requests=1000) as gateway:
        for line in sys.stdin:
            print(json.dumps(run(gateway, json.loads(line))), flush=True)


main()
