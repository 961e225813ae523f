"""A command with doors of its own: a world, a writer that changes it, and nothing outside."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from jsonschema import Draft202012Validator

from keystone_check.cli.doors import Doors, Rights
from keystone_check.cli.main import main
from keystone_check.cli.progress import Progress
from keystone_check.clusters import Overrides
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access
from keystone_check.model.aws import Provider
from keystone_check.model.change import Change, SetClientIds
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import Evidence, Finding, Repair, Safety, broken, holds
from keystone_check.model.outcome import Check
from keystone_check.model.trace import Trace
from keystone_check.model.world import World
from keystone_check.near import did_you_mean
from keystone_check.probes.rights import CREATE_TOKEN, LIST_ACCOUNTS
from keystone_check.remedy.apply.may import Rights as Vouched
from keystone_check.remedy.journal import Journal
from keystone_check.remedy.rehearse import rehearse
from keystone_check.remedy.runs import Run, read
from keystone_check.reports.schema import schema
from tests.reports import build
from tests.reports.build import PROVIDER

JSON_REPORT = Draft202012Validator(schema(closed=True))
AUDIENCE = "sts.amazonaws.com"


class Tty(io.StringIO):
    """A stream that somebody sits at."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError("there is no descriptor behind this one")


def registered(providers: Subjects[Provider], safety: Safety = Safety.SAFE) -> Iterator[Finding]:
    """Judge whether every provider accepts the audience."""
    for arn, provider in providers.seen():
        if AUDIENCE in provider.client_ids:
            yield holds(arn)
            continue
        change = SetClientIds(arn, provider.client_ids, (*provider.client_ids, AUDIENCE))
        evidence = Evidence("iam:GetOpenIDConnectProvider", AUDIENCE, ", ".join(provider.client_ids))
        yield broken(
            arn,
            f"The provider does not accept {AUDIENCE}.",
            evidence,
            Repair("add it", safety, "why", (change,)),
        )


def audience_check(safety: Safety = Safety.SAFE) -> Check:
    """A check whose repair really mends, of this class."""
    made = build.check("audience_is_registered", needs=("providers",))
    return replace(made, judge=lambda providers: registered(providers, safety))


def world(client_ids: tuple[str, ...] = ("foo",)) -> World:
    """A world with one provider that accepts these audiences."""
    provider = Provider(PROVIDER, PROVIDER.partition("/")[2], client_ids, ())
    return replace(build.world(), providers=Subjects(((PROVIDER, provider),)))


@dataclass
class Outside:
    """What stands behind the doors, and what was done through them."""

    checks: Sequence[Check]
    world: World = field(default_factory=world)
    written: list[Change] = field(default_factory=list)
    needs: list[frozenset[str]] = field(default_factory=list)
    opened: list[tuple[str, Overrides]] = field(default_factory=list)
    closed: int = 0
    accepted: list[Acceptance] = field(default_factory=list)
    seconds: float = 0.0
    """What the clock shows; only sleeping moves it."""
    later: list[World] = field(default_factory=list)
    """What the world is after each sleep."""
    journal: list[str] = field(default_factory=list)
    """Its lines."""
    gone: list[str] = field(default_factory=list)
    """What no longer stands as a plan had it."""
    vouched: Vouched = field(default_factory=Vouched)
    interrupted_by: BaseException | None = None
    traces: list[Trace] = field(default_factory=list)
    """What was left: `here` of them on this machine, the others in the cluster."""
    here: int = 0
    removed: list[Trace] = field(default_factory=list)

    def doors(self) -> Doors:
        """The doors to it."""
        return Doors(
            index=self.index,
            load=self.load,
            open=self.open,
            gather=self.gather,
            write=self.write,
            stale=self.stale,
            may=lambda access, caller, changes: self.vouched,
            journal=lambda access, world: nullcontext(self.opened_journal()),
            left_here=lambda: tuple(self.traces[: self.here]),
            left_in=self.left_in,
            remove=self.remove,
            unfinished_runs=lambda access: tuple(
                run for run in [self.opened_journal().unfinished] if run is not None
            ),
            unfinished=self.unfinished,
            wait=lambda attempt: False,
            endpoints=lambda access, known: ("https://10.0.0.5:6443  the API server",),
            rights=self.rights,
            seeable=lambda checks, access: tuple(checks),
            accepted=lambda files: tuple(self.accepted),
            scenarios=lambda: {"faults": 2},
            clock=lambda: self.seconds,
            sleep=self.sleep,
        )

    def index(self) -> Mapping[str, str]:
        return {check.id: check.link for check in self.checks}

    def load(self, ids: Iterable[str] | None) -> tuple[Check, ...]:
        wanted = None if ids is None else set(ids)
        return tuple(check for check in self.checks if wanted is None or check.id in wanted)

    @contextmanager
    def open(self, name: str, said: Overrides) -> Iterator[Access]:
        if name == "prd":
            raise UsageError("there is no cluster 'prd'", did_you_mean(name, ["prod"]))
        self.opened.append((name, said))
        try:
            yield said.over(Access(name or "prod"))
        finally:
            self.closed += 1

    def gather(self, access: Access, needs: frozenset[str], progress: Progress) -> World:
        progress("AWS", "OIDC providers")
        self.needs.append(needs)
        if self.interrupted_by is not None:
            raise self.interrupted_by
        return self.world

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        if self.later:
            self.world = self.later.pop(0)

    def write(self, access: Access, change: Change) -> None:
        self.written.append(change)
        self.world = rehearse(self.world, (change,))

    def stale(self, access: Access, changes: Sequence[Change]) -> tuple[str, ...]:
        return tuple(self.gone)

    def opened_journal(self) -> Journal:
        return Journal(self.journal.append, read("".join(self.journal), Path("journal")))

    def left_in(self, access: Access) -> tuple[Trace, ...]:
        return tuple(self.traces[self.here :])

    def remove(self, access: Access | None, trace: Trace) -> None:
        self.removed.append(trace)

    def unfinished(self, access: Access, world: World) -> Run | None:
        return self.opened_journal().unfinished

    def rights(self, access: Access, needs: frozenset[str], known: World) -> Rights:
        return (LIST_ACCOUNTS, CREATE_TOKEN), ("iam:GetRole", "s3:GetObject")


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


def command(
    outside: Outside, *argv: str, stdin: str | None = None, environ: Mapping[str, str] | None = None
) -> Ran:
    """Run the command; with `stdin` somebody sits at the terminal and answers with these lines."""
    out = io.StringIO()
    err, read = (io.StringIO(), None) if stdin is None else (Tty(), Tty(stdin))
    code = main(argv, out, err, read, environ or {}, outside.doors())
    return Ran(code, described(out.getvalue()), err.getvalue())


def described(text: str) -> str:
    """The text itself; a JSON report among it has to be as the published schema says, to the last field."""
    if text.startswith("{") and "verdict" in (document := json.loads(text)):
        JSON_REPORT.validate(document)
    return text


def finding(*found: Finding) -> Outside:
    """Behind the doors one check, which always finds this."""
    return Outside([build.judging(build.check(), *found)])


def unreachable() -> World:
    """A world in which nothing was reached."""
    gap = Missing("cluster", "https://10.0.0.5:6443: no answer within 2 s")
    return replace(build.world(), cluster=gap, caller=gap, issuer=gap)
