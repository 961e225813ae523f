"""Completion, asked for as a real bash asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keystone_check.cli.asking import SHELLS
from keystone_check.cli.completing import script
from tests.environment import bare

PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
ASKED = """
eval "$(keystone-check --completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9 COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_python_argcomplete keystone-check
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(line: str, folder: Path) -> list[str]:
    """What bash would offer at the end of this line, in that folder."""
    environ = {**bare(), "PATH": PATH, "KUBECONFIG": str(folder / "kubeconfig")}
    ran = subprocess.run(
        ["bash", "-c", ASKED, "bash", line],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
    return [offer.strip() for offer in ran.stdout.splitlines()]


def test_options_checks_links_clusters_and_contexts_are_completed(tmp_path: Path) -> None:
    (tmp_path / "keystone-check.toml").write_text('[clusters.production]\ncontext = "admin@production"\n')
    contexts = '{"contexts": [{"name": "admin@production", "context": {}}]}'
    (tmp_path / "kubeconfig").write_text(contexts)
    assert completed("keystone-check --pseudo", tmp_path) == ["--pseudonyms"]
    assert completed("keystone-check --format prom", tmp_path) == ["prometheus"]
    assert "audience_is_registered" in completed("keystone-check --explain audience", tmp_path)
    assert completed("keystone-check --only provi", tmp_path)[:2] == ["provider", "provider_exists"]
    assert completed("keystone-check --cluster prod", tmp_path) == ["production"]
    assert completed("keystone-check --cluster sandbox:audience-is-n", tmp_path) == [
        "audience-is-not-registered"
    ]
    assert completed("keystone-check --context adm", tmp_path) == ["admin@production"]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_its_script(shell: str) -> None:
    assert "keystone-check" in script(shell)
