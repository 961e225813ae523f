"""What else a cluster holds that the suite looks at, put into a real one."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from keystone_check.model.cluster import ServiceAccount
from keystone_check.probes.kube import Kube
from keystone_check.sandbox.kube.mutation import with_token
from keystone_check.sandbox.kube.state import Identity
from tests.reality.admission import allowing, answering, registered, webhook
from tests.reality.apiserver import ApiServer, Settings
from tests.reality.webhook import program, serve_webhook
from tests.reality.wire import Json

MERGE = "application/merge-patch+json"
K3S_DEFAULT = "https://kubernetes.default.svc.cluster.local"
"""The issuer that K3s sets when nobody does."""
BY_URL = {"webhook_has_endpoints"}
"""What is not judged of a webhook that is called by URL, as one outside the cluster has to be."""
NOWHERE = "203.0.113.10"
"""An address for documentation, RFC 5737; nothing is ever sent there."""


def tell_arguments(kube: Kube, settings: Settings) -> None:
    """Creates a node that says how its API server was started, as K3s annotates its own."""
    words = ["server"]
    for issuer in settings.issuers:
        words += ["--kube-apiserver-arg", f"service-account-issuer={issuer}"]
    metadata = {"name": "server-1", "annotations": {"k3s.io/node-args": json.dumps(words)}}
    kube.request("POST", "/api/v1/nodes", {"metadata": metadata})


@contextmanager
def webhook_present(server: ApiServer, kube: Kube, region: str) -> Iterator[None]:
    """Registers the pod identity webhook for as long as the block lasts.

    It is the one that clusters run where its program is there, else the sandbox's emulation of it, which
    the recordings are compared with.
    """
    path = program()
    with ExitStack() as stack:
        if path:
            served = serve_webhook(server, path, f"--aws-default-region={region}")
        else:
            folder = Path(stack.enter_context(TemporaryDirectory(dir=server.folder)))
            served = answering(folder, allowing(lambda pod: emulated(kube, Identity(region), pod)))
        stack.enter_context(registered(server, webhook(stack.enter_context(served))))
        yield


def emulated(kube: Kube, identity: Identity, pod: Json) -> Json:
    """The pod as the sandbox's webhook leaves it, by the account's annotations."""
    namespace, name = pod["metadata"]["namespace"], pod["spec"]["serviceAccountName"]
    account = kube.request("GET", f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}")
    grant = identity.grant(f"{namespace}/{name}", account["metadata"].get("annotations") or {})
    return with_token(pod, grant) if grant else pod


def run(kube: Kube, account: ServiceAccount) -> None:
    """Creates a pod of the account that says that it runs; there is no kubelet to run it."""
    pods = f"/api/v1/namespaces/{account.namespace}/pods"
    container = {"name": account.name, "image": "registry.example/app:1"}
    spec = {"serviceAccountName": account.name, "containers": [container]}
    name = f"{account.name}-0"
    kube.request("POST", pods, {"metadata": {"name": name}, "spec": spec})
    kube.request("PATCH", f"{pods}/{name}/status", {"status": {"phase": "Running"}}, content_type=MERGE)
