"""What was installed from the wheel runs, from an empty folder: in a venv, by pipx and by uv."""

import json
import os
from pathlib import Path

import pytest

from keystone_check import __version__
from keystone_check.checks import load
from tests.packaging.programs import ROOT, Home, said

pytestmark = pytest.mark.packaging
VERSION = f"keystone-check {__version__}\n"


def test_it_is_not_the_source_tree_that_runs(plain: Home) -> None:
    where = plain.said("python", "-c", "import keystone_check; print(keystone_check.__file__)")
    assert Path(where).is_relative_to(plain.folder)


def test_both_commands_and_the_module_tell_their_version(plain: Home) -> None:
    assert plain.said("keystone-check", "--version") == VERSION
    assert plain.said("kubectl-keystone_check", "--version") == VERSION
    assert plain.said("python", "-m", "keystone_check", "--version") == VERSION


def test_every_page_is_there(plain: Home) -> None:
    listed = plain.said("keystone-check", "--list")
    assert [check.id for check in load() if check.id not in listed] == []
    assert "How to fix" in plain.said("keystone-check", "--explain", "audience_is_registered")
    assert "client ids" in plain.said("keystone-check", "--why", "Incorrect token audience")


def test_the_schema_is_there(plain: Home) -> None:
    printed = json.loads(plain.said("keystone-check", "--schema"))
    assert printed == json.loads((ROOT / "docs/report.schema.json").read_text("utf-8"))


def test_a_snapshot_is_judged_without_the_sandbox(plain: Home) -> None:
    """By every check there is, so that what they know of messages and operators has to be in the wheel."""
    snapshot = ROOT / "fixtures/snapshots/schema-2.json"
    told = plain.said("keystone-check", "--cluster", f"snapshot:{snapshot}", "--format", "json")
    assert json.loads(told)["verdict"] == "holds"


def test_without_the_sandbox_the_sentence_says_how_to_get_it(plain: Home) -> None:
    refused = plain.said("keystone-check", "--cluster", "sandbox", code=2)
    assert "keystone-check[sandbox]" in refused
    assert "Traceback" not in refused


def test_the_sandbox_holds_by_the_command(furnished: Home) -> None:
    assert "Every link holds" in furnished.said("keystone-check", "--cluster", "sandbox")


def test_the_sandbox_holds_as_pytest_items(furnished: Home) -> None:
    told = furnished.said("pytest", "--keystone-cluster=sandbox", "-q", "-p", "no:cacheprovider")
    assert " passed" in told
    assert "failed" not in told


def test_pipx_runs_the_wheel(wheel: Path, tmp_path: Path) -> None:
    environ = os.environ | {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    command: list[str | Path] = ["pipx", "run", "--spec", wheel, "keystone-check", "--version"]
    assert VERSION in said(command, tmp_path, environ)


def test_uvx_runs_the_wheel(wheel: Path, tmp_path: Path) -> None:
    assert VERSION in said(["uvx", "--from", wheel, "keystone-check", "--version"], tmp_path)
