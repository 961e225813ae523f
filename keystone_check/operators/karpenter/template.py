"""The policies that a release of Karpenter publishes for its own controller."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keystone_check.knowledge.store import facts, minors
from keystone_check.operators.documents import Document
from keystone_check.operators.version import Version


@dataclass(frozen=True, slots=True)
class Place:
    """What a template is filled with."""

    cluster: str
    account: str
    region: str
    node_role: str
    """ARN."""
    queue: str
    """ARN."""
    partition: str = "aws"


def template(release: Version, place: Place) -> tuple[Document, ...]:
    """The policies as CloudFormation would write them. KeyError for a minor that is not known."""
    number = minors()[release.line]["template"]
    policies: Mapping[str, Any] = facts("karpenter", "templates")["templates"][number]
    return tuple(
        Document(filled(found["name"], place), tuple(filled(one, place) for one in found["statements"]))
        for found in policies.values()
    )


def filled(found: Any, place: Place) -> Any:
    """JSON data with the place's names put in, in keys and values."""
    if isinstance(found, str):
        for name, value in _names(place):
            found = found.replace(name, value)
        return found
    if isinstance(found, Mapping):
        return {filled(key, place): filled(value, place) for key, value in found.items()}
    return [filled(item, place) for item in found]


def _names(place: Place) -> tuple[tuple[str, str], ...]:
    return (
        ("${partition}", place.partition),
        ("${region}", place.region),
        ("${account_id}", place.account),
        ("${cluster_name}", place.cluster),
        ("${node_role_arn}", place.node_role),
        ("${interruption_queue_arn}", place.queue),
    )
