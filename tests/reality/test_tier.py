"""The tier itself: it skips where it cannot run, and never quietly in CI; a server that fails says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keystone_check.errors import KeystoneError
from tests.reality import guard, test_apiserver
from tests.reality.apiserver import Settings, serve
from tests.reality.build import Binaries


def run_without_go(path: Path, **environment: str) -> str:
    """What a pytest of its own says about one test of the tier, with an empty folder as its PATH."""
    test = test_apiserver.test_the_server_is_the_version_that_go_mod_asks_for.__name__
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"]
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run(
        [*command, f"{test_apiserver.__file__}::{test}"],
        env=inherited | {"PATH": str(path)} | environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_without_go_the_tier_skips_and_says_so(tmp_path: Path) -> None:
    said = run_without_go(tmp_path)
    assert "1 skipped" in said
    assert "the reality tier builds its servers with the go tool, and there is none" in said


def test_without_go_the_tier_fails_in_ci(tmp_path: Path) -> None:
    said = run_without_go(tmp_path, CI="true")
    assert "1 error" in said
    assert "next: install Go" in said


@pytest.mark.reality
def test_a_server_that_does_not_start_says_why(built: Binaries) -> None:
    twice = Settings(issuers=("https://oidc.keystone.example", "https://oidc.keystone.example"))
    said = r"(?s)kube-apiserver ended with 1.*service-account-issuer"
    with pytest.raises(KeystoneError, match=said), serve(twice):
        pytest.fail("a server with one issuer given twice must not start")


def test_a_guarded_command_ends_when_its_guard_loses_the_test_run() -> None:
    """The command would wait for ever; closing the guard's input is what a killed test run does."""
    waits = [sys.executable, "-c", "import threading; print('up', flush=True); threading.Event().wait()"]
    command = [sys.executable, guard.__file__, *waits]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"up\n"
        process.stdin.close()
        assert process.stdout.read() == b""  # the end of its output: the command is gone as well
        assert process.wait(timeout=30) != 0
