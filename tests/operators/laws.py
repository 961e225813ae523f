"""Policies made ready, and what they answer, for the tests of operators."""

from collections.abc import Iterable

from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.permissions import Permissions
from keystone_check.operators.documents import Document
from keystone_check.operators.granted import Answer, Open, Refused, answers
from keystone_check.operators.karpenter.installation import Installation, NodeClass
from keystone_check.operators.karpenter.template import Place
from keystone_check.operators.need import Need
from keystone_check.operators.version import Version, version

ACCOUNT = "111122223333"
REGION = "eu-west-1"
NODE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/KarpenterNodeRole-lab"
PLACE = Place("lab", ACCOUNT, REGION, NODE_ROLE, f"arn:aws:sqs:{REGION}:{ACCOUNT}:lab")


def release(text: str) -> Version:
    found = version(text)
    assert found is not None
    return found


def holding(documents: Iterable[Document]) -> Permissions:
    """A role with these policies, nothing around it."""
    held = Subjects(tuple((document.name, document.text) for document in documents))
    nothing = Absent("", "there is none")
    return Permissions(held, Subjects(), nothing, nothing)


def refused(documents: Iterable[Document], needs: Iterable[Need]) -> set[tuple[str, str]]:
    """Action and resource of every need that is not granted as a whole."""
    found: tuple[Answer, ...] = answers(holding(documents), needs)
    assert not [one for one in found if isinstance(one, Open)]
    return {(one.need.action, one.need.resource) for one in found if isinstance(one, Refused)}


def installed(minor: str, **settings: object) -> Installation:
    """A Karpenter that uses everything that a cluster of one's own can use, unless told otherwise."""
    everything: dict[str, object] = {
        "queue": "lab",
        "node_classes": (node_class(),),
    }
    return Installation(release(minor), "lab", ACCOUNT, REGION, **{**everything, **settings})  # type: ignore[arg-type]


def node_class(**settings: object) -> NodeClass:
    everything: dict[str, object] = {
        "uid": "0f3d",
        "node_role": NODE_ROLE,
        "alias": True,
        "reservations": True,
        "placement": True,
    }
    return NodeClass("default", **{**everything, **settings})  # type: ignore[arg-type]
