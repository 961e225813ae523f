"""What the selectors of node classes find in EC2: subnets, security groups and images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.launching import Selection
from keystone_check.model.operators import NodeClass
from keystone_check.probes import operator_rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.nobody import unsearched
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.rights import AwsAsk

if TYPE_CHECKING:  # boto3 is loaded when a fact of AWS is asked for, not with this room
    from keystone_check.probes.aws import Aws

_OWNERS = ("self", "amazon")
"""Of images, where a term names a name and no owner."""


def selections(aws: Aws, node_classes: Subjects[NodeClass], region: str) -> Subjects[Selection]:
    """What each node class's selectors find."""
    finder = _Finder(aws, region)
    found = side_by_side(lambda entry: finder.selection(entry[1]), tuple(node_classes.seen()))
    return Subjects(tuple((name, it) for (name, _), it in zip(node_classes.seen(), found, strict=True)))


class _Finder:
    """EC2's answers to selector terms, each asked for once."""

    def __init__(self, aws: Aws, region: str) -> None:
        self._aws = aws
        self._region = region
        self._found: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[str, ...]] = {}

    def selection(self, one: NodeClass) -> Selection:
        """Ids by kind."""
        images = ({"id": image} for image in one.images)
        terms = (*images, *one.image_terms)
        return Selection(
            self._ids(operator_rights.FIND_SUBNETS, "Subnets", "SubnetId", one.subnets),
            self._ids(operator_rights.FIND_GROUPS, "SecurityGroups", "GroupId", one.security_groups),
            self._ids(operator_rights.FIND_IMAGES, "Images", "ImageId", terms)
            if terms
            else unsearched(one.name),
        )

    def _ids(
        self, ask: AwsAsk, kind: str, key: str, terms: Iterable[Mapping[str, str]]
    ) -> tuple[str, ...] | Missing:
        try:
            return tuple(sorted({one for term in terms for one in self._matching(ask, kind, key, term)}))
        except ReadError as refusal:
            return refusal.missing(kind)

    def _matching(self, ask: AwsAsk, kind: str, key: str, term: Mapping[str, str]) -> tuple[str, ...]:
        asked = (kind, tuple(sorted(term.items())))
        if asked not in self._found:
            answer = self._aws.ask(ask, _said(term), self._region, **_filters(kind, term))
            self._found[asked] = tuple(item[key] for item in answer[kind])
        return self._found[asked]


_IDS = {"Subnets": "subnet-id", "SecurityGroups": "group-id", "Images": "image-id"}
_NAMES = {"SecurityGroups": "group-name", "Images": "name"}


def _filters(kind: str, term: Mapping[str, str]) -> dict[str, object]:
    """The term as EC2's filters: an id that is not there finds nothing, and is no error."""
    filters = []
    for name, value in term.items():
        match name:
            case "id":
                filters.append({"Name": _IDS[kind], "Values": [value]})
            case "name":
                filters.append({"Name": _NAMES[kind], "Values": [value]})
            case "owner":
                continue
            case tag if value == "*":
                filters.append({"Name": "tag-key", "Values": [tag.removeprefix("tag:")]})
            case tag:
                filters.append({"Name": tag, "Values": [value]})
    owners = [term["owner"]] if "owner" in term else list(_OWNERS) if "name" in term else []
    return {"Filters": filters, **({"Owners": owners} if owners and kind == "Images" else {})}


def _said(term: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in term.items())
