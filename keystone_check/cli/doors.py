"""What the command reaches outside itself through. The real doors are opened only when a run needs them."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from keystone_check.catalogue import Catalogue, catalogue
from keystone_check.cli.progress import Progress
from keystone_check.clusters import Overrides, open_cluster
from keystone_check.configuration import at, find
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.access import Access
from keystone_check.model.change import Change
from keystone_check.model.outcome import Check
from keystone_check.model.world import World
from keystone_check.probes.rights import KubeAsk
from keystone_check.remedy.journal import Journal

if TYPE_CHECKING:
    from keystone_check.remedy.apply.may import Rights as Vouched

Rights = tuple[Sequence[KubeAsk], Sequence[str]]
"""What RBAC has to allow, and the IAM actions."""


@dataclass(frozen=True, slots=True)
class Doors:
    """One function for each thing outside."""

    index: Callable[[], Mapping[str, str]]
    """Check id to link, in the chain's order."""
    load: Callable[[Iterable[str] | None], tuple[Check, ...]]
    open: Callable[[str, Overrides], AbstractContextManager[Access]]
    gather: Callable[[Access, frozenset[str], Progress], World]
    write: Callable[[Access, Change], None]
    stale: Callable[[Access, Sequence[Change]], tuple[str, ...]]
    """A sentence for each change that does not meet what it was planned over."""
    may: Callable[[Access, str, Sequence[Change]], "Vouched"]
    """Whether the caller of this ARN has the rights that the changes take."""
    journal: Callable[[Access, World], AbstractContextManager[Journal]]
    """The record of what was written to this cluster and account, held for as long as it is open."""
    wait: Callable[[int], bool]
    """Pause before looking again for what was written; False when there was waiting enough."""
    endpoints: Callable[[Access, World], Iterable[str]]
    rights: Callable[[Access, frozenset[str], World], Rights]
    accepted: Callable[[Sequence[str]], tuple[Acceptance, ...]]
    """The accepted findings of the configuration and of these files."""
    scenarios: Callable[[], Mapping[str, int]]
    """What the embedded cluster can be, by kind; empty where it is not installed."""
    clock: Callable[[], float]
    """Seconds that only ever grow."""
    sleep: Callable[[float], None]


def real(environ: Mapping[str, str], folders: Sequence[str] = ()) -> Doors:
    """The checks, those of these folders too, the clusters that can be named, the readers and the writer."""

    @cache
    def known() -> Catalogue:
        return catalogue((*find(Path.cwd()).checks, *map(Path, folders)))

    return Doors(
        index=lambda: known().index(),
        load=lambda ids: known().load(ids),
        open=lambda name, said: open_cluster(name, said, Path.cwd(), environ),
        gather=_gather,
        write=_write,
        stale=_stale,
        may=_may,
        journal=lambda access, world: _journal(access, world, environ),
        wait=_wait,
        endpoints=_endpoints,
        rights=_rights,
        accepted=_accepted,
        scenarios=_scenarios,
        clock=time.monotonic,
        sleep=time.sleep,
    )


def _accepted(files: Sequence[str]) -> tuple[Acceptance, ...]:
    configured = find(Path.cwd())
    here = [at(Path(file)) for file in files]
    return tuple(entry for each in (configured, *here) for entry in each.accept)


def _scenarios() -> Mapping[str, int]:
    from keystone_check.sandbox.numbers import numbers

    return numbers()


# What is below loads boto3 and kubernetes; listing and explaining checks do without.


def _gather(access: Access, needs: frozenset[str], progress: Progress) -> World:
    from keystone_check.probes.gather import gather

    return gather(access, needs, progress=progress)


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
    from keystone_check.remedy.journal import address_of, held, state_folder

    folder = Path(access.state) if access.state else state_folder(environ)
    return held(folder, address_of(world))


def _wait(attempt: int) -> bool:
    from keystone_check.remedy.patience import wait

    return wait(attempt)


def _endpoints(access: Access, known: World) -> Iterable[str]:
    from keystone_check.probes.endpoints import endpoints

    return endpoints(access, known)


def _rights(access: Access, needs: frozenset[str], known: World) -> Rights:
    from keystone_check.probes.gather import rights

    return rights(needs, access, known.operators)
