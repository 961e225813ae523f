"""What the command reaches outside itself through. The real doors are opened only when a run needs them."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from keystone_check import snapshot
from keystone_check.catalogue import Catalogue, catalogue
from keystone_check.cli.progress import Progress
from keystone_check.clusters import Overrides, open_cluster
from keystone_check.configuration import at, find
from keystone_check.errors import KeystoneError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access
from keystone_check.model.change import Change
from keystone_check.model.outcome import Check
from keystone_check.model.trace import Kind, Trace
from keystone_check.model.world import World
from keystone_check.probes.rights import KubeAsk
from keystone_check.remedy.journal import Journal
from keystone_check.remedy.runs import Run

if TYPE_CHECKING:
    from keystone_check.probes.trail import History as Events
    from keystone_check.remedy.apply.may import Rights as Vouched

Rights = tuple[Sequence[KubeAsk], Sequence[str]]
"""What RBAC has to allow, and the IAM actions."""


Gather = Callable[[Access, frozenset[str], Progress], World]
Found = tuple[str, bytes | KeystoneError]
"""Where a result lies, and its content or why it could not be read."""


@dataclass(frozen=True, slots=True)
class Doors:
    """One function for each thing outside."""

    index: Callable[[], Mapping[str, str]]
    """Check id to link, in the chain's order."""
    load: Callable[[Iterable[str] | None], tuple[Check, ...]]
    open: Callable[[str, Overrides], AbstractContextManager[Access]]
    gather: Gather
    write: Callable[[Access, Change], None]
    stale: Callable[[Access, Sequence[Change]], tuple[str, ...]]
    """A sentence for each change that does not meet what it was planned over."""
    may: Callable[[Access, str, Sequence[Change]], "Vouched"]
    """Whether the caller of this ARN has the rights that the changes take."""
    journal: Callable[[Access, World], AbstractContextManager[Journal]]
    """The record of what was written to this cluster and account, held for as long as it is open."""
    left_here: Callable[[], tuple[Trace, ...]]
    """What killed processes left on this machine."""
    left_in: Callable[[Access], tuple[Trace, ...]]
    """What was made for a moment in this cluster."""
    remove: Callable[[Access | None, Trace], None]
    """Remove such a thing; KeystoneError where it cannot be."""
    unfinished_runs: Callable[[Access | None], tuple[Run, ...]]
    """The last unfinished run of each journal."""
    unfinished: Callable[[Access, World], Run | None]
    """The run that was killed on its way here, read without holding the journal."""
    wait: Callable[[int], bool]
    """Pause before looking again for what was written; False when there was waiting enough."""
    endpoints: Callable[[Access, World], Iterable[str]]
    rights: Callable[[Access, frozenset[str], World], Rights]
    seeable: Callable[[Sequence[Check], Access], tuple[Check, ...]]
    """Those of the checks that can be judged there: without a cluster, what needs none."""
    accepted: Callable[[Sequence[str]], tuple[Acceptance, ...]]
    """The accepted findings of the configuration and of these files."""
    scenarios: Callable[[], Mapping[str, int]]
    """What the embedded cluster can be, by kind; empty where it is not installed."""
    clock: Callable[[], float]
    """Seconds that only ever grow."""
    sleep: Callable[[float], None]
    targets: Callable[[], tuple[str, ...]] = tuple
    """Those of the configuration."""
    configured: Callable[[], tuple[str, ...]] = tuple
    """The clusters of the configuration."""
    sharing: Callable[[], Gather] | None = None
    """A gather for several clusters, which reads what is of one AWS account once for all that are in it."""
    results: Callable[[str, Access], Iterable[Found]] = lambda name, access: ()
    """The JSON reports of a file, a folder or a bucket."""
    file: Callable[[Access, str, bytes, str], None] = lambda access, address, content, format: None
    """Put a report of this format into a bucket."""
    now: Callable[[], float] = time.time
    """Unix seconds."""


def real(environ: Mapping[str, str], folders: Sequence[str] = ()) -> Doors:
    """The checks, those of these folders too, the clusters that can be named, the readers and the writer."""

    @cache
    def known() -> Catalogue:
        return catalogue((*find(Path.cwd()).checks, *map(Path, folders)))

    return Doors(
        index=lambda: known().index(),
        load=lambda ids: known().load(ids),
        open=lambda name, said: open_cluster(name, said, Path.cwd(), environ),
        gather=_gathering(),
        write=_write,
        stale=_stale,
        may=_may,
        journal=lambda access, world: _journal(access, world, environ),
        left_here=_left_here,
        left_in=_left_in,
        remove=_remove,
        unfinished_runs=lambda access: _unfinished_runs(access, environ),
        unfinished=lambda access, world: _unfinished(access, world, environ),
        wait=_wait,
        endpoints=_endpoints,
        rights=_rights,
        seeable=_seeable,
        accepted=_accepted,
        scenarios=_scenarios,
        clock=time.monotonic,
        sleep=time.sleep,
        targets=lambda: find(Path.cwd()).targets,
        configured=lambda: tuple(find(Path.cwd()).clusters),
        sharing=_sharing,
        results=_results,
        file=_file,
    )


