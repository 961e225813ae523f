"""The least policies under which a Karpenter does all that it is set to do.

1. The release's own template, under its own statement names, filled in for this cluster.
2. Keys and parameters of one's own, and further node roles, which no template can know, are added.
3. Every action, and then every resource, that nothing needs is taken out again.
4. What is left stays in the template's policies; before 1.9 there was one, which is divided when too long.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from keystone_check.iam.compiled import Compiled
from keystone_check.iam.evaluate import Allowed, decide
from keystone_check.iam.policy import PolicyKind, read
from keystone_check.knowledge.store import facts, minors
from keystone_check.operators.documents import Document, Statement, divided
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.requirement import requirement
from keystone_check.operators.karpenter.template import Place, filled
from keystone_check.operators.need import Need

_LISTS = ("Action", "Resource")


def least(installed: Installation) -> tuple[Document, ...]:
    """The policies, each within AWS's limit. KeyError for a minor that is not known."""
    needs = requirement(installed)
    found: list[Document] = []
    for document in _template(installed):
        kept = tuple(piece for whole in document.statements if (piece := _needed(whole, needs)))
        found += divided(Document(document.name, kept)) if kept else ()
    return tuple(found)


def _template(installed: Installation) -> Iterator[Document]:
    """1, 2."""
    release = minors()[installed.version.line]
    policies = facts("karpenter", "templates")["templates"][release["template"]]
    for found in policies.values():
        statements = [_written(one, installed) for one in found["statements"]]
        if any(one["Sid"] == "AllowRegionalReadActions" for one in statements):
            statements += _of_ones_own(installed)
        yield Document(found["name"].replace("${cluster_name}", installed.cluster), tuple(statements))


def _written(statement: Statement, installed: Installation) -> Statement:
    roles = tuple(dict.fromkeys(one.node_role for one in installed.node_classes if one.node_role))
    place = Place(
        installed.cluster,
        installed.account,
        installed.region,
        "${node_role_arn}",
        f"arn:{installed.partition}:sqs:{installed.region}:{installed.account}:{installed.queue}",
        installed.partition,
    )
    known: dict[str, Any] = filled(statement, place)
    if known["Resource"] == ["${node_role_arn}"]:
        known["Resource"] = list(roles) or [f"arn:{installed.partition}:iam::{installed.account}:role/*"]
    return known


def _of_ones_own(installed: Installation) -> Iterator[Statement]:
    named = f"arn:{installed.partition}:ssm:{installed.region}:{installed.account}:parameter/"
    parameters = _once(named + p.removeprefix("/") for one in installed.node_classes for p in one.parameters)
    if parameters:
        yield _allow("AllowOwnParameterReads", ("ssm:GetParameter",), parameters)
    keys = _once(key for one in installed.node_classes for key in one.keys)
    if keys:
        through = f"ec2.{installed.region}.amazonaws.com{'.cn' if installed.partition == 'aws-cn' else ''}"
        same = {"kms:ViaService": through, "kms:CallerAccount": installed.account}
        actions = facts("karpenter", "surroundings")["kms"]["actions_on_key"]
        yield {**_allow("AllowVolumeKeys", actions, keys), "Condition": {"StringEquals": same}}


def _allow(sid: str, actions: Sequence[str], resources: Sequence[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _once(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(items))


def _needed(statement: Statement, needs: Sequence[Need]) -> Statement | None:
    """3. The statement without what no need is granted by; None when none is."""
    kept = dict(statement)
    granted = _granted(kept, needs)
    for name in _LISTS:
        for item in tuple(kept[name]):
            fewer = {**kept, name: [other for other in kept[name] if other != item]}
            if not fewer[name] or _granted(fewer, needs) < granted:
                continue
            kept = fewer
    return kept if granted else None


def _granted(statement: Statement, needs: Sequence[Need]) -> int:
    """How many needs the statement alone grants."""
    reading = read(Document("", (statement,)).text, PolicyKind.IDENTITY)
    law = Compiled([reading])
    return sum(isinstance(decide(law, need.request), Allowed) for need in needs)
