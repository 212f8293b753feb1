"""Reads PKCS#12 files with the cryptography package: one JSON request a line, one JSON answer a line."""

import base64
import json
import sys

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)


def pem(certificate):
    return certificate.public_bytes(Encoding.PEM).decode()


def read(request):
    try:
        bundle = pkcs12.load_pkcs12(
            base64.b64decode(request["pkcs12"]), request["password"].encode()
        )
    except ValueError as error:
        return {"refused": str(error)}
    name = bundle.cert.friendly_name
    key = bundle.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return {
        "certificatePem": pem(bundle.cert.certificate),
        "chainPems": [pem(each.certificate) for each in bundle.additional_certs],
        "friendlyName": None if name is None else name.decode(),
        "privateKeyPem": key.decode(),
    }


for line in sys.stdin:
    print(json.dumps(read(json.loads(line))))
