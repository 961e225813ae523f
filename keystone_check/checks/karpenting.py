"""What the checks of Karpenter share: each install with its role's policies, and each of its objects."""

from collections.abc import Callable, Iterator
from functools import partial

from keystone_check.checks.granting import Asker
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Repair, Safety, gap, not_applicable
from keystone_check.model.operators import KARPENTER, Condition, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.least import least
from keystone_check.operators.karpenter.requirement import requirement
from keystone_check.operators.karpenter.running import Around, Running, installation, on_eks, running


def askers(
    operators: Subjects[Operator],
    around: Around,
    permissions: Subjects[Permissions],
    judge: Callable[[Asker, Running, Installation], Iterator[Finding]],
) -> Iterator[Finding]:
    """The judge's findings about each Karpenter, or why there are none."""
    yield from unseen(operators)
    for one in running(operators):
        installed, held = installation(one, around), permissions[one.operator.role_arn]
        if not one.operator.role_arn:
            yield not_applicable(one.name, f"service account {one.operator.account} names no role")
        elif installed is None:
            yield gap(one.name, Missing(one.name, "neither AWS_REGION nor anything else tells its region"))
        elif isinstance(held, Absent | Missing):
            yield gap(one.name, held)
        else:
            yield from judge(asker(one, installed, held), one, installed)


def asker(one: Running, installed: Installation, held: Permissions) -> Asker:
    """A Karpenter as one who asks."""
    return Asker(
        name=one.name,
        role_arn=one.operator.role_arn,
        doubt=one.doubt,
        needs=requirement(installed),
        permissions=held,
        policy="karpenter",
        least=partial(least, installed),
        product=KARPENTER,
    )


def unseen(operators: Subjects[Operator]) -> Iterator[Finding]:
    """Operators that could not be read: each may be a Karpenter."""
    for name, operator in operators:
        if isinstance(operator, Missing):
            yield gap(name, operator)


def karpenters(operators: Subjects[Operator]) -> Iterator[tuple[str, Operator]]:
    """Every Karpenter by `namespace/deployment`."""
    for name, operator in operators.seen():
        if operator.product == KARPENTER:
            yield name, operator


def self_hosted(cluster: Cluster) -> bool:
    """Whether the control plane is not EKS's."""
    return not on_eks(cluster)


def failing(conditions: tuple[Condition, ...]) -> Iterator[Condition]:
    """Conditions that are not True, those that still wait left out."""
    for condition in conditions:
        waits = condition.status == "Unknown" and condition.reason in (
            "",
            "AwaitingReconciliation",
            condition.type,
        )
        if condition.status != "True" and not waits and condition.type not in _RESTING:
            yield condition


_RESTING = (
    "Consolidatable",
    "Drifted",
    "Drained",
    "VolumesDetached",
    "InstanceTerminating",
    "DisruptionReason",
)
"""Conditions that are False while all is well."""


def by_hand(title: str, because: str, *steps: str) -> Repair:
    """A repair that can be said exactly, but not done from here."""
    return Repair(title, Safety.MANUAL, because, steps=steps)


def setting(name: str, value: str) -> tuple[str, str]:
    """How a setting of the chart reaches Karpenter, whatever installs it."""
    namespace, _, deployment = name.partition("/")
    return (
        f"keystone.cluster.operators.karpenter, or the chart's values: set {value}",
        f"to try it at once: kubectl -n {namespace} set env deployment/{deployment} {value}",
    )
