"""What is built: complete, small, and the same each time."""

import os
import tarfile
import zipfile
from pathlib import Path

import pytest

import keystone_check
from tests.packaging.programs import ROOT, build, said

pytestmark = pytest.mark.packaging
PACKAGE = Path(keystone_check.__file__).parent
LARGEST = 2_000_000
NEEDED = ("tests", "fixtures", "docs", "examples", "benchmarks", "packaging", "templates", "keystone_check")
"""Folders that the tests read."""
FILES = ("conftest.py", "tox.ini", "pyproject.toml", "action.yml", "flake.nix", "Containerfile")


def in_tree(*folders: str) -> set[str]:
    """What the repository has in these folders."""
    skipped = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    return {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not skipped & set(path.parts)
    }


def in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def in_source(source: Path) -> set[str]:
    with tarfile.open(source) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_the_wheel_is_the_package_and_nothing_else(wheel: Path) -> None:
    inside = in_wheel(wheel)
    assert {name for name in inside if ".dist-info/" not in name} == in_tree("keystone_check")
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_no_file_of_the_package_is_made_by_an_editor_or_a_run() -> None:
    kinds = {Path(name).suffix for name in in_tree("keystone_check")}
    assert kinds <= {".py", ".json", ".typed", ".css", ".js", ".html", ".svg"}


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= LARGEST


def test_the_source_distribution_has_what_the_tests_need(source: Path) -> None:
    assert {*FILES, *in_tree(*NEEDED)} <= in_source(source)


def test_it_is_the_version_that_the_code_says_and_no_other_place_says_it(wheel: Path) -> None:
    assert wheel.name == f"keystone_check-{keystone_check.__version__}-py3-none-any.whl"
    assert "\nversion = " not in (ROOT / "pyproject.toml").read_text("utf-8")


def test_a_build_elsewhere_is_the_same_byte_for_byte(wheel: Path, source: Path, tmp_path: Path) -> None:
    said(["tar", "--extract", "--file", source, "--directory", tmp_path])
    (unpacked,) = tmp_path.iterdir()
    for path in unpacked.rglob("*.py"):
        os.utime(path, (1, 1))
    again, source_again = build(unpacked, tmp_path / "dist")
    assert again.read_bytes() == wheel.read_bytes()
    assert source_again.read_bytes() == source.read_bytes()
