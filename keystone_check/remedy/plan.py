"""plan(diagnosis): the changes that its findings ask for, each once, in an order that works."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from keystone_check.model.chain import LINKS
from keystone_check.model.change import (
    Change,
    PutDocument,
    SetAccountPublicAccess,
    SetAcl,
    SetAnnotation,
    SetBucketPolicy,
    SetBucketPublicAccess,
    SetClientIds,
    SetDefaultEncryption,
    SetOwnership,
    SetSessionDuration,
    SetThumbprints,
    SetTrustPolicy,
    address,
)
from keystone_check.model.creation import (
    CreateBucket,
    CreateProvider,
    CreateRole,
    DeleteBucket,
    DeleteProvider,
    DeleteRole,
)
from keystone_check.model.finding import Repair, Safety, Severity, Status
from keystone_check.model.grant import SetRolePolicy
from keystone_check.model.outcome import Diagnosis, Outcome
from keystone_check.model.owner import Owner
from keystone_check.model.selector import SetNamespaceSelector
from keystone_check.model.workload import RestartWorkload
from keystone_check.remedy.owners import owners


class Others(Enum):
    """Other hands than ours."""

    MANAGED = "managed"
    """Objects that something else manages, which will likely revert what we write."""


Release = Safety | Others
"""What a run may write."""
SAFE_ONLY: frozenset[Release] = frozenset({Safety.SAFE})
_OPTIONS = {Safety.SAFE: "--fix", Safety.UNSAFE: "--fix=unsafe", Safety.RESTART: "--restart"}


@dataclass(frozen=True, slots=True)
class Step:
    """One change, the repair that asks for it and the outcomes that it helps to mend."""

    change: Change
    repair: Repair
    mends: tuple[str, ...]
    """`check` or `check[subject]`, along the chain."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A repair that was not planned, and what releases it."""

    outcome: Outcome
    repair: Repair
    release: str
    """An option, or the lines to write by hand."""
    owners: tuple[Owner, ...] = ()
    """What else manages what the repair writes to."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written in this round. No two steps have one address."""

    steps: tuple[Step, ...]
    held_back: tuple[HeldBack, ...]


def plan(
    diagnosis: Diagnosis,
    allow: frozenset[Release] = SAFE_ONLY,
    without: frozenset[Change] = frozenset(),
) -> Plan:
    """The plan of one round.

    Where two findings would write differently to one address, the first along the chain has this
    round and the other, judged again, the next. A repair is planned whole or not at all; one with a
    change in `without` (declined, refused or done already) is not.
    """
    first = _foundation(diagnosis, allow)
    held_back, steps = list[HeldBack](), dict[tuple[str, ...], Step]()
    for outcome, repair in _wanted(diagnosis):
        managing = owners(diagnosis.world, repair.changes)
        release = _release(outcome, repair, allow, first, managed=bool(managing))
        if release := release or _too_early(diagnosis, outcome, repair, allow):
            held_back.append(HeldBack(outcome, repair, release, managing))
        elif without.isdisjoint(repair.changes):
            _take(steps, outcome, repair)
    ordered = sorted(steps.values(), key=lambda step: rank(step.change))
    return Plan(tuple(ordered), tuple(held_back))


def named(outcome: Outcome) -> str:
    """`check` or `check[subject]`: the same in every round."""
    subject = outcome.finding.subject
    return f"{outcome.check.id}[{subject}]" if subject else outcome.check.id


def rank(change: Change) -> tuple[int, ...]:
    """Where a change stands in a plan: what it depends on comes first.

    A bucket is there before anything is set in it, and its ACL empty before ACLs are disabled.
    A public policy is refused while a public access block forbids it. What a document points to is
    there and open before the document points to it. IAM visits the issuer when a provider is created.
    Pods take an annotation up at once, so it comes when all that it leads to stands, and pods are made
    anew when everything that they are given does.
    """
    match change:
        case SetAccountPublicAccess():
            return (0,)
        case CreateBucket() | DeleteBucket():
            return (0, 1)
        case SetBucketPublicAccess():
            return (1,)
        case SetAcl():
            return (1, 1)
        case SetOwnership():
            return (1, 2)
        case SetDefaultEncryption():
            return (1, 3)
        case SetBucketPolicy():
            return (2,)
        case PutDocument():
            return (3, int(change.key.endswith("/openid-configuration")))
        case CreateProvider() | DeleteProvider():
            return (4,)
        case SetThumbprints():
            return (5,)
        case SetClientIds():
            return (6,)
        case CreateRole() | DeleteRole():
            return (6, 1)
        case SetTrustPolicy():
            return (7,)
        case SetSessionDuration():
            return (7, 1)
        case SetRolePolicy():
            return (7, 2)
        case SetAnnotation():
            return (8,)
        case SetNamespaceSelector():
            return (8, 1)
        case RestartWorkload():
            return (9,)
    assert_never(change)


def _wanted(diagnosis: Diagnosis) -> Iterator[tuple[Outcome, Repair]]:
    for outcome in diagnosis.broken:  # what the user lives with is left as it is
        if outcome.finding.repair is not None:
            yield outcome, outcome.finding.repair


def _foundation(diagnosis: Diagnosis, allow: frozenset[Release]) -> Outcome | None:
    """What is broken in the chain's first link, so that STS refuses, and not to be mended in this run.

    The issuer's name stands in everything that comes after it: in documents, provider and trust policies.
    While it is wrong, every later repair would write the wrong name.
    """
    for outcome in diagnosis.having(Status.BROKEN):
        repair = outcome.finding.repair
        first = outcome.check.link == LINKS[0].id and outcome.check.severity is Severity.CRITICAL
        if first and (repair is None or not _allowed(repair, allow)):
            return outcome
    return None


def _allowed(repair: Repair, allow: frozenset[Release]) -> bool:
    return repair.safety in allow and repair.safety is not Safety.MANUAL


def _release(
    outcome: Outcome, repair: Repair, allow: frozenset[Release], first: Outcome | None, *, managed: bool
) -> str:
    """What releases a repair that is held back; empty for one that is not."""
    if repair.safety is Safety.MANUAL:
        return "\n".join(repair.steps) or repair.title
    if first is not None and outcome.check.link != LINKS[0].id:
        return f"mend {named(first)} first"
    free = not managed or Others.MANAGED in allow
    if free and _allowed(repair, allow):
        return ""
    return f"{_OPTIONS[repair.safety]}{'' if free else ' --managed'}"


def _too_early(diagnosis: Diagnosis, outcome: Outcome, repair: Repair, allow: frozenset[Release]) -> str:
    """What is to be mended before workloads are restarted: new pods would get it as it is now."""
    if repair.safety is not Safety.RESTART:
        return ""
    links = [link.id for link in LINKS]
    for other in diagnosis.having(Status.BROKEN):
        before = links.index(other.check.link) < links.index(outcome.check.link)
        mends = other.finding.repair is not None and _allowed(other.finding.repair, allow)
        if before and other.check.severity is Severity.CRITICAL and not mends:
            return f"mend {named(other)} first"
    return ""


def _take(steps: dict[tuple[str, ...], Step], outcome: Outcome, repair: Repair) -> None:
    """Add the repair's changes, unless one of them would write over a step that is planned already."""
    changes = {address(change): change for change in repair.changes}
    if any(key in steps and steps[key].change != change for key, change in changes.items()):
        return
    for key, change in changes.items():
        step = steps.get(key) or Step(change, repair, ())
        steps[key] = replace(step, mends=(*step.mends, named(outcome)))
