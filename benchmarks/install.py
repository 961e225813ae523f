"""How long the wheel takes to install into an empty environment, beside what it depends on alone."""

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.commands import seconds
from benchmarks.figures import Figure, Promise, measured

ROOT = Path(__file__).parents[1]
ALL, OWN = PROMISES = (
    Promise("pip install, without the sandbox's extra", "s", 60),
    Promise("the same times its dependencies alone", "times", 1.5),
)


def figures() -> Iterator[Figure]:
    """Both fetched from the index, what pip keeps of it left as it is; the dependencies go first."""
    with tempfile.TemporaryDirectory(prefix="keystone-install-") as name:
        folder = Path(name)
        wheel = _built(folder)
        alone = _installed(folder / "alone", _dependencies())
        whole = _installed(folder / "whole", [str(wheel)])
        yield Figure("size of the wheel", "kB", wheel.stat().st_size / 1000)
    yield measured(ALL, whole)
    yield measured(OWN, whole / alone)


def _built(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named: list[str] = project["dependencies"]
    return named


def _installed(folder: Path, what: Sequence[str]) -> float:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return seconds([str(folder / "bin/pip"), "install", "--quiet", *what])
