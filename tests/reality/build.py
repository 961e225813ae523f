"""The servers' room: builds kube-apiserver, kubectl and etcd from their Go modules, once.

What is built lies in a cache folder whose name is the digest of everything that decides it, so that a
later run, another checkout or another test process finds it there.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keystone_check.errors import KeystoneError

CACHE_VARIABLE = "KEYSTONE_REALITY_CACHE"
"""The environment variable that names another cache folder."""

SERVERS = Path(__file__).parent / "servers"
PACKAGES = {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kubectl": "k8s.io/kubernetes/cmd/kubectl",
    "etcd": "go.etcd.io/etcd/server/v3",
}


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where the built programs are."""

    kube_apiserver: Path
    kubectl: Path
    etcd: Path


def binaries() -> Binaries:
    """The built servers; builds them when the cache does not hold them yet (minutes, told on stderr)."""
    command = _command()
    folder = cache_folder() / _digest(command)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(folder.with_suffix(".lock")):
            if not folder.is_dir():
                _build(command, folder)
    return Binaries(**{name.replace("-", "_"): folder / name for name in PACKAGES})


def cache_folder() -> Path:
    """Where built servers are kept between runs."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "keystone-check" / "reality"


def kubernetes_version() -> str:
    """The version that go.mod asks for, such as `v1.36.3`."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", (SERVERS / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise KeystoneError(
            f"{SERVERS / 'go.mod'} requires no k8s.io/kubernetes", "write it anew with refresh.sh beside it"
        )
    return found[1]


def _command() -> tuple[str, ...]:
    # A module has no git tree to stamp its version from: the release's own build sets these same variables
    # (kubernetes, hack/lib/version.sh). The commit is not known here and is left alone.
    version = kubernetes_version()
    major, minor, *_ = version.removeprefix("v").split(".")
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
    stamps = " ".join(
        f"-X {package}.{name}={value}"
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        for name, value in values.items()
    )
    return ("go", "build", "-trimpath", "-buildvcs=false", f"-ldflags=-s -w {stamps}")


def _digest(command: tuple[str, ...]) -> str:
    toolchain = _run(("go", "env", "GOVERSION", "GOOS", "GOARCH"), SERVERS)
    decides = [(SERVERS / name).read_text() for name in ("go.mod", "go.sum")] + [toolchain, *command]
    return hashlib.sha256("\0".join(decides).encode()).hexdigest()[:16]


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Holds the lock; it falls with the process, however that ends."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(command: tuple[str, ...], folder: Path) -> None:
    started = time.monotonic()
    _say(f"building kube-apiserver {kubernetes_version()}, kubectl and etcd into {folder} (minutes, once)")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-") as temporary:
        target = Path(temporary) / "bin"
        target.mkdir()
        for name, package in PACKAGES.items():
            _run((*command, "-o", str(target / name), package), SERVERS)
        target.rename(folder)
    _say(f"built in {time.monotonic() - started:.0f} s")


def _run(command: tuple[str, ...], folder: Path) -> str:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise KeystoneError(
            "the reality tier builds its servers with the go tool, and there is none",
            "install Go 1.26 or newer, or leave the tier out with -m 'not reality'",
        ) from error
    if done.returncode:
        tail = "\n".join(done.stderr.splitlines()[-15:])
        raise KeystoneError(
            f"`{' '.join(command[:2])} … {command[-1]}` ended with {done.returncode}:\n{tail}",
            f"run it in {folder} to see all of it",
        )
    return done.stdout


def _say(sentence: str) -> None:
    print(f"reality: {sentence}", file=sys.stderr, flush=True)  # noqa: T201  # a build of minutes is announced
