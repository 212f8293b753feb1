"""Calls AWS by its official SDK for Python. Reads calls from standard input, and prints what became of each: JSON."""
import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

CONFIG = Config(retries={"total_max_attempts": 1}, parameter_validation=True)


def result(call):
    client = boto3.client(call["service"], endpoint_url=os.environ["ENDPOINT"], config=CONFIG)
    try:
        answer = getattr(client, call["operation"])(**call.get("parameters", {}))
        answer.pop("ResponseMetadata", None)
        return {"code": "ok", "answer": answer}
    except ClientError as error:
        # moto writes errors of Route 53 into one element more than the service does.
        inner = error.response.get("Errors", error.response)
        return {"code": error.response["Error"]["Code"] or inner["Error"]["Code"]}
    except ParamValidationError as error:
        return {"code": f"not sent: {error}"}


json.dump([result(call) for call in json.load(sys.stdin)], sys.stdout, default=str)