def _accepted(files: Sequence[str]) -> tuple[Acceptance, ...]:
    configured = find(Path.cwd())
    here = [at(Path(file)) for file in files]
    return tuple(entry for each in (configured, *here) for entry in each.accept)


def _scenarios() -> Mapping[str, int]:
    from keystone_check.sandbox.numbers import numbers

    return numbers()


def _seeable(checks: Sequence[Check], access: Access) -> tuple[Check, ...]:
    if not access.without_cluster:
        return tuple(checks)
    from keystone_check.probes.seeable import seeable

    return seeable(checks, access)


# What is below loads boto3 and kubernetes; listing and explaining checks do without.


def _gathering() -> Gather:
    """One look after another, each with what the one before read of CloudTrail's history."""
    kept: list[Events] = []

    def look(access: Access, needs: frozenset[str], progress: Progress) -> World:
        if access.snapshot:
            return snapshot.read(Path(access.snapshot))
        from keystone_check.probes.gather import gather
        from keystone_check.probes.trail import History

        if not kept:
            kept.append(History())
        return gather(access, needs, progress=progress, history=kept[0])

    return look


def _sharing() -> Gather:
    """Looks side by side, with what they read of an AWS account in common."""
    from keystone_check.probes.gather import gather
    from keystone_check.probes.shared import Shared

    shared = Shared()

    def look(access: Access, needs: frozenset[str], progress: Progress) -> World:
        if access.snapshot:
            return snapshot.read(Path(access.snapshot))
        return gather(access, needs, progress=progress, shared=shared)

    return look


def _results(name: str, access: Access) -> Iterable[Found]:
    from keystone_check.probes.results import results

    return results(name, access)


def _file(access: Access, address: str, content: bytes, format: str) -> None:
    from keystone_check.remedy.apply.filing import file

    file(access, address, content, format)


def _write(access: Access, change: Change) -> None:
    from keystone_check.remedy.apply import apply

    apply(access, change)


def _stale(access: Access, changes: Sequence[Change]) -> tuple[str, ...]:
    from keystone_check.remedy.apply.stale import stale

    return stale(access, changes)


def _may(access: Access, caller: str, changes: Sequence[Change]) -> "Vouched":
    from keystone_check.remedy.apply.may import rights

    return rights(access, caller, changes)


def _journal(access: Access, world: World, environ: Mapping[str, str]) -> AbstractContextManager[Journal]:
    from keystone_check.remedy.journal import address_of, held

    return held(_state(access, environ), address_of(world))


def _unfinished(access: Access, world: World, environ: Mapping[str, str]) -> Run | None:
    from keystone_check.remedy.journal import address_of, seen

    return seen(_state(access, environ), address_of(world))


def _unfinished_runs(access: Access | None, environ: Mapping[str, str]) -> tuple[Run, ...]:
    from keystone_check.remedy.journal import every_unfinished

    return every_unfinished(_state(access, environ))


def _left_here() -> tuple[Trace, ...]:
    from keystone_check.cli.cleaning import local

    configured = find(Path.cwd()).path
    places = (Path.cwd(), *((configured.parent,) if configured else ()))
    return local(places, time.time())


def _left_in(access: Access) -> tuple[Trace, ...]:
    from keystone_check.remedy.apply.cleanup import left

    return left(access, time.time())


def _remove(access: Access | None, trace: Trace) -> None:
    from keystone_check import scratch

    if access and trace.kind is Kind.ACCOUNT:
        from keystone_check.remedy.apply.cleanup import remove

        return remove(access, trace)
    try:
        scratch.remove(scratch.Abandoned(Path(trace.name), trace.why))
    except OSError as error:
        raise KeystoneError(f"{trace.name} cannot be removed: {error.strerror}") from error


def _state(access: Access | None, environ: Mapping[str, str]) -> Path:
    from keystone_check.remedy.journal import state_folder

    return Path(access.state) if access and access.state else state_folder(environ)


def _wait(attempt: int) -> bool:
    from keystone_check.remedy.patience import wait

    return wait(attempt)


def _endpoints(access: Access, known: World) -> Iterable[str]:
    from keystone_check.probes.endpoints import endpoints

    return endpoints(access, known)


def _rights(access: Access, needs: frozenset[str], known: World) -> Rights:
    from keystone_check.probes.gather import rights

    return rights(needs, access, known.operators)
