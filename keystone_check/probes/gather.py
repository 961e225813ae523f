"""gather(access) -> World: every fact that is needed, each at most once, side by side, within one budget."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any

from keystone_check.model.access import Access
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.operators import Operator
from keystone_check.model.world import World
from keystone_check.probes.clocks import Heard
from keystone_check.probes.limits import Limits, detached
from keystone_check.probes.operator_rights import idle, of_kinds
from keystone_check.probes.readers import READERS, Reader, reader_of, unasked
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.rights import ASKED, KubeAsk, aws_actions, kube_rights, parts
from keystone_check.probes.sources import Sources

if TYPE_CHECKING:
    from keystone_check.probes.shared import Shared
    from keystone_check.probes.trail import History

FIELDS = tuple(field.name for field in fields(World))
GIVEN = frozenset({"expected", "now"})
UNFOUND = Missing("operators", "nobody looked which operators run")


def silent(source: str, what: str) -> None:
    """Report no progress."""


def gather(
    access: Access,
    needs: frozenset[str] | None = None,
    *,
    clock: Callable[[], float] = time.time,
    progress: Callable[[str, str], None] = silent,
    history: History | None = None,
    shared: Shared | None = None,
) -> World:
    """Read the facts that `needs` names (fields of World; None: all) and those that they follow from.

    Of the bucket, `bucket.policy` and the like name the settings that are read; `bucket` alone means all.

    What cannot be read is Missing with its reason; nothing is raised for it. `progress(source, what)` is
    called from several threads, with `cluster`, `AWS` or `web` as the source. A `history` that goes from look
    to look spares reading again what CloudTrail told before; what is `shared` with other looks of the same
    run is read of AWS once for all of them.
    """
    limits = Limits.starting_now(access)
    sources = Sources(access, limits, wanted_parts(needs), Heard(clock), history, shared)
    wanted = closure(needs, access)
    look = _Look(sources, wanted, progress)
    facts: dict[str, Any] = {name: look.fact(name) if name in wanted else unneeded(name) for name in READERS}
    return World(expected=access.expected, now=int(clock()), **facts)


def closure(needs: frozenset[str] | None, access: Access) -> frozenset[str]:
    """The needed fields and all that they follow from, without those that are given."""
    return _closure(needs, lambda name: reader_of(name, access).after)


def required(needs: frozenset[str] | None, access: Access) -> frozenset[str]:
    """The needed fields and those without which they could not be read."""
    return _closure(needs, lambda name: _required(reader_of(name, access)))


def rights(
    needs: frozenset[str] | None,
    access: Access,
    operators: Subjects[Operator] | Missing = UNFOUND,
) -> tuple[tuple[KubeAsk, ...], tuple[str, ...]]:
    """What reading them takes where these operators run: requests to the API server, and IAM actions.

    What a reader can do without is no reason to ask for a right: who needs it as well names it himself.
    """
    fields = required(needs, access)
    if "accounts" in fields and access.expected.bindings:
        fields |= {"expected_accounts"}
    fields = (fields | wanted_parts(needs)) - unasked(access) - idle(operators)
    kinds = of_kinds(operators) if "ack_kinds" in fields else ()
    return tuple(sorted({*kube_rights(fields), *kinds})), aws_actions(fields)


def wanted_parts(needs: frozenset[str] | None) -> frozenset[str]:
    """The parts of facts that are asked for, all of them where the fact is asked for as a whole."""
    named = frozenset(READERS if needs is None else needs)
    whole = (part for need in named for part in parts(need))
    return frozenset(need for need in named if "." in need).union(whole)


def _required(reader: Reader) -> frozenset[str]:
    return frozenset(reader.after) - reader.despite


def _closure(needs: frozenset[str] | None, after: Callable[[str], Iterable[str]]) -> frozenset[str]:
    named = READERS if needs is None else (need.partition(".")[0] for need in needs)
    waiting = set(named) - GIVEN
    unknown = waiting - READERS.keys() | wanted_parts(needs) - set(ASKED)
    if unknown:
        raise ValueError(f"the World has no fact {', '.join(sorted(unknown))}")
    found = set[str]()
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(after(name)) - found
    return frozenset(found)


def unneeded(name: str) -> Missing | Subjects[Any]:
    """What stands for a fact that nobody asked for."""
    return Subjects() if name == "chains" else Missing(name, "no selected check needs it")


class _Look:
    """One thread for each wanted fact; a fact that follows from others waits for theirs."""

    def __init__(
        self, sources: Sources, wanted: frozenset[str], progress: Callable[[str, str], None]
    ) -> None:
        self._sources = sources
        self._progress = progress
        self._ready = threading.Event()
        self._facts: dict[str, Future[Any]] = {
            name: detached(partial(self._read, name)) for name in READERS if name in wanted
        }
        self._ready.set()

    def fact(self, name: str) -> Any:
        """The fact, or that the budget was spent before it came."""
        limits = self._sources.limits
        try:
            return self._facts[name].result(limits.left())
        except TimeoutError:
            if self._facts[name].done():
                raise  # the reader's own: no spent budget, but a bug
            late = Missing(name, limits.spent(READERS[name].what))
            return Subjects(((name, late),)) if name == "chains" else late

    def _read(self, name: str) -> Any:
        self._ready.wait()
        reader = reader_of(name, self._sources.access)
        known = {needed: self._known(needed, reader) for needed in reader.after}
        for needed, fact in known.items():
            if isinstance(fact, Missing) and needed not in reader.despite:
                return _for_all(name, fact)
        self._progress(reader.source, reader.what)
        return _answer(name, reader, self._sources, known)

    def _known(self, needed: str, reader: Reader) -> Any:
        return partial(self.fact, needed) if needed in reader.later else self.fact(needed)


def _answer(name: str, reader: Reader, sources: Sources, known: dict[str, Any]) -> Any:
    try:
        return reader.read(sources, **known)
    except ReadError as refusal:
        return _for_all(name, refusal.missing(name))


def _for_all(name: str, missing: Missing) -> Missing | Subjects[Any]:
    """The gap as that field can hold it: chains are listed by host, and there is no host."""
    return Subjects(((missing.fact, missing),)) if name == "chains" else missing
