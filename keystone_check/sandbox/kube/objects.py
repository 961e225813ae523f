"""What the API server adds to an object before it is stored, and what it lets nobody change."""

import base64
import binascii
import datetime
import secrets
import uuid
from typing import Any

from keystone_check.sandbox.kube.pods import with_defaults
from keystone_check.sandbox.kube.resources import NAMESPACES, PODS, SECRETS, Resource
from keystone_check.sandbox.kube.status import Cause, bad_request, conflict, invalid, modified
from keystone_check.sandbox.kube.store import ordered
from keystone_check.sandbox.kube.validation import require_valid
from keystone_check.sandbox.kube.wire import Object

# The letters and digits of generated names (apimachinery, util/rand): none that spell words.
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
SERVER_OWNED = ("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds")


def timestamp(seconds: int) -> str:
    """Unix seconds as the API writes times."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def random_suffix() -> str:
    """Five characters, as the API server appends to a generateName."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(5))


def new(resource: Resource, namespace: str, value: Object, now: int, uid: str = "") -> Object:
    """The object as it will be stored first, completed and found valid."""
    metadata = dict(value.get("metadata") or {})
    if namespace and metadata.get("namespace") not in (None, "", namespace):
        raise bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if not metadata.get("name") and metadata.get("generateName"):
        metadata["name"] = metadata["generateName"] + random_suffix()
    metadata |= {
        "namespace": namespace,
        "uid": uid or str(uuid.uuid4()),
        "resourceVersion": None,
        "creationTimestamp": timestamp(now),
        "generation": 1 if resource is PODS else None,
    }
    complete = _complete(resource, {**value, "metadata": ordered(metadata)})
    require_valid(resource, complete)
    return complete


def changed(resource: Resource, old: Object, value: Object) -> Object:
    """The object as an update leaves it: identity and times are the server's."""
    before, metadata = old["metadata"], dict(value.get("metadata") or {})
    if metadata.get("resourceVersion") not in (None, "", before["resourceVersion"]):
        raise modified(resource, before["name"])
    metadata |= {"name": before["name"], "resourceVersion": before["resourceVersion"]}
    metadata |= {key: before.get(key) for key in (*SERVER_OWNED, "namespace")}
    complete = _complete(resource, {**value, "metadata": ordered(metadata)})
    require_valid(resource, complete)
    return complete


def require_same_name(name: str, value: Object) -> None:
    """Refuses an object that is another than the URL's."""
    stated = (value.get("metadata") or {}).get("name", "")
    if not stated:
        raise bad_request(
            f"the name of the object ({name} based on URL) was undeterminable: name must be provided"
        )
    if stated != name:
        raise bad_request(f"the name of the object ({stated}) does not match the name on the URL ({name})")


def require_same_uid(resource: Resource, old: Object, value: Object) -> None:
    """Refuses an update meant for an object that had this name before."""
    before, stated = old["metadata"], value["metadata"].get("uid", "")
    if stated and stated != before["uid"]:
        place = "/".join(part for part in (before.get("namespace"), before["name"]) if part)
        raise conflict(
            resource.qualified,
            before["name"],
            f"StorageError: invalid object, Code: 4, Key: /registry/{resource.plural}/{place}, "
            "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
            f"{stated}, UID in object meta: {before['uid']}",
        )


def require_immutable_uid(resource: Resource, old: Object, value: Object) -> None:
    """Refuses a patch of the uid; the API server gives the cause twice."""
    stated = value["metadata"].get("uid")
    if stated != old["metadata"]["uid"]:
        cause = Cause("metadata.uid", f'Invalid value: "{stated}": field is immutable')
        error = invalid(resource.kind, old["metadata"]["name"], (cause,), resource.group)
        assert error.details is not None
        error.details["causes"] *= 2
        raise error


def _complete(resource: Resource, value: Object) -> Object:
    if resource is NAMESPACES:
        return _namespace(value)
    if resource is SECRETS:
        return _secret(value)
    if resource is PODS:
        return with_defaults(value)
    return value


def _namespace(value: Object) -> Object:
    metadata = value["metadata"]
    labels = {**metadata.get("labels", {}), "kubernetes.io/metadata.name": metadata.get("name", "")}
    return {
        "metadata": ordered({**metadata, "labels": labels}),
        "spec": value.get("spec") or {"finalizers": ["kubernetes"]},
        "status": value.get("status") or {"phase": "Active"},
    }


def _secret(value: Object) -> Object:
    data: dict[str, Any] = {**(value.get("data") or {})}
    for encoded in data.values():
        try:
            base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise bad_request(
                'Secret in version "v1" cannot be handled as a Secret: illegal base64 data'
            ) from error
    for key, text in (value.get("stringData") or {}).items():
        data[key] = base64.b64encode(text.encode()).decode()
    rest = {key: value[key] for key in ("immutable",) if key in value}
    kind = value.get("type") or "Opaque"
    return {"metadata": value["metadata"], **({"data": data} if data else {}), "type": kind, **rest}
