"""What every format renders: a diagnosis, whose it is, and what can be typed next."""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keystone_check import __version__
from keystone_check.gate import Gate, Verdict, verdict
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Finding, Safety, Status
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.upgrading.foresee import WOULD, Foreseen


@dataclass(frozen=True, slots=True)
class Report:
    """A diagnosis and what its reader needs beside it."""

    name: str
    """The cluster as the user named it."""
    diagnosis: Diagnosis
    again: str = "keystone-check"
    """The command that looks at the same cluster in the same way."""
    gate: Gate = Gate()  # noqa: RUF009  # it is frozen
    """Which of the broken findings fail the run."""
    version: str = __version__
    foreseen: Foreseen | None = None
    """What the diagnosis is of, where it is not of what is: `--target`."""

    @property
    def verdict(self) -> Verdict:
        """One word for all; whether it fails the run is the gate's to say."""
        return verdict(self.diagnosis)

    @property
    def exit_code(self) -> int:
        """The same in every format."""
        return self.gate.exit_code(self.diagnosis)


def rows(world: World) -> Iterator[tuple[str, str]]:
    """Who asked whom, as label and value; what could not be read says why."""
    cluster, caller, issuer = world.cluster, world.caller, world.issuer
    if isinstance(cluster, Missing):
        yield "cluster", f"unknown: {cluster.because}"
    else:
        yield "cluster", f"{cluster.server} {cluster.version}"
        yield "kube user", cluster.user
    if isinstance(caller, Missing):
        yield "aws", f"unknown: {caller.because}"
    else:
        yield "aws caller", caller.arn
        yield "account", f"{caller.account} in {caller.region or 'no region'}"
    if not isinstance(issuer, Missing):
        yield "issuer", issuer.url
    elif not isinstance(cluster, Missing) or issuer.because != cluster.because:
        yield "issuer", f"unknown: {issuer.because}"


def retries(world: World) -> Iterator[str]:
    """Answers that came only after a transient refusal, or never came."""
    for name in ("cluster_discovery", "cluster_keys", "discovery", "key_set"):
        answer = getattr(world, name)
        if isinstance(answer, Response) and answer.attempts > 1:
            said = "answered" if answer.status < 400 else f"still answered {answer.status}"
            yield f"{answer.url} {said} at the {_ordinal(answer.attempts)} try"


def counts(diagnosis: Diagnosis) -> str:
    """How many outcomes of each status, as far as there are any."""
    words = (
        (diagnosis.having(Status.CRASHED), "crashed"),
        (diagnosis.broken, "broken"),
        (diagnosis.accepted, "accepted"),
        (diagnosis.having(Status.BLOCKED), "could not be seen"),
        (diagnosis.having(Status.HOLDS), "hold"),
        (diagnosis.having(Status.NOT_APPLICABLE), "not applicable"),
    )
    return ", ".join(f"{len(found)} {word}" for found, word in words if found) or "nothing was judged"


def terms(acceptance: Acceptance) -> str:
    """Until when and why: `until 2027-03-31: the old cluster goes in spring`."""
    return f"until {acceptance.until}: {acceptance.reason}"


def lapse(outcome: Outcome) -> str:
    """That a finding's acceptance is over, with its reason; empty where it is not."""
    entry = outcome.acceptance
    return f"until {entry.until}, which is past: {entry.reason}" if entry and outcome.lapsed else ""


def idle_entries(diagnosis: Diagnosis) -> Iterator[str]:
    """Each acceptance that fits nothing: it was mended, renamed or never true, and nobody needs it."""
    for entry in diagnosis.unmatched:
        about = f"{entry.check}, {entry.subject}" if entry.subject else entry.check
        yield f"{entry.where or 'an acceptance'} ({about}) fits nothing that is broken here: remove it"


def forgiven(report: Report) -> str:
    """That some of what is broken does not fail, and by which option; empty where all of it does."""
    number = sum(map(report.gate.forgives, report.diagnosis.outcomes))
    option = "--exit-zero" if report.gate.exit_zero else f"--fail-on {report.gate.fail_on}"
    return f"{number} of what is broken {'do' if number > 1 else 'does'} not fail: {option}" if number else ""


