"""One check on a few facts."""

from typing import Any

from keystone_check import checks
from keystone_check.diagnosis import findings
from keystone_check.model.finding import Finding, Status
from tests.worlds import world


def judge(check: str, **facts: Any) -> tuple[Finding, ...]:
    """What the check of this id finds when nothing else is known."""
    (read,) = checks.load([check])
    return findings(world(**facts), read)


def told(check: str, **facts: Any) -> dict[str, tuple[Status, str]]:
    """The same by subject, as status and message."""
    return {it.subject: (it.status, it.message) for it in judge(check, **facts)}
