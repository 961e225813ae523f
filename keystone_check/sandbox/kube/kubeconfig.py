"""A kubeconfig, as text."""

import base64
import json

from keystone_check.model.secret import Secret

CLUSTER = "keystone-sandbox"


def kubeconfig(url: str, authority: bytes, user: str, token: Secret) -> Secret:
    """One cluster, one user, one context. JSON, which is YAML too."""
    data = base64.b64encode(authority).decode()
    cluster = {"server": url, "certificate-authority-data": data}
    context = {"cluster": CLUSTER, "user": user, "namespace": "default"}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CLUSTER, "cluster": cluster}],
        "users": [{"name": user, "user": {"token": token.reveal()}}],
        "contexts": [{"name": CLUSTER, "context": context}],
        "current-context": CLUSTER,
    }
    return Secret(json.dumps(document, indent=2) + "\n")
