"""All checks of a run: ours, and the user's own from folders and from installed packages.

A check of the user's is a module like ours: `FOLDER/<link>/<id>.py`, or `FOLDER/<id>.py` with a constant
`link`. A package names itself in the entry point group `keystone_check.checks`, and its folder is read alike.
None of them can take the place of another.
"""

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from keystone_check import checks
from keystone_check.contract import unfit
from keystone_check.errors import UsageError
from keystone_check.model.chain import LINKS
from keystone_check.model.outcome import Check
from keystone_check.near import did_you_mean

GROUP = "keystone_check.checks"
IDS = tuple(link.id for link in LINKS)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Ours by name, loaded when they are asked for; the user's loaded."""

    own: tuple[Check, ...] = ()

    def index(self) -> Mapping[str, str]:
        """Check id to link id, in the chain's order; in a link ours come first."""
        ours = checks.index()
        own = {check.id: check.link for check in self.own}
        return {
            id: link for each in IDS for known in (ours, own) for id, link in known.items() if link == each
        }

    def load(self, ids: Iterable[str] | None = None) -> tuple[Check, ...]:
        """The checks of these ids (all when None), in the chain's order."""
        index = self.index()
        wanted = set(index) if ids is None else set(ids)
        loaded = {check.id: check for check in (*checks.load(wanted), *self.own)}
        return tuple(loaded[id] for id in index if id in wanted)


def catalogue(folders: Sequence[Path] = (), installed: Iterable[EntryPoint] | None = None) -> Catalogue:
    """Ours with those of the folders and of the installed packages; UsageError where one is no check."""
    packages = entry_points(group=GROUP) if installed is None else installed
    places = [*dict.fromkeys(folders), *(place for point in packages for place in _package(point))]
    found: dict[str, Check] = {}
    for check in (check for place in places for check in _checks(place)):
        if check.id in checks.index():
            raise UsageError(f"{check.origin}: {check.id} is a check of ours", "give yours another file name")
        if check.id in found:
            raise UsageError(
                f"{check.origin}: {check.id} is there already, in {found[check.id].origin}",
                "give one of the two another file name",
            )
        found[check.id] = check
    return Catalogue(tuple(found.values()))


def _package(point: EntryPoint) -> Iterator[Path]:
    try:
        spec = importlib.util.find_spec(point.value)
    except ImportError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(
            f"the entry point {point.name} names {point.value}, which is no package",
            "correct or uninstall it",
        )
    yield from map(Path, spec.submodule_search_locations)


def _checks(folder: Path) -> Iterator[Check]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder of checks", "it holds <link>/<id>.py, one file a check")
    try:
        for path in sorted(folder.iterdir()):
            if path.is_dir() and not path.name.startswith(("_", ".")):
                yield from _of_link(path)
            elif _is_check(path):
                module = _module(path)
                yield _read(path, module, _link(str(path), getattr(module, "link", "")))
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}", "check its owner and mode") from error


def _of_link(folder: Path) -> Iterator[Check]:
    for path in filter(_is_check, sorted(folder.iterdir())):
        yield _read(path, _module(path), _link(str(folder), folder.name))


def _is_check(path: Path) -> bool:
    return path.suffix == ".py" and not path.name.startswith(("_", "test_")) and path.name != "conftest.py"


def _link(where: str, link: object) -> str:
    if not isinstance(link, str) or link not in IDS:
        said = f"{link!r} is no link of the chain" if link else "it names no link"
        raise UsageError(f"{where}: {said}", did_you_mean(str(link), IDS))
    return link


def _read(path: Path, module: ModuleType, link: str) -> Check:
    if lacks := "; ".join(unfit(module)):
        raise UsageError(f"{path} is no check: {lacks}", "docs/own-checks.md has an example")
    return replace(checks.read(module, link), origin=str(path))


def _module(path: Path) -> ModuleType:
    name = f"keystone_own_checks.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, "the name ends in .py"
    assert spec.loader is not None, "the name ends in .py"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look there for the module that they stand in
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # it is the user's code, and may raise whatever there is
        raise UsageError(
            f"{path}, line {_line(error, path)}: {type(error).__name__}: {error}", "correct that line"
        ) from error
    return module


def _line(error: BaseException, path: Path) -> int:
    """The innermost line of the file itself."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 0
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (lines[-1] if lines else 0) or 0
