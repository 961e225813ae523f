"""`--count` and `--wait`: one look after another, until enough of them in a row were good."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from keystone_check.model.finding import Status
from keystone_check.reports.report import Report, counts, sentence


@dataclass(frozen=True, slots=True)
class Rounds:
    """How many good rounds in a row, how far apart, and how long a bad one is waited out."""

    count: int = 1
    every: float = 5.0
    patience: float | None = None
    """Seconds; None ends with the first round that is not good."""


def rounds(
    look: Callable[[], Report],
    plan: Rounds,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    tell: Callable[[str], None],
) -> Report:
    """The last round's report: good exactly when as many in a row were good as the plan asks for.

    The patience is for rounds that are not good. A row that has begun within it may end after it.
    """
    end = None if plan.patience is None else clock() + plan.patience
    number = good = 0
    while True:
        report = look()
        number += 1
        good = good + 1 if is_good(report) else 0
        pause, why = _pause(report, good, plan, None if end is None else end - clock())
        tell(f"round {number}: {_said(report, good, plan)}; {why}")
        if pause <= 0:
            return report
        sleep(pause)


def _pause(report: Report, good: int, plan: Rounds, left: float | None) -> tuple[float, str]:
    """How long until the next round, 0 when there is none, and that in words."""
    if good >= plan.count:
        return 0, "enough"
    if good:
        return plan.every, f"looking again in {plan.every:g} s"
    if left is None:
        return 0, "not waited for"
    if cause := final(report):
        return 0, f"waiting cannot help: {cause}"
    if left <= 0:
        return 0, f"waited {plan.patience:g} s"
    pause = min(plan.every, left)
    return pause, f"looking again in {pause:.3g} s, {left:.0f} s left"


def is_good(report: Report) -> bool:
    """Whether nothing fails that the gate lets fail; `--exit-zero` is about the exit code alone."""
    return replace(report.gate, exit_zero=False).exit_code(report.diagnosis) == 0


def final(report: Report) -> str:
    """What no waiting changes; empty when time may. Rights are granted and bugs are mended by somebody.

    What is broken is not final: whoever waits has changed something, and waits for it to be seen.
    """
    if crashed := report.diagnosis.having(Status.CRASHED):
        return f"the check {crashed[0].check.id} failed itself"
    lacks = (outcome.finding.permission for outcome in report.diagnosis.having(Status.BLOCKED))
    needed = ", ".join(dict.fromkeys(filter(None, lacks)))
    return f"it needs {needed}" if needed else ""


def _said(report: Report, good: int, plan: Rounds) -> str:
    if good:
        return f"good, {good} of {plan.count} in a row" if plan.count > 1 else "good"
    first = report.diagnosis.headline
    return f"broken at {first.check.link}: {sentence(first.finding)}" if first else counts(report.diagnosis)
