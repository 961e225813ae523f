"""Every operator here, with its role and all that it asks of AWS."""

from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.model.facts import Absent, Subjects
from keystone_check.model.operators import AckKind, Operator
from keystone_check.operators.ack import requirement as of_ack
from keystone_check.operators.ack import running as ack
from keystone_check.operators.karpenter import requirement as of_karpenter
from keystone_check.operators.karpenter import running as karpenter
from keystone_check.operators.karpenter.running import Around
from keystone_check.operators.need import Need


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Who asks, as which role, for what."""

    name: str
    """`namespace/deployment`."""
    role_arn: str
    needs: tuple[Need, ...]


def inquiries(
    operators: Subjects[Operator],
    around: Around,
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
) -> Iterator[Inquiry]:
    """Those of whom it is known what they ask, by name."""
    found = [*_karpenters(operators, around), *_controllers(operators, around, ack_kinds, role_map)]
    yield from sorted(found, key=lambda one: one.name)


def _karpenters(operators: Subjects[Operator], around: Around) -> Iterator[Inquiry]:
    for one in karpenter.running(operators):
        if installed := karpenter.installation(one, around):
            needs = of_karpenter.requirement(installed)
            yield Inquiry(one.name, one.operator.role_arn, needs)


def _controllers(
    operators: Subjects[Operator],
    around: Around,
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
) -> Iterator[Inquiry]:
    for one in ack.running(operators):
        if installed := ack.controller(one, ack_kinds, role_map, around.caller):
            needs = of_ack.requirement(installed)
            yield Inquiry(one.name, one.operator.role_arn, needs)
