"""What is under judgement: a cluster or a snapshot by its name, the facts seen there and how to reach it.

Runners that keep a cluster open while the facts are used start here. What reads clusters and AWS is
imported where a name asks for it: a snapshot is judged without boto3 and kubernetes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from keystone_check import snapshot
from keystone_check.acceptance import accept, vetted
from keystone_check.catalogue import catalogue
from keystone_check.checks import load
from keystone_check.clusters import SNAPSHOT, Overrides, open_cluster
from keystone_check.configuration import at, find
from keystone_check.diagnosis import diagnose
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access, StaticCredentials
from keystone_check.model.outcome import Check, Diagnosis
from keystone_check.model.secret import Secret
from keystone_check.model.world import World
from keystone_check.probes.shared import Shared
from keystone_check.upgrading.asked import Asked, asked_for
from keystone_check.upgrading.foresee import foresee

Progress = Callable[[str, str], None]
"""Told source and thing before each read, from any thread."""


@dataclass(frozen=True)
class Bench:
    """Who judges: the checks, and what the user accepts of their findings."""

    checks: tuple[Check, ...] = field(default_factory=load, repr=False)
    accepted: tuple[Acceptance, ...] = ()
    wanted: tuple[Asked, ...] = ()
    """The upgrade that the facts are judged for; none: as they are."""


def bench(
    folder: Path, checks: Iterable[str] = (), accepted: Iterable[str] = (), targets: Sequence[str] = ()
) -> Bench:
    """Our checks and the configured ones of this folder, with those of further folders and files; and the
    targets, or else the configured ones."""
    configured = find(folder)
    every = catalogue((*configured.checks, *(folder / name for name in checks)))
    files = (configured, *(at(folder / name) for name in accepted))
    entries = tuple(entry for file in files for entry in file.accept)
    wanted = asked_for(targets, configured.targets)
    return Bench(every.load(), tuple(vetted(entries, every.index())), wanted)


@dataclass(frozen=True)
class Target:
    """One cluster as it was when the facts were gathered."""

    name: str
    world: World = field(repr=False)
    access: Access | None = field(repr=False)
    """None for a snapshot: there is nothing to connect to."""
    bench: Bench = field(default_factory=Bench, repr=False)

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """Every check's outcome on these facts, or after the upgrade; what is accepted says so."""
        now = diagnose(self.world, self.bench.checks)
        if self.bench.wanted:
            now = foresee(now, self.bench.wanted, self.bench.checks).then
        return accept(now, self.bench.accepted, self.name)

    def reach(self, wish: str) -> Access:
        """How to connect; UsageError for a snapshot, saying which wish of the user needs a cluster."""
        if self.access is None:
            raise UsageError(f"{wish} needs a cluster, and {self.name} is a file", "name a cluster instead")
        return self.access


@contextmanager
def open_target(
    name: str,
    folder: Path,
    progress: Progress,
    overrides: Overrides | None = None,
    bench: Bench | None = None,
    shared: Shared | None = None,
) -> Iterator[Target]:
    """The target of this name, looked at once; a cluster stays reachable while the block runs.

    What is `shared` with other targets is read of AWS once for all of them.
    """
    if name.startswith(SNAPSHOT):
        yield Target(name, snapshot.read(folder / name.removeprefix(SNAPSHOT)), None, bench or Bench())
    else:
        with open_cluster(name, overrides, folder) as access:
            yield look(access, progress, bench, shared)


def look(
    access: Access, progress: Progress, bench: Bench | None = None, shared: Shared | None = None
) -> Target:
    """Gather what all checks need from a cluster that is open already."""
    from keystone_check.probes.gather import gather
    from keystone_check.probes.seeable import seeable

    judges = bench or Bench()
    judges = replace(judges, checks=seeable(judges.checks, access))
    needs = frozenset(need for check in judges.checks for need in check.reads)
    return Target(
        access.name, gather(access, needs | WHO_ASKS, progress=progress, shared=shared), access, judges
    )


WHO_ASKS = frozenset({"cluster", "caller", "issuer"})
"""What a report's header names, whether or not a check judges it."""


def hand_over(target: Target) -> Mapping[str, str]:
    """Plain strings from which a worker process of this run rebuilds the target.

    Credentials that were given by value are in it, so it goes from process to process and nowhere else.
    """
    handed = {"name": target.name, "world": snapshot.save(target.world)}
    if target.access is None:
        return handed
    given = target.access.aws_credentials
    access = snapshot.text(replace(target.access, aws_credentials=None), Access)
    if given is None:
        return {**handed, "access": access}
    keys = {"key": given.access_key_id.reveal(), "secret": given.secret_access_key.reveal()}
    return {**handed, "access": access, **keys}


def take_over(handed: Mapping[str, str], bench: Bench | None = None) -> Target:
    """The target that another process of this run handed over; the same bench judges it here."""
    judges = bench or Bench()
    world = snapshot.load(handed["world"])
    if "access" not in handed:
        return Target(handed["name"], world, None, judges)
    access: Access = snapshot.value(handed["access"], Access)
    if "key" in handed:
        given = StaticCredentials(Secret(handed["key"]), Secret(handed["secret"]))
        access = replace(access, aws_credentials=given)
    return Target(handed["name"], world, access, judges)
