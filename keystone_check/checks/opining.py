"""What the two checks of the second opinion share: AWS's answers beside ours, request by request.

1. Ours is weighed on all policies that could be read; of an organization's that may not be read it knows
   nothing.
2. The simulator judges the same requests with the same circumstances. Where its policies ask for a key that
   nobody told it and nobody here knows, its refusal is not the one that the operator will get.
3. What is granted in part here is refused there for the whole, and that is no disagreement.
"""

import json
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from keystone_check.checks.granting import Asker, untold
from keystone_check.iam.request import Unknown
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    blocked,
    broken,
    gap,
    holds,
    not_applicable,
)
from keystone_check.model.opinion import ALLOWED, BOUNDARY, SCP, Opinion, Opinions
from keystone_check.operators.granted import Answer, Granted, Law, Limited, Open, Refused
from keystone_check.operators.need import Need
from keystone_check.operators.simulated import key_of, key_of_opinion
from keystone_check.operators.weighed import as_far_as_read

SIMULATOR = "iam:SimulatePrincipalPolicy"


@dataclass(frozen=True, slots=True)
class Compared:
    """One request with both answers."""

    need: Need
    ours: Answer
    theirs: Opinion

    @property
    def agrees(self) -> bool:
        """Whether both come to the same."""
        return isinstance(self.ours, Granted) == (self.theirs.decision == ALLOWED)

    @property
    def untold(self) -> tuple[str, ...]:
        """2. Keys that the simulator lacked, and whose values nobody here knows either."""
        request = self.need.request
        return tuple(key for key in self.theirs.lacking if isinstance(request.values(key), Unknown))


def second_opinion(asker: Asker, said: Opinions | Absent | Missing) -> Iterator[Finding]:
    """One finding for each action about which both disagree, and one for all else."""
    if not isinstance(said, Opinions):
        yield gap(asker.name, said)
        return
    both = tuple(_both(asker, said))
    if unread := unreadable(asker, [it.ours for it in both]):
        yield unread
        return
    left = {id(it): because for it in both if (because := _incomparable(it))}
    apart: dict[str, list[Compared]] = {}
    for it in both:
        if id(it) not in left and not it.agrees:
            apart.setdefault(it.need.action, []).append(it)
    yield from (_apart(asker, found) for found in apart.values())
    if said.gaps:
        yield blocked(asker.name, _unasked(asker, said.gaps))
    elif both and not apart and len(left) < len(both):
        yield holds(asker.name, f"IAM's simulator agrees on {_counted(len(both) - len(left), asker)}")
    if left:
        yield not_applicable(f"{asker.name} not compared", _left(left.values()))


def unreadable(asker: Asker, ours: Iterable[Answer]) -> Finding | None:
    """That nothing can be compared, where a right is missing without which ours is no answer."""
    read = replace(asker, permissions=as_far_as_read(asker.permissions))
    told = (untold(read, it) for it in ours if isinstance(it, Open))
    return next((it for it in told if it.permission), None)


def _both(asker: Asker, said: Opinions) -> Iterator[Compared]:
    """1."""
    law = Law(as_far_as_read(asker.permissions))
    given = {key_of_opinion(it): it for it in said.given}
    for need in asker.needs:
        if theirs := given.get(key_of(need)):
            yield Compared(need, law.answer(need), theirs)


def _incomparable(one: Compared) -> str:
    """Why these two answers say nothing about each other; empty where they do."""
    if isinstance(one.ours, Open):
        return f"it cannot be told here, and the simulator says {one.theirs.decision}: {one.ours.because}"
    if not one.agrees and one.untold:
        return f"the policies ask for {', '.join(one.untold)}, which nobody could tell the simulator"
    return ""


def _left(reasons: Iterable[str]) -> str:
    """Each reason once, with how many requests it holds for."""
    found = list(reasons)
    counted = (f"{found.count(one)} x {one}" for one in dict.fromkeys(found))
    return f"not compared with IAM's simulator: {'; '.join(counted)}"


def _counted(agreed: int, asker: Asker) -> str:
    every = len(set(map(key_of, asker.needs)))
    return f"every request ({every})" if agreed >= every else f"{agreed} of {every} requests"


def _unasked(asker: Asker, gaps: tuple[Missing, ...]) -> Missing:
    more = f", and {len(gaps) - 1} more questions" if len(gaps) > 1 else ""
    because = f"the simulator did not judge {gaps[0].fact}{more}: {gaps[0].because}"
    return Missing(asker.name, because, next((it.permission for it in gaps if it.permission), ""))


def _apart(asker: Asker, found: list[Compared]) -> Finding:
    first = found[0]
    need, theirs = first.need, first.theirs
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return broken(
        f"{asker.name} {need.action}",
        f"IAM's simulator and the policies as read disagree about role {asker.role}: {need.action} on "
        f"{need.resource}{more} is {_theirs(theirs)} there, and {_ours(first.ours)} here",
        Evidence(SIMULATOR, f"{need.action}: {_ours(first.ours)}", _theirs(theirs)),
        Repair(
            f"find out who is right about {need.action}",
            Safety.MANUAL,
            "what decides is not among what can be read from here",
            steps=(_where(asker, first), _again(asker, first)),
        ),
    )


def _ours(answer: Answer) -> str:
    match answer:
        case Granted():
            return f"allowed by {answer.statement.name}"
        case Limited():
            return f"allowed on {' and '.join(answer.resources)} alone"
        case Refused():
            return f"refused ({answer.layer}): {answer.because}"
        case Open():
            return f"open: {answer.because}"


def _theirs(opinion: Opinion) -> str:
    by = f" by a {' and a '.join(opinion.refused_by)}" if opinion.refused_by else ""
    of = f" ({'; '.join(opinion.statements)})" if opinion.statements else ""
    return f"{opinion.decision}{by}{of}"


def _where(asker: Asker, one: Compared) -> str:
    if SCP in one.theirs.refused_by:
        return (
            f"ask whoever runs the organization to except {asker.role_arn} for {one.need.action}; the "
            "simulator tells no missing key of such a policy, so first try it with --live"
        )
    if BOUNDARY in one.theirs.refused_by:
        return f"aws iam get-role --role-name {asker.role} names the boundary: allow {one.need.action} there"
    return "a real call settles it: --live makes some, and the operator's own log tells of the rest"


def _again(asker: Asker, one: Compared) -> str:
    """The same question, for a terminal."""
    entries = [
        {"ContextKeyName": key, "ContextKeyType": "stringList", "ContextKeyValues": list(values)}
        for key, values in one.theirs.context.items()
    ]
    words = ["aws", "iam", "simulate-principal-policy", "--policy-source-arn", asker.role_arn]
    words += ["--action-names", one.need.action, "--resource-arns", one.need.resource]
    return shlex.join([*words, "--context-entries", json.dumps(entries)])
