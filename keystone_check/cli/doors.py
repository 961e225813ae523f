"""What the command reaches outside itself through. The real doors are opened only when a run needs them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from keystone_check import checks
from keystone_check.cli.progress import Progress
from keystone_check.clusters import Overrides, open_cluster
from keystone_check.model.access import Access
from keystone_check.model.change import Change
from keystone_check.model.outcome import Check
from keystone_check.model.world import World
from keystone_check.probes.rights import KubeAsk

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
    wait: Callable[[int], bool]
    """Pause before looking again for what was written; False when there was waiting enough."""
    endpoints: Callable[[Access, World], Iterable[str]]
    rights: Callable[[Access, frozenset[str]], Rights]


def real(environ: Mapping[str, str]) -> Doors:
    """The checks, the clusters that can be named from here, the readers and the writer."""
    return Doors(
        index=checks.index,
        load=checks.load,
        open=lambda name, said: open_cluster(name, said, Path.cwd(), environ),
        gather=_gather,
        write=_write,
        wait=_wait,
        endpoints=_endpoints,
        rights=_rights,
    )


# What is below loads boto3 and kubernetes; listing and explaining checks do without.


def _gather(access: Access, needs: frozenset[str], progress: Progress) -> World:
    from keystone_check.probes.gather import gather

    return gather(access, needs, progress=progress)


def _write(access: Access, change: Change) -> None:
    from keystone_check.remedy.apply import apply

    apply(access, change)


def _wait(attempt: int) -> bool:
    from keystone_check.remedy.patience import wait

    return wait(attempt)


def _endpoints(access: Access, known: World) -> Iterable[str]:
    from keystone_check.probes.endpoints import endpoints

    return endpoints(access, known)


def _rights(access: Access, needs: frozenset[str]) -> Rights:
    from keystone_check.probes.gather import rights

    return rights(needs, access)
