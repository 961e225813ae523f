"""The decision: an explicit deny first, then what allows, and never a guess.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from keystone_check.iam.compiled import Compiled, Ready
from keystone_check.iam.explain import Miss, nearest
from keystone_check.iam.language import Policy, Statement
from keystone_check.iam.policy import Reading
from keystone_check.iam.request import Request, Unknown
from keystone_check.model.facts import Missing


@dataclass(frozen=True, slots=True)
class Allowed:
    """The statement that allows."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Denied:
    """The statement that denies; None when nothing allows."""

    statement: Statement | None
    _policies: Compiled | tuple[Policy, ...] = field(default=(), repr=False, compare=False)
    _request: Request | None = field(default=None, repr=False, compare=False)

    @property
    def misses(self) -> tuple[Miss, ...]:
        """The allowing statements that came nearest, with what kept each from matching."""
        return nearest(self._policies, self._request) if self._request else ()

    @property
    def because(self) -> str:
        """The denial in one sentence."""
        if self.statement:
            return f"{self.statement.name} denies it"
        misses = self.misses
        return f"no statement allows it; the nearest: {misses[0]}" if misses else "no statement allows it"


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why nobody here can say."""

    because: tuple[Missing | str, ...]

    def __str__(self) -> str:
        return "; ".join(why.because if isinstance(why, Missing) else why for why in self.because)


Decision = Allowed | Denied | Undecided


def decide(policies: Compiled | Iterable[Policy | Reading], request: Request) -> Decision:
    """What AWS decides on these policies together, and on nothing else. Compile those that are asked often.

    1. A statement that denies and matches decides.
    2. A policy that could not be read, or a denial that may match, leaves it open.
    3. A boundary, session policy, SCP or RCP has to allow as well, for each kind that is given.
    4. An identity, resource or trust policy has to allow; nothing does: denied.

    Steps 2 to 4 leave open only what an answer could still change: when nothing can allow, it is denied.
    """
    law = policies if isinstance(policies, Compiled) else Compiled(policies)
    about = law.about(request.action)
    denial = _first(about.denials, request) if about.denials else None
    if isinstance(denial, Statement):  # 1
        return Denied(denial, law, request)
    if law.unread:  # 2
        return Undecided(law.unread)
    if about.grants is None:
        return Denied(None, law, request)
    grants = [_first(group, request) for group in about.grants]  # 3, 4
    if None in grants:
        return Denied(None, law, request)
    granting = grants[-1]
    if isinstance(granting, Statement) and denial is None and len(grants) == 1:
        return Allowed(granting)
    open_ends = tuple(end.because for end in (denial, *grants) if isinstance(end, Unknown))
    if open_ends or not isinstance(granting, Statement):
        return Undecided(tuple(dict.fromkeys(open_ends)))
    return Allowed(granting)


def _first(statements: Iterable[Ready], request: Request) -> Statement | Unknown | None:
    """The first statement that matches; else why one may; else None."""
    open_end: Unknown | None = None
    for ready in statements:
        unknown: Unknown | None = None
        for test in ready.tests:
            verdict = test(request)
            if verdict is False:
                break
            if verdict is not True:
                unknown = verdict
        else:
            if unknown is None:
                return ready.statement
            open_end = open_end or unknown
    return open_end
