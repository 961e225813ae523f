"""The JSON report's shape. `as_json` builds it, under the type checker's eye; `schema` describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

from keystone_check.model.aws import Caller
from keystone_check.model.change import Change
from keystone_check.model.cluster import Cluster, Issuer

SCHEMA = 1
"""Raised when a field goes or changes its meaning. A field more raises nothing."""

StatusWord = Literal["holds", "broken", "blocked", "not_applicable", "crashed"]
SeverityWord = Literal["critical", "high", "medium", "low"]
SafetyWord = Literal["safe", "unsafe", "restart", "manual"]
VerdictWord = Literal["holds", "broken", "blocked", "crashed"]
StateWord = Literal["planned", "written", "declined", "failed", "skipped", "refused"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact's fields with `missing` null, or why it is `missing`."""

    of: Any


@dataclass(frozen=True, slots=True)
class Kinds:
    """The fields of one of these classes, and its name as `kind`."""

    of: Any


ClusterFact = Annotated[Mapping[str, Any], Fact(Cluster)]
CallerFact = Annotated[Mapping[str, Any], Fact(Caller)]
IssuerFact = Annotated[Mapping[str, Any], Fact(Issuer)]
ChangeObject = Annotated[Mapping[str, Any], Kinds(Change)]


class EvidenceObject(TypedDict):
    """Where it was read, what was expected and what was seen."""

    source: str
    expected: str
    seen: str


class RepairObject(TypedDict):
    """What would mend it."""

    title: str
    safety: SafetyWord
    reason: str
    changes: list[ChangeObject]
    steps: list[str]


class AcceptanceObject(TypedDict):
    """The user's entry that speaks of a finding; once lapsed, it no longer counts."""

    reason: str
    until: str
    lapsed: bool


class EntryObject(TypedDict):
    """An entry that fits no finding."""

    check: str
    subject: str
    reason: str
    until: str
    where: str


class OutcomeObject(TypedDict):
    """One check's judgement about one subject."""

    check: str
    link: str
    title: str
    severity: SeverityWord
    origin: str
    documentation: str
    status: StatusWord
    subject: str
    message: str
    permission: str
    evidence: EvidenceObject | None
    repair: RepairObject | None
    accepted: AcceptanceObject | None
    fails: bool


class LookObject(TypedDict):
    """One look: who asked, what was found, and what it comes to."""

    schema: int
    keystone_check: str
    name: str
    exit_code: int
    verdict: VerdictWord
    fail_on: str
    gathered_at: int
    cluster: ClusterFact
    caller: CallerFact
    issuer: IssuerFact
    summary: dict[StatusWord, int]
    accepted: int
    headline: OutcomeObject | None
    outcomes: list[OutcomeObject]
    unmatched: list[EntryObject]
    notes: list[str]


class StepObject(TypedDict):
    """A change of a repair, and what became of it."""

    state: StateWord
    title: str
    because: str
    mends: list[str]
    safety: SafetyWord
    change: ChangeObject


class ManagedObject(TypedDict):
    """What else manages an object, what tells so, and the form of `--emit` for its source."""

    by: str
    told_by: str
    emit: str


class HeldBackObject(TypedDict):
    """A repair that was not made, and what releases it."""

    check: str
    release: str
    repair: RepairObject
    managed: list[ManagedObject]


class RestartObject(TypedDict):
    """A workload whose pods keep what they had until they are restarted."""

    check: str
    subject: str
    steps: list[str]


class MendingObject(TypedDict):
    """What `--fix` did, or would do, and both looks around it."""

    rehearsed: bool
    note: str
    steps: list[StepObject]
    held_back: list[HeldBackObject]
    restart: list[RestartObject]
    before: LookObject
    after: LookObject


class MoveObject(TypedDict):
    """What runs, and what would."""

    product: str
    name: str
    was: str
    then: str


class StageObject(TypedDict):
    """A release on the way, and its own upgrade notes."""

    product: str
    release: str
    notes: list[str]
    breaking: bool
    url: str


class AboutObject(TypedDict):
    """A check and the subject that it judged."""

    check: str
    subject: str


class ForeseenObject(TypedDict):
    """What the outcomes are of, where they are not of what is: an upgrade."""

    targets: list[str]
    moves: list[MoveObject]
    steps: list[StageObject]
    cautions: list[str]
    would_break: list[AboutObject]
    broken_now: list[AboutObject]


class ReportObject(LookObject):
    """The whole report."""

    mending: MendingObject | None
    foreseen: ForeseenObject | None


class ShardObject(TypedDict):
    """Which part of the clusters this is."""

    number: int
    of: int


class MemberObject(TypedDict):
    """A cluster; or a file or a shard that should tell of some, and does not."""

    name: str
    what: Literal["cluster", "shard", "file"]
    exit_code: int
    verdict: VerdictWord
    gap: str
    hint: str
    report: ReportObject | None


class FleetObject(TypedDict):
    """The report of several clusters: the worst of them, and each."""

    schema: int
    keystone_check: str
    exit_code: int
    verdict: VerdictWord
    shard: ShardObject | None
    clusters: list[MemberObject]
