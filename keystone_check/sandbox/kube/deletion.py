"""What guards a DELETE, and what it answers with."""

from typing import Any

from keystone_check.sandbox.kube.objects import timestamp
from keystone_check.sandbox.kube.resources import PODS, Resource
from keystone_check.sandbox.kube.status import conflict
from keystone_check.sandbox.kube.store import Stored, ordered
from keystone_check.sandbox.kube.wire import Object


def last_state(gone: Stored, now: int) -> dict[str, Any]:
    """A Status, or the object on its way out, as the API server answers for this resource."""
    metadata = gone.value["metadata"]
    if not gone.resource.returned_when_deleted:
        head = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
        details = {"name": metadata["name"], "kind": gone.resource.plural, "uid": metadata["uid"]}
        return {**head, "details": details}
    ending: dict[str, Any] = {"deletionTimestamp": timestamp(now)}
    value = dict(gone.value)
    if gone.resource is PODS:
        ending |= {"deletionGracePeriodSeconds": 0, "generation": 2}
    else:
        value["status"] = {"phase": "Terminating"}
    head = {"kind": gone.resource.kind, "apiVersion": gone.resource.api_version}
    return {**head, **value, "metadata": ordered({**metadata, **ending})}


def require_preconditions(resource: Resource, value: Object, wanted: Object) -> None:
    """Refuses to delete another object, or another revision, than the client means."""
    metadata = value["metadata"]
    uid, revision = wanted.get("uid"), wanted.get("resourceVersion")
    if uid and uid != metadata["uid"]:
        raise conflict(
            resource.kind,
            metadata["name"],
            f"the UID in the precondition ({uid}) does not match the UID in record ({metadata['uid']}). "
            "The object might have been deleted and then recreated",
        )
    if revision and revision != metadata["resourceVersion"]:
        raise conflict(
            resource.kind,
            metadata["name"],
            f"the ResourceVersion in the precondition ({revision}) does not match the ResourceVersion in "
            f"record ({metadata['resourceVersion']}). The object might have been modified",
        )
