"""What IAM's simulator would say after a change, where it was really asked before."""

from dataclasses import replace

from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.opinion import Opinion, Opinions
from keystone_check.model.permissions import Permissions
from keystone_check.model.world import World
from keystone_check.operators.simulated import Simulator, told


def opinions_followed(before: World, after: World) -> World:
    """`after`, with the simulator's answers as the law foresees them.

    Where it said before what the law did not foresee, something outside of these facts speaks: it will go on
    saying it.
    """
    if not isinstance(before.opinions, Subjects) or before.permissions == after.permissions:
        return after
    found = ((name, _after(name, said, before, after)) for name, said in before.opinions)
    return replace(after, opinions=Subjects(tuple(found)))


def _after(
    name: str, said: Opinions | Absent | Missing, before: World, after: World
) -> Opinions | Absent | Missing:
    old, new = _held(name, before), _held(name, after)
    if not isinstance(said, Opinions) or old is None or new is None or old == new:
        return said
    laws = Simulator(old), Simulator(new)
    return replace(said, given=tuple(_followed(it, *laws) for it in said.given))


def _held(name: str, world: World) -> Permissions | None:
    if not isinstance(world.operators, Subjects) or not isinstance(world.permissions, Subjects):
        return None
    operator = world.operators[name]
    if isinstance(operator, Absent | Missing):
        return None
    held = world.permissions[operator.role_arn]
    return held if isinstance(held, Permissions) else None


def _followed(said: Opinion, old: Simulator, new: Simulator) -> Opinion:
    request = Request(said.action, said.resource, AwsPrincipal(""), dict(told(said.context)))
    return new.opinion(request) if _alike(old.opinion(request), said) else said


def _alike(foreseen: Opinion, said: Opinion) -> bool:
    """The same decision: which statements matched the simulator tells in its own words."""
    return (foreseen.decision, foreseen.refused_by) == (said.decision, said.refused_by)
