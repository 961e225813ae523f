"""Each API server by its own address, what it takes tokens for, and who may read its documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from keystone_check import jose
from keystone_check.iam.oidc import Malformed
from keystone_check.model.cluster import ServiceAccount
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import ApiToken, Server
from keystone_check.model.web import Response
from keystone_check.probes import rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:  # the client is loaded when a fact of the cluster is asked for, not with this room
    from keystone_check.probes.kube import Kube

SLICE = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"
"""Where the API servers list themselves; the slice has the name of the service."""
PARTS = rights.parts("servers")
UNNEEDED = Missing("servers", "no selected check needs it")
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
EVERY_ACCOUNT = "system:serviceaccounts"
DOCUMENTS = (rights.CLUSTER_DISCOVERY.resource, rights.CLUSTER_KEYS.resource)


def servers(kube: Kube, wanted: frozenset[str] = PARTS) -> Subjects[Server] | Absent:
    """Discovery document and key set of each API server; the only one is not asked a second time.

    Of the two only the wanted ones are asked for (`servers.key_set`).
    """
    what = f"{rights.GET_SERVERS.permission} default/kubernetes"
    try:
        listed = kube.request("GET", SLICE, ask=rights.GET_SERVERS, what=what)
    except ReadError as refusal:
        if refusal.code == "404":
            return Absent(
                "servers", "there is no EndpointSlice default/kubernetes that lists the API servers"
            )
        raise
    addresses = tuple(_addresses(listed))
    if len(addresses) == 1:
        return Subjects(tuple((address, only(address)) for address in addresses))
    return Subjects(
        tuple(zip(addresses, side_by_side(lambda it: _server(kube, it, wanted), addresses), strict=True))
    )


def only(address: str) -> Absent:
    """What stands for the one API server of a cluster."""
    return Absent(address, "it is the only API server, and the one that answers")


def _addresses(listed: Mapping[str, Any]) -> Iterator[str]:
    ports = [port["port"] for port in listed.get("ports") or () if port.get("port")] or [443]
    hosts = (host for endpoint in listed.get("endpoints") or () for host in endpoint.get("addresses") or ())
    for host in sorted(set(hosts)):
        yield f"[{host}]:{ports[0]}" if ":" in host else f"{host}:{ports[0]}"


def _server(kube: Kube, address: str, wanted: frozenset[str]) -> Server | Missing:
    try:
        server = kube.towards(address)
        server.contact()
    except ReadError as refusal:
        return Missing(address, refusal.missing(address).because)
    try:
        return Server(
            _document(server.discovery, address) if "servers.discovery" in wanted else UNNEEDED,
            _document(server.key_set, address) if "servers.key_set" in wanted else UNNEEDED,
        )
    finally:
        server.close()


def _document(read: Callable[[], Response], address: str) -> Response | Missing:
    try:
        return read()
    except ReadError as refusal:
        return Missing(address, f"{address}: {refusal.missing(address).because}", refusal.permission)


def api_token(kube: Kube, accounts: Subjects[ServiceAccount]) -> ApiToken | Absent | Missing:
    """What a token of the first bound account says that was asked for without an audience."""
    for _, account in accounts.seen():
        token = jose.decode(kube.mint(account.namespace, account.name).reveal(), ())
        if isinstance(token, Malformed):
            return Missing("api_token", f"the API server's own token is no JWT: {token.reason}")
        return ApiToken(token.audiences)
    return Absent("api_token", "there is no bound service account to ask a token for")


def discovery_access(kube: Kube) -> Subjects[bool]:
    """Whether the group of all service accounts may read the two documents."""
    return Subjects(tuple(side_by_side(lambda path: (path, _may_read(kube, path)), DOCUMENTS)))


def _may_read(kube: Kube, path: str) -> bool | Missing:
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"groups": [EVERY_ACCOUNT], "nonResourceAttributes": {"path": path, "verb": "get"}},
    }
    try:
        answer = kube.request("POST", REVIEWS, review, ask=rights.REVIEW_ACCESS)
    except ReadError as refusal:
        return refusal.missing(path)
    return bool((answer.get("status") or {}).get("allowed"))
