"""The API server, by raw JSON: the client's typed calls are slow and lose what they do not know."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any
from urllib.parse import quote

from keystone_check.model.access import Access
from keystone_check.model.secret import Secret
from keystone_check.model.web import Response
from keystone_check.probes import operator_rights, rights
from keystone_check.probes.answer import Answer, response
from keystone_check.probes.clocks import Heard
from keystone_check.probes.kube_refusals import refused
from keystone_check.probes.kube_wire import KubeRequest, Wire
from keystone_check.probes.limits import Limits
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.rights import KubeAsk

TEMPORARY = {"app.kubernetes.io/managed-by": "keystone-check", "keystone-check/temporary": "true"}
"""The labels of what we make for a moment."""
UNTIL = "keystone-check/until"
"""The annotation that says until when: `2026-11-26T03:00:00Z`. Later nobody needs it any more."""
PAGE = 500
LOG_BYTES = 1 << 18

Json = dict[str, Any]


class Kube:
    """One API server, as the kubeconfig or the pod we run in reaches it."""

    def __init__(self, access: Access, limits: Limits | None = None, heard: Heard | None = None) -> None:
        """Read the configuration; nothing is sent before the first call. Raises ReadError."""
        self._access = access
        self._wire = Wire(access, limits, heard)
        self.server = self._wire.server
        self.lists_every_account = not access.namespace and not access.selector
        self._nodes = Lock(), list[Json]()

    def towards(self, address: str) -> "Kube":
        """Another API server of the same cluster, at `address:port`. Raises ReadError."""
        other = copy.copy(self)
        other._wire = self._wire.towards(address, self._access)
        other.server = other._wire.server
        return other

    def contact(self) -> None:
        """Find out within two seconds whether the server takes connections. Raises ReadError."""
        self._wire.contact()

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Sequence[tuple[str, str]] = (),
        content_type: str = "application/json",
        ask: KubeAsk | None = None,
        what: str = "",
    ) -> Json:
        """Send one request and give the answer's JSON; whatever is not a success raises ReadError."""
        what = what or (ask.permission if ask else f"{method} {path}")
        answer, attempts = self._wire.send(KubeRequest(method, path, what, body, query, content_type))
        if answer.status >= 300:
            raise refused(what, answer, attempts, ask)
        try:
            document = json.loads(answer.body)
        except ValueError as error:
            raise ReadError(
                f"{what}: {self.server} answered {answer.status} with what is not JSON"
            ) from error
        if not isinstance(document, dict):
            raise ReadError(f"{what}: {self.server} answered with JSON that is not an object")
        return document

    def version(self) -> str:
        """gitVersion, such as `v1.36.3+k3s1`."""
        return str(self.request("GET", "/version", ask=rights.VERSION).get("gitVersion", ""))

    def whoami(self) -> str:
        """The user name the API server gives us; a statement in brackets where it will not say."""
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        try:
            answer = self.request("POST", path, review, ask=rights.WHOAMI)
        except ReadError as refusal:
            if refusal.code == "404":
                return "(this API server has no SelfSubjectReview)"
            if refusal.code == "403":
                return "(this API server does not let us ask who we are)"
            raise
        return str(answer.get("status", {}).get("userInfo", {}).get("username", ""))

    def discovery(self) -> Response:
        """The API server's own discovery document."""
        return self._document(rights.CLUSTER_DISCOVERY)

    def key_set(self) -> Response:
        """The API server's own key set."""
        return self._document(rights.CLUSTER_KEYS)

    def service_accounts(self, namespace: str = "", selector: str = "") -> Iterator[Json]:
        """Every service account of one namespace, or of all, page by page."""
        chosen = [("labelSelector", selector)] if selector else []
        return self.listed(rights.LIST_ACCOUNTS, namespace, chosen)

    def listed(
        self,
        ask: KubeAsk,
        namespace: str = "",
        chosen: Sequence[tuple[str, str]] = (),
        *,
        version: str = "v1",
        page: int = PAGE,
    ) -> Iterator[Json]:
        """Every object of a kind in one namespace, or in all, page by page."""
        root = f"/apis/{ask.group}/{version}" if ask.group else f"/api/{version}"
        path = (
            f"{root}/namespaces/{quote(namespace)}/{ask.resource}" if namespace else f"{root}/{ask.resource}"
        )
        what = f"{ask.permission} {_where(namespace)}"
        following = ""
        while True:
            more = [("continue", following)] if following else []
            query = [("limit", str(page)), *chosen, *more]
            answer = self.request("GET", path, query=query, ask=ask, what=what)
            yield from answer.get("items") or ()
            following = answer.get("metadata", {}).get("continue") or ""
            if not following:
                return

    def service_account(self, namespace: str, name: str) -> Json:
        """One service account; ReadError with code 404 when there is none."""
        what = f"{rights.GET_ACCOUNT.permission} {namespace}/{name}"
        return self.request("GET", _account(namespace, name), ask=rights.GET_ACCOUNT, what=what)

    def service(self, namespace: str, name: str) -> Json:
        """One service; ReadError with code 404 when there is none."""
        what = f"{rights.GET_SERVICE.permission} {namespace}/{name}"
        path = f"/api/v1/namespaces/{quote(namespace)}/services/{quote(name)}"
        return self.request("GET", path, ask=rights.GET_SERVICE, what=what)

    def nodes(self) -> list[Json]:
        """Every node, listed once however often it is asked for."""
        lock, held = self._nodes
        with lock:
            if not held:
                held += self.listed(rights.LIST_NODES)
            return held

    def config_map(self, namespace: str, name: str) -> Json:
        """One ConfigMap; ReadError with code 404 when there is none."""
        what = f"{operator_rights.GET_ROLE_MAP.permission} {namespace}/{name}"
        path = f"/api/v1/namespaces/{quote(namespace)}/configmaps/{quote(name)}"
        return self.request("GET", path, ask=operator_rights.GET_ROLE_MAP, what=what)

    def log(self, namespace: str, pod: str, container: str, lines: int, previous: bool) -> list[str]:
        """The last lines of a container's log; none where it has not started, or not a second time."""
        what = f"{operator_rights.GET_LOG.permission} {namespace}/{pod}"
        path = f"/api/v1/namespaces/{quote(namespace)}/pods/{quote(pod)}/log"
        chosen = [("container", container), ("tailLines", str(lines)), ("limitBytes", str(LOG_BYTES))]
        query = [*chosen, *([("previous", "true")] if previous else [])]
        answer, attempts = self._wire.send(KubeRequest("GET", path, what, None, query))
        if answer.status in (400, 404):
            return []
        if answer.status != 200:
            raise refused(what, answer, attempts, operator_rights.GET_LOG)
        return answer.body.decode(errors="replace").splitlines()

    def dry_run(self, namespace: str, pod: Json) -> Answer:
        """What the API server says to a new pod that it does not keep: 201 and the pod, or a Status."""
        what = f"{rights.CREATE_POD.permission} in namespace {namespace}, as a dry run"
        path = f"/api/v1/namespaces/{quote(namespace)}/pods"
        return self._wire.send(KubeRequest("POST", path, what, pod, (("dryRun", "All"),)))[0]

    def mint(
        self,
        namespace: str,
        name: str,
        audience: str = "",
        seconds: int = 3600,
        bound: Mapping[str, str] | None = None,
    ) -> Secret:
        """A fresh token of a service account (TokenRequest); without an audience, for those of the API.

        `bound` is a boundObjectRef: apiVersion, kind, name and optionally uid. The API server takes no
        less than 600 seconds.
        """
        spec: Json = {"audiences": [audience] if audience else [], "expirationSeconds": seconds}
        if bound:
            spec["boundObjectRef"] = dict(bound)
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
        what = f"{rights.CREATE_TOKEN.permission} {namespace}/{name}"
        path = f"{_account(namespace, name)}/token"
        token = self.request("POST", path, body, ask=rights.CREATE_TOKEN, what=what).get("status", {})
        if not isinstance(token.get("token"), str):
            raise ReadError(f"{what}: the answer holds no token")
        return Secret(token["token"])

    def create_account(self, namespace: str, name: str, until: str) -> Json:
        """A temporary service account, with label and end so that what a killed run leaves can be found."""
        body = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {
                "name": name,
                "namespace": namespace,
                "labels": TEMPORARY,
                "annotations": {UNTIL: until},
            },
        }
        what = f"{rights.CREATE_ACCOUNT.permission} {namespace}/{name}"
        path = f"/api/v1/namespaces/{quote(namespace)}/serviceaccounts"
        return self.request("POST", path, body, ask=rights.CREATE_ACCOUNT, what=what)

    def delete_account(self, namespace: str, name: str, uid: str = "", version: str = "") -> None:
        """Remove a service account; that it is gone already is no failure.

        With a uid and a resourceVersion only that very one, as it stood: a 409 otherwise.
        """
        what = f"{rights.DELETE_ACCOUNT.permission} {namespace}/{name}"
        guard = {"preconditions": {"uid": uid, "resourceVersion": version}} if uid else None
        body = {"apiVersion": "v1", "kind": "DeleteOptions", **guard} if guard else None
        try:
            self.request("DELETE", _account(namespace, name), body, ask=rights.DELETE_ACCOUNT, what=what)
        except ReadError as refusal:
            if refusal.code != "404":
                raise

    def close(self) -> None:
        """Give the connections back."""
        self._wire.close()

    def _document(self, ask: KubeAsk) -> Response:
        answer, attempts = self._wire.send(KubeRequest("GET", ask.resource, ask.permission))
        if answer.status != 200:
            raise refused(ask.permission, answer, attempts, ask)
        return response(ask.resource, answer, attempts)


def _where(namespace: str) -> str:
    return f"in namespace {namespace}" if namespace else "in all namespaces"


def _account(namespace: str, name: str) -> str:
    return f"/api/v1/namespaces/{quote(namespace)}/serviceaccounts/{quote(name)}"
