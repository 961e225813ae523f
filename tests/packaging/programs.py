"""Programs that the tests of this room start, and what they say."""

import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.environment import bare

ROOT = Path(__file__).parents[2]
EPOCH = "1700000000"
"""The one moment that all of a reproducible build is dated to."""


def ran(
    command: Sequence[str | Path],
    folder: Path = ROOT,
    environ: Mapping[str, str] | None = None,
    code: int = 0,
    given: str = "",
) -> subprocess.CompletedProcess[str]:
    """The command, which has to end with this code."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=dict(os.environ if environ is None else environ),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    named = " ".join(map(str, command))
    assert done.returncode == code, f"{named}: ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def printed(command: Sequence[str | Path], folder: Path = ROOT) -> str:
    """What the command prints as its result."""
    return ran(command, folder).stdout


def said(
    command: Sequence[str | Path],
    folder: Path = ROOT,
    environ: Mapping[str, str] | None = None,
    code: int = 0,
    given: str = "",
) -> str:
    """Everything that the command says, in whichever way."""
    done = ran(command, folder, environ, code, given)
    return done.stdout + done.stderr


def build(folder: Path, into: Path) -> tuple[Path, Path]:
    """Wheel and source distribution of a source tree, built as a release is."""
    environ = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
    said(["python", "-m", "build", "--no-isolation", "--outdir", into, folder], environ=environ)
    (wheel,), (source,) = into.glob("*.whl"), into.glob("*.tar.gz")
    return wheel, source


@dataclass(frozen=True, slots=True)
class Home:
    """An environment of its own, with an empty folder to work in, and nothing of this one's."""

    folder: Path
    name: str = "venv"

    @classmethod
    def by_pip(cls, folder: Path, what: str) -> "Home":
        """An empty venv, and this installed into it by its own pip."""
        venv.create(folder / "venv", with_pip=True)
        home = cls._at(folder)
        said([home.program("pip"), "install", "--quiet", what])
        return home

    @classmethod
    def by_uv(cls, folder: Path, what: str, name: str = "venv") -> "Home":
        """The same by uv, which takes a tenth of the time."""
        said(["uv", "venv", "--quiet", "--seed", "--python", sys.executable, folder / name])
        home = cls._at(folder, name)
        said(["uv", "pip", "install", "--quiet", "--python", home.program("python"), what])
        return home

    @classmethod
    def _at(cls, folder: Path, name: str = "venv") -> "Home":
        (folder / "empty").mkdir()
        return cls(folder, name)

    def program(self, name: str) -> Path:
        return self.folder / self.name / "bin" / name

    def said(self, name: str, *arguments: str, code: int = 0) -> str:
        """What one of its programs says, far from the source tree."""
        environ = {name: value for name, value in bare().items() if name != "PYTHONPATH"}
        return said([self.program(name), *arguments], self.folder / "empty", environ, code)
