"""The node service: `fetch-tls` puts the TLS files in place, `run` watches over the node."""
import sys

sys.exit("the node service is not part of this build")
