"""The command as a user runs it: real readers, real judges, a real report."""

import io
import json
import os
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from keystone_check.checks import index
from keystone_check.cli.doors import real
from keystone_check.cli.main import main
from keystone_check.model.access import Access
from keystone_check.model.chain import OPTIONAL
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve, wall_clock
from keystone_check.sandbox.worlds import healthy
from tests.environment import bare

FORMATS = ("text", "short", "json")
CHAIN = {id for id, link in index().items() if link not in OPTIONAL}
"""The checks that have something to judge where no operator runs."""

_HELD: list[socket.socket] = []


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote, with every white space as one blank."""

    code: int
    out: str
    err: str


def look(access: Access, *argv: str) -> Ran:
    """Run the command on a cluster that is reached this way; nothing else about it is special."""
    out, err = io.StringIO(), io.StringIO()
    doors = replace(real({}), open=lambda name, said: nullcontext(said.over(access)))
    code = main(argv, out, err, None, {"COLUMNS": "1000"}, doors)
    assert "Traceback" not in out.getvalue() + err.getvalue()
    assert err.getvalue() == ""
    return Ran(code, " ".join(out.getvalue().split()), "")


@dataclass(frozen=True)
class Judged:
    """What a look came to, read from its JSON."""

    code: int
    statuses: Mapping[str, set[str]]
    """By check."""
    messages: Sequence[str]
    """Of what is broken or could not be seen."""

    def checks(self, status: str) -> set[str]:
        """The checks that came to nothing but this status."""
        return {check for check, found in self.statuses.items() if found == {status}}

    def says(self, words: str) -> bool:
        """Whether one of the messages holds these words."""
        return any(words in message for message in self.messages)


def judged(access: Access) -> Judged:
    """Look, and read what was found; no check of ours fails, and none is left out."""
    ran = look(access, "--format", "json")
    found: dict[str, set[str]] = defaultdict(set)
    outcomes = json.loads(ran.out)["outcomes"]
    for outcome in outcomes:
        found[outcome["check"]].add(outcome["status"])
    assert found.keys() == index().keys()
    assert not any("crashed" in statuses for statuses in found.values())
    told = [outcome["message"] for outcome in outcomes if outcome["status"] in ("broken", "blocked")]
    return Judged(ran.code, found, told)


@contextmanager
def served(
    fixed: Mapping[str, Response] | None = None,
    denied: Collection[str] = (),
    ground: Ground | None = None,
    edit: Callable[[World], World] = lambda world: world,
    throttled: Mapping[str, Collection[int]] | None = None,
) -> Iterator[Serving]:
    """A sandbox in which every link holds but for what is said here.

    `fixed` has answers for `discovery` or `key_set`; one that redirects to nowhere redirects to itself.
    """
    ground = ground or Ground.make()
    world = edit(healthy(ground, wall_clock()))
    answers = {getattr(world, name).url: answer for name, answer in (fixed or {}).items()}
    placed = {url: _at(url, answer) for url, answer in answers.items()}
    with serve(world, ground, fixed=placed, denied=denied, throttled=throttled) as serving:
        yield serving


def _at(url: str, answer: Response) -> Response:
    return replace(answer, url=url, headers=tuple((name, value or url) for name, value in answer.headers))


def command(
    folder: Path, *argv: str, environ: Mapping[str, str] | None = None, module: str = "keystone_check"
) -> Ran:
    """The same as a process of its own, in a folder, on a machine where nothing is configured."""
    ran = subprocess.run(
        [sys.executable, "-m", module, *argv],
        cwd=folder,
        env=environment(folder, environ or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stdout + ran.stderr
    return Ran(ran.returncode, " ".join(ran.stdout.split()), " ".join(ran.stderr.split()))


def environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Nothing configured, and a home without a kubeconfig."""
    return {**bare(), "HOME": str(folder), "COLUMNS": "1000", **more}


def closed_port() -> int:
    """A port that nobody listens on, and that no other test can be given while this process lives."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    _HELD.append(held)
    port: int = held.getsockname()[1]
    return port


def configured(serving: Serving, folder: Path, **settings: object) -> Sequence[str]:
    """Write a configuration that reaches a sandbox as its user would write it; the arguments that name it."""
    access = serving.access
    table = {
        "kubeconfig": access.kubeconfig,
        "region": access.region,
        "aws_endpoint": access.aws_endpoint,
        "connect_to": dict(access.connect_to),
        **settings,
    }
    lines = [f"{json.dumps(key)} = {_toml(value)}" for key, value in table.items()]
    (folder / "keystone-check.toml").write_text("\n".join(["[clusters.here]", *lines]) + os.linesep)
    return ("--cluster", "here")


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {json.dumps(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)
