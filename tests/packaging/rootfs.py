"""Root file systems without an engine: what the steps write is a folder, and the base is bound into it.

In the base's place stand this machine's Python and system libraries. Each command runs in mount and user
namespaces of its own, chrooted; what is bound is gone with them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.packaging.containerfile import Stage, Step
from tests.packaging.programs import printed

_SYSTEM = ("/bin", "/lib", "/lib64", "/usr", "/etc/ssl", "/dev/null", "/dev/urandom")
_NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf")
PYTHON = Path("/opt/base")
"""Where the base's Python is bound."""


@dataclass
class Image:
    """A stage, built: its folder, and how what it holds is run."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)

    def run(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        written: Sequence[str] = (),
        bound: Sequence[Path] = (),
        kept: Sequence[Path] = (),
        shut: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run this in the image: as its user, nothing writable but fresh folders at `written`.

        `bound` are folders of this machine that are seen there, read-only; `kept` such as are written, too.
        Not `shut` is how RUN runs: what is written stays.
        """
        lines = [f"mount --bind {self.root} {self.root}"]
        lines += [f"mount -t tmpfs -o mode=1777 tmpfs {self._made(path)}" for path in written]
        lines += self._mounts([*map(Path, _SYSTEM), *map(Path, _NETWORK), *bound])
        lines += [f"mount --bind {path} {self._made(str(path))}" for path in kept]
        if shut:
            lines.append(f"mount -o bind,remount,ro {self.root}")
        user, _, group = self.user.partition(":")
        inner = ["unshare", "--user", f"--map-user={user}", f"--map-group={group}"]
        lines.append(f'exec {" ".join(inner)} --root={self.root} --wd={self.folder} "$@"')
        outer = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-euc", "\n".join(lines), "sh"]
        return subprocess.run(
            [*outer, *command],
            env=self.environ | dict(environ or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _mounts(self, seen: Sequence[Path]) -> list[str]:
        """The lines that bind into the root what is seen there; a fresh folder may lie above it."""
        base = Path(sys.base_prefix)
        pairs = [(path, path) for path in seen if path.exists()] + [(base, PYTHON), (base, base)]
        lines: list[str] = []
        for source, target in pairs:
            place = self._made(str(target), file=not source.is_dir())
            lines += [f"mkdir -p {place}"] if source.is_dir() else []
            lines += [f"mount --bind {source} {place}", f"mount -o bind,remount,ro {place}"]
        return lines

    def _made(self, inside: str, *, file: bool = False) -> Path:
        place = self.root / inside.lstrip("/")
        (place.parent if file else place).mkdir(parents=True, exist_ok=True)
        if file:
            place.touch()
        return place


def build(found: Sequence[Stage], context: Path, folder: Path) -> Image:
    """The last stage's image, every step carried out; further stages lie beside it."""
    images: dict[str, Image] = {}
    for number, stage in enumerate(found):
        name = stage.name or str(number)
        image = images[name] = Image(folder / name, {"PATH": f"{PYTHON}/bin:/usr/bin:/bin"})
        image.root.mkdir()
        for step in stage.steps:
            _carry_out(step, image, images, context)
    return image


def _carry_out(step: Step, image: Image, images: Mapping[str, Image], context: Path) -> None:
    match step.instruction:
        case "WORKDIR":
            image.folder = step.rest
            (image.root / step.rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        case "COPY":
            _copy(step.words, image, images, context)
        case "RUN":
            _run(step.rest, image)
        case "ENV":
            for word in step.words:
                name, _, value = word.partition("=")
                image.environ[name] = value
        case "USER":
            image.user = step.rest
        case "ENTRYPOINT":
            image.entrypoint = step.words


def _run(line: str, image: Image) -> None:
    """A build reaches the package index as this machine does, and keeps what it fetched as pip does here."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PIP_") or name.lower().endswith("_proxy")
    }
    links = [Path(it) for it in ours.get("PIP_FIND_LINKS", "").split() if it.startswith("/")]
    cache = Path(printed([sys.executable, "-m", "pip", "cache", "dir"]).strip())
    cache.mkdir(parents=True, exist_ok=True)
    environ = ours | {"HOME": "/tmp", "PIP_CACHE_DIR": str(cache)}
    done = image.run(
        ["sh", "-c", line], environ=environ, written=["/tmp"], bound=links, kept=[cache], shut=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _copy(words: Sequence[str], image: Image, images: Mapping[str, Image], context: Path) -> None:
    options = [word for word in words if word.startswith("--")]
    *sources, target = (word for word in words if not word.startswith("--"))
    root = context
    for option in options:
        name, _, value = option.partition("=")
        assert name == "--from", f"COPY {option} is not known here"
        root = images[value].root
    place = image.root / os.path.join(image.folder, target).lstrip("/")
    for source in sources:
        path = root / source.lstrip("/")
        if path.is_dir():
            shutil.copytree(path, place, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
