"""Commands run one after the other, each in a process forked from one that has it all loaded.

A command alone takes two seconds, most of them to load. `python docs/runner.py` reads a request a line, JSON,
and answers in the same way; nothing that one command does is seen by the next.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from keystone_check import checks
from keystone_check.cli.main import main

LOADED = (
    "keystone_check.cli.commands",
    "keystone_check.probes.gather",
    "keystone_check.probes.operator_readers",
    "keystone_check.reports.text",
    "keystone_check.sandbox.catalogue",
    "keystone_check.sandbox.serve",
    "boto3.s3.inject",
    "kubernetes.client",
    "moto.cloudwatch.models",
    "moto.events.models",
    "moto.s3control.models",
)
"""What a run would load itself, later."""


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


class Runner:
    """The process that is loaded, while the block runs."""

    def __enter__(self) -> Self:
        """Start it; it loads while the caller goes on."""
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        """The end of its input ends it."""
        self._process.communicate()

    def run(self, argv: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Ran:
        """Run `keystone-check` with these arguments in this folder."""
        asked = {"argv": list(argv), "folder": str(folder), "environ": dict(environ)}
        told, heard = _streams(self._process)
        told.write(f"{json.dumps(asked)}\n")
        told.flush()
        return Ran(**json.loads(heard.readline()))


def _streams(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin
    assert process.stdout
    return process.stdin, process.stdout


def serve() -> None:
    """Answer until nobody asks any more."""
    for name in LOADED:
        import_module(name)
    checks.load()
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_forked(json.loads(line)))}\n")
        sys.stdout.flush()


def _forked(asked: Mapping[str, object]) -> object:
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        with open(theirs, "w", encoding="utf-8") as answer:
            json.dump(_run(**asked), answer)  # type: ignore[arg-type]
        os._exit(0)
    os.close(theirs)
    with open(ours, encoding="utf-8") as answer:
        said = json.load(answer)
    os.waitpid(child, 0)
    return said


def _run(argv: Sequence[str], folder: str, environ: Mapping[str, str]) -> Mapping[str, object]:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    out, err = io.StringIO(), io.StringIO()
    code = main(argv, out, err)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


if __name__ == "__main__":
    serve()
