"""Whether a plan from a file may be written here: of this cluster, as rehearsed, and no more than needed."""

from keystone_check.errors import UsageError
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.model.world import World
from keystone_check.remedy.describe import title
from keystone_check.remedy.excess import excess
from keystone_check.remedy.owners import owner
from keystone_check.remedy.planfile import PlanFile, account_of, issuer_of
from keystone_check.remedy.refuse import sift

_AGAIN = "make a plan for this cluster as it is: keystone-check --fix --plan-out FILE"


def admit(plan: PlanFile, before: Diagnosis, checks: tuple[Check, ...], *, managed: bool = False) -> None:
    """UsageError, before anything is written, where the plan may not be written whole.

    1. It is a plan for this issuer and this account.
    2. What it writes to is managed by nothing else, unless `managed` says that this is known.
    3. None of its changes opens more than a finding could need.
    4. Rehearsed, it breaks nothing that holds.
    """
    _belongs(plan, before.world)  # 1
    if not managed:
        _free(plan, before.world)  # 2
    for step in plan.steps:  # 3
        if more := excess(before.world, step.change):
            raise UsageError(f"the plan is refused: to {title(step.change)} would open more: {more}", _AGAIN)
    _, refused = sift(before, plan.steps, checks)  # 4
    if refused:
        raise UsageError(f"the plan is refused: to {title(refused[0].step.change)}: {refused[0].why}", _AGAIN)


def _free(plan: PlanFile, world: World) -> None:
    """As it is seen now: an owner may have come since the plan was made, or been edited out of it."""
    for step in plan.steps:
        if found := owner(world, step.change):
            raise UsageError(
                f"the plan is refused: to {title(step.change)} is to write what {found.name} manages "
                f"({found.told_by}) and will likely revert",
                "add --managed to write it all the same",
            )


def _belongs(plan: PlanFile, world: World) -> None:
    for what, theirs, ours in (
        ("issuer", plan.issuer, issuer_of(world)),
        ("account", plan.account, account_of(world)),
    ):
        if theirs != ours:
            raise UsageError(
                f"the plan was made for {plan.cluster}, {what} {theirs or '(unknown)'}; "
                f"here it is {ours or '(unknown)'}",
                f"name the cluster that it was made for, or {_AGAIN}",
            )
