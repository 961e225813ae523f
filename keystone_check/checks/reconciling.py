"""What the checks of ACK share: each controller with its role's policies."""

from collections.abc import Callable, Iterator
from functools import partial

from keystone_check.checks.granting import Asker
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Repair, Safety, blocked, gap, not_applicable
from keystone_check.model.operators import AckKind, Operator
from keystone_check.model.permissions import Permissions
from keystone_check.operators.ack.least import least
from keystone_check.operators.ack.requirement import Controller, requirement
from keystone_check.operators.ack.running import PRODUCT, Running, controller, running


def askers(
    operators: Subjects[Operator],
    ack_kinds: Subjects[AckKind],
    role_map: Subjects[str] | Absent,
    permissions: Subjects[Permissions],
    caller: Caller | Missing,
    judge: Callable[[Asker, Running], Iterator[Finding]],
) -> Iterator[Finding]:
    """The judge's findings about each controller, or why there are none."""
    yield from unseen(operators)
    for one in running(operators):
        held = permissions[one.operator.role_arn]
        if not one.operator.role_arn:
            yield not_applicable(one.name, f"service account {one.operator.account} names no role")
        elif not one.known:
            yield blocked(one.name, Missing(one.name, one.doubt))
        elif isinstance(held, Absent | Missing):
            yield gap(one.name, held)
        elif installed := controller(one, ack_kinds, role_map, caller):
            yield from judge(asker(one, installed, held), one)


def asker(one: Running, installed: Controller, held: Permissions) -> Asker:
    """A controller as one who asks."""
    return Asker(
        name=one.name,
        role_arn=one.operator.role_arn,
        doubt=one.doubt,
        needs=requirement(installed),
        permissions=held,
        policy="ack",
        least=partial(least, installed),
        product=one.operator.product,
    )


def unseen(operators: Subjects[Operator]) -> Iterator[Finding]:
    """Operators that could not be read: each may be a controller."""
    for name, operator in operators:
        if isinstance(operator, Missing):
            yield gap(name, operator)


def controllers(operators: Subjects[Operator]) -> Iterator[tuple[str, Operator]]:
    """Every controller by `namespace/deployment`."""
    for name, operator in operators.seen():
        if operator.product.startswith(PRODUCT):
            yield name, operator


def by_hand(title: str, because: str, *steps: str) -> Repair:
    """A repair that can be said exactly, but not done from here."""
    return Repair(title, Safety.MANUAL, because, steps=steps)
