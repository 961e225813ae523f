"""What operators report as refused: their latest log lines, and the conditions of their objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import (
    KARPENTER,
    AckKind,
    Condition,
    Denial,
    NodeClaim,
    NodeClass,
    Operator,
)
from keystone_check.operators.denied import denials as read
from keystone_check.operators.denied import first, of_conditions
from keystone_check.probes import rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.refusals import ReadError
from keystone_check.reports.printable import veiled

if TYPE_CHECKING:
    from keystone_check.probes.kube import Kube

LINES = 200
PODS = 2
"""Of each operator, so many pods: one leads, the others wait."""

Objects = Mapping[str, Any]


def denials(
    kube: Kube,
    operators: Subjects[Operator],
    node_classes: Subjects[NodeClass] | Absent | Missing,
    node_claims: Subjects[NodeClaim] | Absent | Missing,
    ack_kinds: Subjects[AckKind] | Missing,
) -> Subjects[tuple[Denial, ...]]:
    """By operator, the log's first."""
    there = tuple(operators.seen())
    logs = side_by_side(lambda entry: _of_log(kube, entry[1]), there)
    found = []
    for (name, operator), told in zip(there, logs, strict=True):
        conditions = reported(operator, node_classes, node_claims, ack_kinds)
        all_told = told if isinstance(told, Missing) else first((*told, *of_conditions(conditions)))
        found.append((name, all_told))
    return Subjects(tuple(found))


def reported(
    operator: Operator,
    node_classes: Subjects[NodeClass] | Absent | Missing,
    node_claims: Subjects[NodeClaim] | Absent | Missing,
    ack_kinds: Subjects[AckKind] | Missing,
) -> Iterator[Condition]:
    """The conditions of what an operator works on."""
    if operator.product == KARPENTER:
        for held in (node_classes, node_claims):
            for _, one in held.seen() if isinstance(held, Subjects) else ():
                yield from one.conditions
        return
    for _, kind in ack_kinds.seen() if isinstance(ack_kinds, Subjects) else ():
        if operator.product == f"ack-{kind.service}":
            yield from (condition for _, condition in kind.stuck)


def _of_log(kube: Kube, operator: Operator) -> tuple[Denial, ...] | Missing:
    namespace, _, account = operator.account.partition("/")
    chosen = [("fieldSelector", f"spec.serviceAccountName={account}")]
    try:
        pods = sorted(kube.listed(rights.LIST_PODS, namespace, chosen), key=_started, reverse=True)
        return first(denial for pod in pods[:PODS] for denial in _of_pod(kube, namespace, pod))
    except ReadError as refusal:
        return refusal.missing(operator.account)


def _started(pod: Objects) -> str:
    return str(pod["metadata"].get("creationTimestamp") or "")


def _of_pod(kube: Kube, namespace: str, pod: Objects) -> Iterator[Denial]:
    name = pod["metadata"]["name"]
    containers = (pod.get("spec") or {}).get("containers") or [{}]
    main = next((it for it in containers if it.get("name") == "controller"), containers[0])
    for previous in (False, True) if _restarted(pod) else (False,):
        yield from read(map(veiled, kube.log(namespace, name, main.get("name", ""), LINES, previous)))


def _restarted(pod: Objects) -> bool:
    states = (pod.get("status") or {}).get("containerStatuses") or ()
    return any(state.get("restartCount") for state in states)
