"""Lints certificates by RFC 5280 with pkilint: each alone, and each below whoever issued it. Reads from standard input
lists of one file or of two, the issuer's first; prints for each what was found: lists, JSON."""
import contextlib
import io
import json
import sys

from pkilint.bin import lint_pkix_cert, lint_pkix_signer_signee_cert_chain

found = []
for files in json.load(sys.stdin):
    program = lint_pkix_cert if len(files) == 1 else lint_pkix_signer_signee_cert_chain
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        program.main(["lint", "-s", "NOTICE", "-f", "JSON", *files])
    found.append(
        [
            f"{finding['severity']} {finding['code']}"
            for result in json.loads(printed.getvalue())["results"]
            for finding in result["finding_descriptions"]
        ]
    )
json.dump(found, sys.stdout)
