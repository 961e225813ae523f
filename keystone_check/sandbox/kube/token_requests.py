"""TokenRequest: defaults, limits and bound objects, as kube-apiserver 1.36 treats them."""

from collections.abc import Sequence
from typing import Any

from keystone_check.model.secret import Secret
from keystone_check.sandbox.kube.objects import timestamp
from keystone_check.sandbox.kube.resources import AUTHENTICATION
from keystone_check.sandbox.kube.status import Cause, bad_request, conflict, invalid
from keystone_check.sandbox.kube.store import Store
from keystone_check.sandbox.kube.tokens import BINDABLE, EXTENDABLE_SECONDS, EXTENDED_SECONDS, Grant
from keystone_check.sandbox.kube.wire import Object

KIND = "TokenRequest"
API_VERSION = f"{AUTHENTICATION}/v1"
DEFAULT_SECONDS = 3600
LEAST_SECONDS = 600
MOST_SECONDS = 1 << 32


def asked(store: Store, account: Object, body: Object, api_audiences: Sequence[str]) -> tuple[Grant, Object]:
    """What the token will say, and the request's spec with its defaults filled in."""
    _require_same_account(account, body.get("metadata") or {})
    spec = body.get("spec") or {}
    audiences = tuple(spec.get("audiences") or api_audiences)
    seconds = _seconds(spec)
    reference = spec.get("boundObjectRef")
    bound = _bound(store, account, reference) if reference else None
    complete = {"audiences": list(audiences), "expirationSeconds": seconds, "boundObjectRef": reference}
    grant = Grant(account, audiences, seconds, bound)
    if bound and bound[0] == "Pod" and seconds == EXTENDABLE_SECONDS and set(audiences) == set(api_audiences):
        grant = Grant(account, audiences, EXTENDED_SECONDS, bound, warn_after=seconds)
    return grant, complete


def granted(account: Object, spec: Object, token: Secret, now: int) -> dict[str, Any]:
    """The TokenRequest with its token."""
    metadata = {key: account["metadata"][key] for key in ("name", "namespace", "uid")}
    # A stretched token is still announced with the lifetime that was asked for.
    expires = timestamp(min(now + spec["expirationSeconds"], LATEST))
    return {
        "kind": KIND,
        "apiVersion": API_VERSION,
        "metadata": {**metadata, "creationTimestamp": timestamp(now)},
        "spec": spec,
        "status": {"token": token.reveal(), "expirationTimestamp": expires},
    }


LATEST = 253402300799
"""The last second of the year 9999."""


def _require_same_account(account: Object, stated: Object) -> None:
    own = account["metadata"]
    name, namespace, uid = (stated.get(key) or own[key] for key in ("name", "namespace", "uid"))
    if namespace != own["namespace"]:
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if name != own["name"]:
        message = f'Invalid value: "{name}": must match the service account name if specified'
        raise invalid(KIND, own["name"], (Cause("metadata.name", message),), AUTHENTICATION)
    if uid != own["uid"]:
        because = (
            f"the UID in the token request ({uid}) does not match the UID of the service account "
            f"({own['uid']})"
        )
        raise conflict(KIND, own["name"], because, AUTHENTICATION)


def _seconds(spec: Object) -> int:
    found: int = spec.get("expirationSeconds", DEFAULT_SECONDS)
    because = ""
    if found < LEAST_SECONDS:
        because = "may not specify a duration less than 10 minutes"
    if found > MOST_SECONDS:
        because = "may not specify a duration larger than 2^32 seconds"
    if because:
        cause = Cause("spec.expirationSeconds", f"Invalid value: {found}: {because}")
        raise invalid(KIND, "", (cause,), AUTHENTICATION)
    return found


def _bound(store: Store, account: Object, reference: Object) -> tuple[str, Object]:
    kind, name, uid = (str(reference.get(key) or "") for key in ("kind", "name", "uid"))
    resource = BINDABLE.get(kind)
    if resource is None or reference.get("apiVersion") not in (None, "", "v1"):
        group, _, version = str(reference.get("apiVersion") or "").rpartition("/")
        raise bad_request(f"cannot bind token to object of type {group}/{version}, Kind={kind}")
    if not name:
        raise bad_request("Name parameter required.")
    namespace = account["metadata"]["namespace"] if resource.namespaced else ""
    value = store.get(resource, namespace, name).value
    if kind == "Pod" and value["spec"].get("serviceAccountName") != account["metadata"]["name"]:
        raise bad_request(
            f'cannot bind token for serviceaccount "{account["metadata"]["name"]}" to pod running with '
            "different serviceaccount name."
        )
    if uid and uid != value["metadata"]["uid"]:
        raise conflict(
            kind,
            name,
            f"the UID in the bound object reference ({uid}) does not match the UID in record. "
            "The object might have been deleted and then recreated",
        )
    return kind, value
