"""EC2's answers to dry runs beside ours, call by call."""

from collections.abc import Iterable, Iterator, Sequence

from keystone_check.checks.granting import Asker
from keystone_check.checks.karpenting import by_hand
from keystone_check.checks.opining import unreadable
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import Evidence, Finding, blocked, broken, holds, not_applicable
from keystone_check.model.opinion import WOULD, WOULD_NOT, DryRun, DryRuns
from keystone_check.operators.granted import Granted, Law, Open, Refused
from keystone_check.operators.karpenter.dry_running import FIND_TEMPLATES, Call, verdict
from keystone_check.operators.weighed import as_far_as_read

_DECIDE = (WOULD, WOULD_NOT, "")


def compared(asker: Asker, runs: DryRuns, planned: Sequence[Call]) -> Iterator[Finding]:
    """One finding for each call about which both disagree or one cannot tell, and one for all others."""
    law, by_call = (
        Law(as_far_as_read(asker.permissions)),
        {(it.operation, it.node_class): it for it in planned},
    )
    if unread := unreadable(asker, [verdict(law, it) for it in planned if it.needs]):
        yield unread
        return
    agreed = list[DryRun]()
    for run in runs.made:
        call = by_call.get((run.operation, run.node_class)) or _found(asker, run)
        ours = verdict(law, call) if call.needs else None
        if run.code not in _DECIDE or ours is None or isinstance(ours, Open):
            yield not_applicable(_subject(asker, run), _undecided(run, ours))
        elif isinstance(ours, Granted) == (run.code != WOULD_NOT):
            agreed.append(run)
        else:
            yield _otherwise(asker, run, ours)
    yield from _left(asker, runs.left)
    if agreed and not any(isinstance(it, Missing) for it in runs.left):
        yield holds(asker.name, f"EC2 was asked as role {asker.role}: {_told(agreed)}")


def _found(asker: Asker, run: DryRun) -> Call:
    """The one describe that is made for real."""
    needs = asker.needs if run.operation == FIND_TEMPLATES else ()
    return Call(run.operation, "", needs=tuple(need for need in needs if need.action == run.operation))


def _subject(asker: Asker, run: DryRun) -> str:
    return f"{asker.name} {run.operation}{f' {run.node_class}' if run.node_class else ''}"


def _undecided(run: DryRun, ours: Granted | Refused | Open | None) -> str:
    said = f"EC2 says {_said(run)}"
    if run.code not in _DECIDE:
        return f"{run.operation}{_with(run)} was not decided: {said}"
    because = f": {ours.because}" if isinstance(ours, Open) else ""
    return f"{run.operation}{_with(run)}: {said}, and it cannot be told here{because}"


def _said(run: DryRun) -> str:
    return f"{run.code or 'no error'}{f': {run.message}' if run.message else ''}"


def _left(asker: Asker, left: Iterable[Absent | Missing]) -> Iterator[Finding]:
    for one in left:
        subject = f"{asker.name} {one.fact}"
        yield blocked(subject, one) if isinstance(one, Missing) else not_applicable(subject, one.because)


def _told(runs: Iterable[DryRun]) -> str:
    return ", ".join(f"{run.operation}{_with(run)} {run.code or 'answered'}" for run in runs)


def _with(run: DryRun) -> str:
    told = [f"{name} {value}" for name, value in run.told.items()]
    words = ", ".join((*((run.node_class,) if run.node_class else ()), *told))
    return f" ({words})" if words else ""


def _otherwise(asker: Asker, run: DryRun, ours: Granted | Refused) -> Finding:
    grants = isinstance(ours, Granted)
    here = "grant it" if grants else f"refuse {ours.need.action} on {ours.need.resource}"
    return broken(
        _subject(asker, run),
        f"EC2 answers otherwise than the policies of role {asker.role} say: {run.operation}{_with(run)} got "
        f"{_said(run)}; the policies that can be read {here}",
        Evidence(f"{run.operation} with DryRun as {asker.role}", WOULD if grants else WOULD_NOT, _said(run)),
        by_hand(
            f"find out what decides {run.operation}",
            "what decides is not among what can be read from here",
            _where(asker, run),
        ),
    )


def _where(asker: Asker, run: DryRun) -> str:
    if run.code == WOULD_NOT:
        return (
            f"except {asker.role_arn} in the layer that EC2 names; make the call again, and aws sts "
            "decode-authorization-message --encoded-message MESSAGE tells the whole reason"
        )
    return "keep the facts with --save FILE and report them: keystone-check reads a policy wrongly"
