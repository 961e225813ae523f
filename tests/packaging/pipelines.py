"""The composite action and the component, read and run as GitHub and GitLab would."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.environment import bare
from tests.packaging.programs import ROOT, Home

ACTION, COMPONENT = ROOT / "action.yml", ROOT / "templates/keystone-check.yml"
INSTALLED = "keystone-check"
"""The environment that the action makes in the runner's temporary folder."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a pipeline's step ended, what it printed and where it worked."""

    code: int
    said: str
    folder: Path

    def file(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


def install(home: Home) -> None:
    """The action's first step, into a home that has what it asks for, so that no other is fetched."""
    (step, _) = _steps()
    ran = _step(step, home, home.folder, {"extras": "sandbox"})
    assert ran.returncode == 0, ran.stdout + ran.stderr


def act(home: Home, folder: Path, **given: str) -> Ran:
    """The action's second step with these inputs, in a shell as Actions starts it."""
    (_, step) = _steps()
    ran = _step(step, home, folder, given)
    return Ran(ran.returncode, ran.stdout + ran.stderr, folder)


def _steps() -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]
    return steps


def _step(
    step: dict[str, Any], home: Home, folder: Path, given: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    inputs = yaml.safe_load(ACTION.read_text("utf-8"))["inputs"]
    known = {name: str(it.get("default", "")) for name, it in inputs.items()}
    assert set(given) <= set(known)
    values = {f"inputs.{name}": value for name, value in (known | dict(given)).items()}
    values["github.action_path"] = str(ROOT)
    files = {name: str(folder / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    environ = {name: _filled(text, values) for name, text in step["env"].items()}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
    runner = {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(home.folder)}
    return _run(command, folder, {**files, **runner, **environ})


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda it: values[it[1]], text)


def component(**given: str) -> dict[str, Any]:
    """The component's jobs, with these inputs filled in."""
    head, body = COMPONENT.read_text("utf-8").split("\n---\n")
    known = yaml.safe_load(head)["spec"]["inputs"]
    assert set(given) <= set(known)
    values = {name: str(given[name] if name in given else it["default"]) for name, it in known.items()}
    jobs: dict[str, Any] = yaml.safe_load(
        re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda it: values[it[1]], body)
    )
    return jobs


def pipe(home: Home, folder: Path, **given: str) -> Ran:
    """The component's job, in a shell as GitLab's runner starts it in an image."""
    (job,) = component(**given).values()
    script = "\n".join([*job["before_script"], *job["script"]])
    programs = f"{home.program('.')}{os.pathsep}{os.environ['PATH']}"
    ran = _run(["sh", "-e", "-c", script], folder, {**job["variables"], "PATH": programs})
    return Ran(ran.returncode, ran.stdout + ran.stderr, folder)


def _run(command: list[str], folder: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=bare() | dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
