"""diagnose(world, checks): every check on the frozen facts, in the chain's order."""

from collections.abc import Iterable, Iterator
from traceback import extract_tb

from keystone_check.model.cluster import ROLE_ARN
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.finding import Finding, Status, blocked, not_applicable
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.world import World


def diagnose(world: World, checks: Iterable[Check]) -> Diagnosis:
    """Judge the world; one outcome or more for each check, whatever happens in the others."""
    return Diagnosis(
        world, tuple(Outcome(check, finding) for check in checks for finding in findings(world, check))
    )


def findings(world: World, check: Check) -> tuple[Finding, ...]:
    """What one check says of this world. A fact that is missing blocks it; nothing yielded is not a pass."""
    facts = {need: getattr(world, need) for need in check.needs}
    found = tuple(_obstacles(check, facts)) or _judged(check, facts)
    return found or (not_applicable("", _nothing(world)),)


def _nothing(world: World) -> str:
    """Why there may be nothing to judge; a mistyped namespace looks just like this."""
    if isinstance(world.accounts, Subjects) and not world.accounts.entries:
        return f"no service account here has the annotation {ROLE_ARN}; another namespace (-n, -A) may"
    return "there is nothing of this kind here to judge"


def _obstacles(check: Check, facts: dict[str, object]) -> Iterator[Finding]:
    seen = set[Missing]()
    for need, fact in facts.items():
        if isinstance(fact, Missing) and need not in check.tolerates and fact not in seen:
            seen.add(fact)
            yield blocked(fact.fact, fact)
        elif isinstance(fact, Absent) and need not in check.admits:
            yield not_applicable(fact.fact, fact.because)


def _judged(check: Check, facts: dict[str, object]) -> tuple[Finding, ...]:
    try:
        return tuple(map(_finding, check.judge(**facts)))
    except (Exception, SystemExit) as error:  # whatever a judge raises must not cost the other checks
        where = f" ({check.origin}, line {_line(error, check.origin)})" if check.origin else ""
        message = f"{type(error).__name__} in the check itself{where}: {error}"
        return (Finding(Status.CRASHED, "", message),)


def _finding(found: object) -> Finding:
    if not isinstance(found, Finding):
        raise TypeError(f"the judge yields {found!r}, which is no finding")
    return found


def _line(error: BaseException, origin: str) -> int:
    """Where in the check's own file it happened: the innermost line of it."""
    frames = extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == origin), 0)
