"""What `--endpoints` lists is what a run contacts, and nothing else ever is: no version check, no call home.

The command runs in a process of its own, in which Python itself tells of every connection and every name
that is looked up, whichever library asks for it.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve, wall_clock
from keystone_check.sandbox.worlds import healthy
from keystone_check.targets import Target, hand_over
from tests.environment import bare

RECORDER = """
import json, os, sys

log = os.open(os.environ["CONTACTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

def told(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        os.write(log, (json.dumps([event, *map(str, arguments[1][:2])]) + "\\n").encode())
    elif event == "socket.connect":
        os.write(log, (json.dumps([event, str(arguments[1]), ""]) + "\\n").encode())
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"):
        os.write(log, (json.dumps([event, str(arguments[0]), str(arguments[1:2])]) + "\\n").encode())

sys.addaudithook(told)
"""
"""https://docs.python.org/3/library/audit_events.html; loaded by the interpreter before anything else."""

COMMAND = """
import json, sys
from contextlib import nullcontext
from dataclasses import replace
from keystone_check.cli.doors import real
from keystone_check.cli.main import main
from keystone_check.targets import take_over

access = take_over(json.load(sys.stdin)).access
doors = replace(real({}), open=lambda name, said: nullcontext(access))
sys.exit(main(sys.argv[1:], sys.stdout, sys.stderr, None, {}, doors))
"""
"""The command itself, for a cluster that another process serves."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Serving]:
    ground = Ground.make()
    with serve(healthy(ground, wall_clock()), ground) as serving:
        yield serving


def run(sandbox: Serving, folder: Path, *argv: str) -> tuple[str, set[tuple[str, str, str]]]:
    """What the command prints, and every contact that its process made."""
    (folder / "sitecustomize.py").write_text(RECORDER)
    contacts = folder / f"contacts{''.join(argv)}"
    environment = {**bare(), "PYTHONPATH": str(folder), "CONTACTS": str(contacts), "HOME": str(folder)}
    handed = json.dumps(dict(hand_over(Target("sandbox", sandbox.world, sandbox.access))))
    ran = subprocess.run(
        [sys.executable, "-c", COMMAND, *argv],
        env=environment,
        cwd=folder,
        input=handed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout, {tuple(json.loads(line)) for line in contacts.read_text().splitlines()}


def listed(output: str) -> set[tuple[str, str]]:
    """Host and port of each listed address: there, or at the place that the line names instead."""
    found = set()
    for line in output.splitlines():
        url, _, what = line.partition("  ")
        assert url.startswith(("http://", "https://")), line
        _, elsewhere, place = what.rpartition(", at ")
        parts = urlsplit(f"//{place}" if elsewhere else url)
        found.add((str(parts.hostname), str(parts.port)))
    return found


def connected(contacts: set[tuple[str, str, str]]) -> set[tuple[str, str]]:
    return {(host, port) for event, host, port in contacts if event == "socket.connect"}


def test_a_run_contacts_exactly_what_is_listed(sandbox: Serving, tmp_path: Path) -> None:
    addresses = listed(run(sandbox, tmp_path, "--endpoints")[0])
    report, contacts = run(sandbox, tmp_path)
    assert "Every link holds" in report
    assert len(addresses) == 3
    assert connected(contacts) == addresses


def test_a_run_looks_no_other_name_up(sandbox: Serving, tmp_path: Path) -> None:
    _, contacts = run(sandbox, tmp_path)
    names = {host for event, host, _ in contacts if event != "socket.connect"}
    assert names <= {"127.0.0.1"}


@pytest.mark.parametrize("option", ["--endpoints", "--permissions"])
def test_listing_contacts_nothing_that_is_not_listed(option: str, sandbox: Serving, tmp_path: Path) -> None:
    addresses = listed(run(sandbox, tmp_path, "--endpoints")[0])
    _, contacts = run(sandbox, tmp_path, option)
    assert connected(contacts) <= addresses


@pytest.mark.parametrize("argv", [["--list"], ["--help"], ["--version"], ["--explain", "role_exists"]])
def test_what_needs_no_cluster_contacts_nobody(argv: list[str], sandbox: Serving, tmp_path: Path) -> None:
    _, contacts = run(sandbox, tmp_path, *argv)
    assert contacts == set()
