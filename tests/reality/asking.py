"""How the cases speak: paths, objects as clients write them, requests by what they ask, and the setting."""

from dataclasses import dataclass

from tests.reality.wire import Json, Request, Server, ask

SPACE = "/api/v1/namespaces/keystone"
ACCOUNTS, PODS = f"{SPACE}/serviceaccounts", f"{SPACE}/pods"
TOKEN = f"{ACCOUNTS}/api/token"
REVIEWS, ACCESS = "/apis/authentication.k8s.io/v1", "/apis/authorization.k8s.io/v1"
DISCOVERY, KEYS = "/.well-known/openid-configuration", "/openid/v1/jwks"
ROLE = "eks.amazonaws.com/role-arn"
STS = "sts.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Case:
    """A story with its name; it leaves the server as it found it."""

    name: str
    says: str
    story: tuple[Request, ...]


def account(name: str, namespace: str = "keystone", role: str = "", **metadata: Json) -> Json:
    """A service account, as a client writes it."""
    annotations = {"annotations": {ROLE: role}} if role else {}
    return {"metadata": {"name": name, "namespace": namespace} | annotations | metadata}


def pod(name: str, service_account: str, **spec: Json) -> Json:
    """A pod of one container, as a client writes it."""
    containers = [{"name": "main", "image": "registry.example/app:1"}]
    return {
        "metadata": {"name": name},
        "spec": {"serviceAccountName": service_account, "containers": containers} | spec,
    }


SETTING: tuple[tuple[str, Json], ...] = (
    ("/api/v1/namespaces", {"metadata": {"name": "keystone"}}),
    ("/api/v1/namespaces", {"metadata": {"name": "empty"}}),
    (ACCOUNTS, account("api", role="arn:aws:iam::111122223333:role/api", labels={"app": "api"})),
    (ACCOUNTS, account("plain")),
    (f"{SPACE}/secrets", {"metadata": {"name": "bound"}}),
    (PODS, pod("api-0", "api")),
    (PODS, pod("plain-0", "plain")),
)
"""Collection and object, in the order in which they are created before the first case."""


def set_up(server: Server) -> None:
    """Creates the setting, once for each server."""
    for collection, body in SETTING:
        answer = ask(server, "POST", collection, body)
        if answer.status != 201:
            raise AssertionError(f"{body['metadata']['name']} was not created: {answer.status} {answer.body}")


def get(path: str, caller: str = "admin", **headers: str) -> Request:
    """Reads."""
    return Request("GET", path, caller=caller, headers=headers)


def post(path: str, body: Json, caller: str = "admin") -> Request:
    """Creates, or asks by creating."""
    return Request("POST", path, body, caller)


def patch(path: str, kind: str, body: Json) -> Request:
    """Changes an object by a `merge-patch`, `strategic-merge-patch` or `json-patch`."""
    return Request("PATCH", path, body, headers={"content-type": f"application/{kind}+json"})


def mint(caller: str = "admin", path: str = TOKEN, **spec: Json) -> Request:
    """A TokenRequest for the service account `api`."""
    return post(path, {"spec": spec}, caller)


def bound(kind: str, name: str, **more: str) -> Request:
    """A TokenRequest bound to an object."""
    return mint(boundObjectRef={"apiVersion": "v1", "kind": kind, "name": name, **more})


def review(token: str = "<token>", caller: str = "admin", **spec: Json) -> Request:
    """A TokenReview, of the token that was minted before unless another is named."""
    return post(f"{REVIEWS}/tokenreviews", {"spec": {"token": token, **spec}}, caller)


def who(caller: str) -> Request:
    """A SelfSubjectReview."""
    return post(f"{REVIEWS}/selfsubjectreviews", {}, caller)


def may(caller: str, **spec: Json) -> Request:
    """A SelfSubjectAccessReview."""
    return post(f"{ACCESS}/selfsubjectaccessreviews", {"spec": spec}, caller)


def may_resource(caller: str, verb: str, resource: str, **more: str) -> Request:
    """A SelfSubjectAccessReview about a resource of the namespace `keystone`."""
    return may(
        caller, resourceAttributes={"verb": verb, "resource": resource, "namespace": "keystone", **more}
    )
