"""One judgement in the words of a pytest failure: what was found, why, and what to do next."""

import shlex
from collections.abc import Iterator

from keystone_check import __version__
from keystone_check.gate import Gate
from keystone_check.model.finding import Repair, Safety, Status
from keystone_check.model.outcome import Check, Outcome
from keystone_check.reports.printable import printable
from keystone_check.reports.report import lapse, rows, terms
from keystone_check.targets import Target


def who_asks(target: Target) -> str:
    """One line for pytest's header: the cluster, its version, and as whom we ask it and AWS."""
    said = ", ".join(f"{label} {value}" for label, value in rows(target.world))
    return printable(f"keystone-check {__version__} on {target.name}: {said}")


def tell(outcome: Outcome, target: Target) -> str:
    """The finding as a reader needs it; its first line is what pytest's summary shows."""
    return "\n".join((_headline(outcome), *_lines(outcome, target)))


def forgiveness(outcome: Outcome, gate: Gate) -> str:
    """Why what is broken does not fail, with what is broken."""
    entry = outcome.acceptance if outcome.is_accepted else None
    why = f"accepted {terms(entry)}" if entry else f"not failing, as only {gate.fail_on} does"
    return f"{outcome.check.id}: {why} ({outcome.finding.message})"


def _headline(outcome: Outcome) -> str:
    finding = outcome.finding
    message = printable(finding.message)
    if finding.status is Status.BLOCKED:
        return f"could not see: {message}"
    if finding.status is not Status.CRASHED:
        return message
    whose = "a check of yours" if outcome.check.origin else "keystone-check"
    return f"bug of {whose}: {message}"


def _lines(outcome: Outcome, target: Target) -> Iterator[str]:
    check, finding = outcome.check, outcome.finding
    yield _line("check", f"{check.title} ({check.severity.value})")
    if over := lapse(outcome):
        yield _line("accepted", over)
    if evidence := finding.evidence:
        yield _line("expected", evidence.expected)
        yield _line("seen", evidence.seen)
        yield _line("source", evidence.source)
    if finding.permission:
        yield _line("needs", f"{finding.permission} (keystone-check --permissions prints all that is needed)")
    if finding.status is Status.BLOCKED:
        yield _line("or", "--keystone-allow-blocked skips what cannot be seen")
    if finding.repair:
        yield from _mending(finding.repair, check, target)
    yield _line("page", f"keystone-check --explain {check.id}")


def _mending(repair: Repair, check: Check, target: Target) -> Iterator[str]:
    yield _line("mend", f"{repair.title} ({repair.safety.value}: {repair.reason})")
    for step in repair.steps:
        yield from (_line("", line) for line in step.splitlines())
    if repair.safety is not Safety.MANUAL and target.access is not None:
        more = {Safety.UNSAFE: "=unsafe", Safety.RESTART: " --restart"}
        fix = f"--fix{more.get(repair.safety, '')}"
        yield _line("", f"keystone-check --cluster {shlex.quote(target.name)} --only {check.id} {fix}")


def _line(label: str, text: str) -> str:
    return f"  {label:<8}  {printable(text)}"
