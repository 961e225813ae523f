"""What EC2 would answer to dry runs after a change, where it was really asked before."""

from dataclasses import replace

from keystone_check.model.exchange import Answer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import Operator
from keystone_check.model.opinion import FULFILLED, WOULD, WOULD_NOT, DryRun, DryRuns
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.asking import surroundings
from keystone_check.operators.granted import Granted, Law, Refused
from keystone_check.operators.karpenter.dry_running import FIND_TEMPLATES, Call, calls, verdict
from keystone_check.operators.karpenter.requirement import requirement
from keystone_check.operators.karpenter.running import installation, running


def dry_runs_followed(before: World, after: World) -> World:
    """`after`, with EC2's answers as the law foresees them.

    A refusal that the law did not foresee stays; whether a Karpenter without credentials gets some, and what
    EC2 answers then, only a look can tell.
    """
    if not isinstance(before.dry_runs, Subjects) or not isinstance(after.operators, Subjects):
        return after
    found = []
    for name, said in before.dry_runs:
        operator = after.operators[name]
        if isinstance(operator, Operator):
            said = _after(name, operator, said, before, after)
        found.append((name, said))
    return replace(after, dry_runs=Subjects(tuple(found)))


def _after(
    name: str, operator: Operator, said: DryRuns | Absent | Missing, before: World, after: World
) -> DryRuns | Absent | Missing:
    if _granted(operator, before) != _granted(operator, after):
        return Missing(name, f"only a look after the change can tell what EC2 answers to {name}")
    old, new = _law(operator, before), _law(operator, after)
    if not isinstance(said, DryRuns) or old is None or new is None:
        return said
    known = _calls(name, said, after)
    return replace(said, made=tuple(_followed(it, known, old, new) for it in said.made))


def _granted(operator: Operator, world: World) -> bool:
    answer = world.answers[operator.account] if isinstance(world.answers, Subjects) else None
    return isinstance(answer, Answer) and answer.granted


def _law(operator: Operator, world: World) -> Law | None:
    held = world.permissions[operator.role_arn] if isinstance(world.permissions, Subjects) else None
    return Law(held) if isinstance(held, Permissions) else None


def _followed(run: DryRun, known: dict[tuple[str, str], Call], old: Law, new: Law) -> DryRun:
    call = known.get((run.operation, run.node_class))
    if call is None or run.code != WOULD_NOT or not isinstance(verdict(old, call), Refused):
        return run
    if not isinstance(verdict(new, call), Granted):
        return run
    real = run.operation == FIND_TEMPLATES
    return replace(run, code="" if real else WOULD, message="" if real else FULFILLED)


def _calls(name: str, said: DryRuns, world: World) -> dict[tuple[str, str], Call]:
    around = surroundings(world)
    if isinstance(around, Missing) or not isinstance(world.operators, Subjects):
        return {}
    one = next((it for it in running(world.operators) if it.name == name), None)
    installed = installation(one, around) if one else None
    if installed is None or not isinstance(world.selections, Subjects):
        return {}
    used = {it.node_class: it.told["template"] for it in said.made if "template" in it.told}
    templates = {pool: used[it.name] for it in installed.node_classes if it.name in used for pool in it.pools}
    needs = requirement(installed)
    planned = calls(installed, needs, around.node_classes, around.node_pools, world.selections, templates)
    found = Call(FIND_TEMPLATES, "", needs=tuple(it for it in needs if it.action == FIND_TEMPLATES))
    return {(it.operation, it.node_class): it for it in (found, *planned) if isinstance(it, Call)}
