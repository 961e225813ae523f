"""What every check promises, whoever writes it: what keeps one from being loaded, and what it still lacks."""

import inspect
import re
from collections.abc import Iterator
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from keystone_check.model.finding import Severity
from keystone_check.model.outcome import Check
from keystone_check.model.world import World
from keystone_check.near import did_you_mean
from keystone_check.probes.rights import parts

SECTIONS = ("Why it matters", "How to fix", "References")
UNTRUE = re.compile(r"\b(should|must|check|ensure|verify)\b", re.IGNORECASE)
"""Words of a title that says what ought to be, where one is wanted that is true when the check passes."""
READING = re.compile(r"^\s*(?:from|import) (os|time|datetime|socket|pathlib)\b", re.MULTILINE)
"""Modules that read what is no fact."""


def unfit(module: ModuleType) -> Iterator[str]:
    """What keeps a module from being a check at all."""
    if not (inspect.getdoc(module) or "").strip():
        yield "it has no docstring: its first line is the title, the rest the page"
    if not isinstance(getattr(module, "severity", None), Severity):
        yield "it sets no severity: severity = Severity.HIGH, or one of the other three"
    judge = getattr(module, "judge", None)
    if not inspect.isfunction(judge):
        yield "it has no function judge(...)"
    else:
        yield from _unfit(judge)


def _unfit(judge: Any) -> Iterator[str]:
    try:
        hints = get_type_hints(judge, include_extras=True)
    except NameError as error:
        yield f"judge's types cannot be read: {error}"
        return
    known = get_type_hints(World)
    for need in inspect.signature(judge).parameters:
        if need not in known:
            yield f"judge needs {need!r}, which is no fact of a World; {did_you_mean(need, known)}"
        elif need not in hints:
            yield f"judge's parameter {need} has no type; the World's is {_said(known[need])}"


def flaws(check: Check, source: str) -> Iterator[str]:
    """What the contract asks for and this check lacks; nothing when it has all of it."""
    yield from _title(check.title)
    yield from _page(check.page)
    yield from _needs(check)
    for name in dict.fromkeys(READING.findall(source)):
        yield f"it imports {name}: time, environment and files are facts, and a judge reads its parameters"


def _title(title: str) -> Iterator[str]:
    if not title:
        yield "its title is empty"
    if found := UNTRUE.search(title):
        yield f"its title says {found[0]!r}; it has to be a sentence that is true when the check passes"


def _page(page: str) -> Iterator[str]:
    for section in SECTIONS:
        if not page.partition(f"## {section}")[2].partition("\n## ")[0].strip():
            yield f"its page has nothing under ## {section}"
    for line in page.partition("## References")[2].strip().splitlines():
        if not line.startswith("- https://"):
            yield f"its reference {line!r} is no line such as - https://…"


def _needs(check: Check) -> Iterator[str]:
    """The types are the World's, and where a fact is read in parts the judge names those it looks at."""
    world, judge = get_type_hints(World), get_type_hints(check.judge)
    for need in check.needs:
        if not _members(judge[need]) <= _members(world[need]):
            yield f"judge takes {need} as {_said(judge[need])}; the World has {_said(world[need])}"
        if parts(need) and not parts(need) & check.parts:
            yield f"judge takes all of {need}: name the parts that it looks at with Annotated"
    for part in sorted(check.parts - {part for need in check.needs for part in parts(need)}):
        yield f"there is no part {part}"


def _members(hint: object) -> set[object]:
    return set(get_args(hint)) if get_origin(hint) in (Union, UnionType) else {hint}


def _said(hint: object) -> str:
    return " | ".join(sorted(getattr(one, "__name__", str(one)) for one in _members(hint)))