def unseen(diagnosis: Diagnosis) -> Iterator[tuple[str, str, tuple[Outcome, ...]]]:
    """What blocked checks, each reason once: the reason, the right that would release it, the outcomes."""
    blocked = diagnosis.having(Status.BLOCKED)
    reasons = dict.fromkeys((outcome.finding.message, outcome.finding.permission) for outcome in blocked)
    for message, permission in reasons:
        same = (message, permission)
        held = (item for item in blocked if (item.finding.message, item.finding.permission) == same)
        yield message, permission, tuple(held)


def alike(outcomes: Iterable[Outcome]) -> Iterator[tuple[Outcome, tuple[str, ...]]]:
    """The first of each kind, and the subjects of the others that differ from it in names alone."""
    kinds: dict[object, list[Outcome]] = {}
    for outcome in outcomes:
        kinds.setdefault(_kind(outcome), []).append(outcome)
    for first, *others in kinds.values():
        yield first, tuple(outcome.finding.subject for outcome in others)


def _kind(outcome: Outcome) -> object:
    finding, seen = outcome.finding, outcome.finding.evidence
    texts = [finding.message, *((seen.expected, seen.seen) if seen else ())]
    repair = finding.repair
    texts += [repair.title, *repair.steps] if repair else []
    return (
        outcome.check.id,
        repair and repair.safety,
        outcome.acceptance,
        *(_NAMES.sub("·", text) for text in texts),
    )


_NAMES = re.compile(r"arn:[^\s\"',;]+:role/[\w+=,.@/-]+|system:serviceaccount:[a-z0-9.-]+:[a-z0-9.-]+")
"""What differs between one service account and the next, for one and the same defect."""


def sentence(finding: Finding) -> str:
    """The message, with the subject before it where the message does not name it."""
    subject, message = finding.subject, finding.message
    return message if not subject or subject in message else f"{subject}: {message}"


def lead(first: Outcome) -> str:
    """The first broken outcome as a report's headline."""
    if first.finding.message.startswith(WOULD):
        return f"The link {first.check.link} {first.finding.message}"
    return f"Broken at {first.check.link}: {sentence(first.finding)}"


def documentation(check: Check) -> str:
    """Where the services themselves document what a check judges: its page's first reference."""
    found = re.search(r"^- (https://\S+)", check.page.partition("## References")[2], re.MULTILINE)
    return found[1] if found else ""


def section(check: Check, title: str) -> str:
    """One section of a check's page."""
    return check.page.partition(f"## {title}")[2].partition("\n## ")[0].strip()


def next_step(report: Report) -> str:
    """The command to type next, or an empty string when there is nothing to do.

    The headline's own repair decides: what comes after it in the chain may well follow from it.
    """
    headline = report.diagnosis.headline
    broken = [headline] if headline and headline.finding.repair else report.diagnosis.broken
    classes = {outcome.finding.repair.safety for outcome in broken if outcome.finding.repair}
    for safety, option in _FIXING.items():
        if safety in classes:
            return f"{report.again} {option} --dry-run"
    if headline:
        return f"keystone-check --explain {headline.check.id}"
    lacks = any(outcome.finding.permission for outcome in report.diagnosis.having(Status.BLOCKED))
    return f"{report.again} --permissions" if lacks else ""


def mending(outcome: Outcome, report: Report) -> str:
    """The command that rehearses the repair of this finding alone; empty where none is possible from here."""
    repair = outcome.finding.repair
    option = _FIXING.get(repair.safety) if repair else None
    if option is None or report.foreseen or " snapshot:" in report.again:
        return ""
    words = shlex.split(report.again)
    while "--only" in words:
        at = words.index("--only")
        del words[at : at + 2]
    return f"{shlex.join(words)} --only {outcome.check.id} {option} --dry-run"


_FIXING = {Safety.SAFE: "--fix", Safety.UNSAFE: "--fix=unsafe", Safety.RESTART: "--fix --restart"}


def _ordinal(number: int) -> str:
    return f"{number}{'nd' if number == 2 else 'rd' if number == 3 else 'th'}"
