"""One check asked about a world of the sandbox."""

from keystone_check import checks
from keystone_check.diagnosis import findings
from keystone_check.model.world import World


def said(check: str, world: World) -> list[tuple[str, str]]:
    """Status and message of each finding."""
    (one,) = checks.load((check,))
    return [(finding.status.value, finding.message) for finding in findings(world, one)]


def only(check: str, world: World) -> tuple[str, str]:
    """The one finding."""
    (found,) = said(check, world)
    return found
