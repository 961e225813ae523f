"""What else a cluster holds that the suite looks at, put into a real one."""

import json

from keystone_check.probes.kube import Kube
from tests.reality.apiserver import Settings

K3S_DEFAULT = "https://kubernetes.default.svc.cluster.local"
"""The issuer that K3s sets when nobody does."""
NOWHERE = "203.0.113.10"
"""An address for documentation, RFC 5737; nothing is ever sent there."""


def tell_arguments(kube: Kube, settings: Settings) -> None:
    """Creates a node that says how its API server was started, as K3s annotates its own."""
    words = ["server"]
    for issuer in settings.issuers:
        words += ["--kube-apiserver-arg", f"service-account-issuer={issuer}"]
    metadata = {"name": "server-1", "annotations": {"k3s.io/node-args": json.dumps(words)}}
    kube.request("POST", "/api/v1/nodes", {"metadata": metadata})
