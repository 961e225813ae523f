"""What the checks of reported refusals share: each refusal once, beside what the role grants now."""

from collections.abc import Callable, Iterable, Iterator

from keystone_check.checks.acting import of_itself
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, broken, gap, holds
from keystone_check.model.operators import Condition, Denial
from keystone_check.model.permissions import Permissions
from keystone_check.operators.causes import Cause
from keystone_check.operators.denied import of_conditions
from keystone_check.operators.granted import Granted, Law
from keystone_check.operators.need import Need
from keystone_check.operators.weighed import as_far_as_read


def reported(
    name: str,
    said: tuple[Denial, ...] | Absent | Missing,
    held: Permissions | Absent | Missing,
    needs: tuple[Need, ...],
    cause: Callable[[Denial], Cause | None],
    elsewhere: Iterable[Condition],
) -> Iterator[Finding]:
    """One finding for each action that was refused, or one where nothing is reported.

    What conditions tell as well is judged where objects are, and left out here.
    """
    if isinstance(said, Absent | Missing):
        yield gap(name, said)
        return
    told = set(of_conditions(elsewhere))
    own = [denial for denial in of_itself(said) if denial not in told]
    by_action: dict[str, Denial] = {}
    for denial in own:
        by_action.setdefault(denial.action or denial.text, denial)
    yield from (_told(name, denial, held, needs, cause(denial)) for denial in by_action.values())
    if not own:
        yield holds(name)


def _told(
    name: str,
    denial: Denial,
    held: Permissions | Absent | Missing,
    needs: tuple[Need, ...],
    cause: Cause | None,
) -> Finding:
    subject = f"{name} {denial.action}" if denial.action else name
    now = _now(denial, held, needs)
    why = f"; as others found: {cause.cause} ({cause.source})" if cause else ""
    named = " or ".join(cause.actions) if cause else ""
    what = denial.action or named or "a request whose action the text does not name"
    return broken(
        subject,
        f"it reports that {what} was refused{f': {now}' if now else ''}{why}",
        Evidence("its log", "no refusal", denial.text),
        _repair(name, denial, granted=now == _GRANTED),
    )


_GRANTED = "the role grants it now, so it was refused before, or something beside the role's policies refuses"


def _now(denial: Denial, held: Permissions | Absent | Missing, needs: tuple[Need, ...]) -> str:
    """What the role's policies say of the same action today."""
    asked = [need for need in needs if need.action == denial.action]
    if not denial.action or not isinstance(held, Permissions):
        return ""
    if not asked:
        return "it is not among what this release asks for with these settings"
    law = Law(as_far_as_read(held))
    if all(isinstance(law.answer(need), Granted) for need in asked):
        return _GRANTED
    return "the role does not grant it, as found above"


def _repair(name: str, denial: Denial, *, granted: bool) -> Repair:
    namespace, _, deployment = name.partition("/")
    restart = f"kubectl -n {namespace} rollout restart deployment/{deployment}"
    logs = (
        f"kubectl -n {namespace} logs deployment/{deployment} | grep -iE 'denied|unauthorized|not authorized'"
    )
    steps = (restart, logs) if granted else (logs, f"once its role is mended: {restart}")
    title = "restart it, and look again" if granted else "mend what is found above, and restart it"
    return Repair(title, Safety.MANUAL, "what asked, and when, stands in its log alone", steps=steps)
