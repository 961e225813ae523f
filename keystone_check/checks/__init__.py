"""The judges: one folder a link, one module a check. This door finds and reads them.

A check is its module: id = file name, link = folder, title = the docstring's first line, page = the
rest of it, needs = the parameter names of `judge`, severity = one constant.
"""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

from keystone_check.model.chain import LINKS
from keystone_check.model.facts import Absent, Missing
from keystone_check.model.outcome import Check


@cache
def index() -> Mapping[str, str]:
    """Check id to link id, in the chain's order; reads file names and imports nothing."""
    root = Path(__file__).parent
    return {
        path.stem: link.id
        for link in LINKS
        for path in sorted((root / link.id).glob("*.py"), key=lambda it: link.place(it.stem))
        if path.stem != "__init__"
    }


def load(ids: Iterable[str] | None = None) -> tuple[Check, ...]:
    """The checks of these ids (all when None), in the chain's order."""
    wanted = None if ids is None else set(ids)
    return tuple(
        read(import_module(f"keystone_check.checks.{link}.{id}"), link)
        for id, link in index().items()
        if wanted is None or id in wanted
    )


def read(module: ModuleType, link: str) -> Check:
    """A check from its module."""
    title, _, page = inspect.getdoc(module).partition("\n")  # type: ignore[union-attr]  # a contract test demands it
    hints = get_type_hints(module.judge)
    needs = tuple(inspect.signature(module.judge).parameters)
    return Check(
        id=module.__name__.rpartition(".")[2],
        link=link,
        title=title.rstrip("."),
        page=page.strip(),
        severity=module.severity,
        needs=needs,
        admits=frozenset(need for need in needs if Absent in get_args(hints[need])),
        judge=module.judge,
        tolerates=frozenset(need for need in needs if Missing in get_args(hints[need])),
        parts=frozenset(_parts(module.judge)),
    )


def _parts(judge: Any) -> Iterator[str]:
    """`bucket.policy` for a parameter `bucket: Annotated[Bucket, "policy"]`."""
    for need, hint in get_type_hints(judge, include_extras=True).items():
        yield from (f"{need}.{part}" for part in getattr(hint, "__metadata__", ()))
