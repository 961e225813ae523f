"""The Containerfile's steps, carried out without an engine; what they make runs shut in.

The base image is not to be had here: this machine's Python and libraries stand in its place.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from keystone_check import __version__
from tests.packaging.containerfile import Stage, stages
from tests.packaging.programs import ROOT
from tests.packaging.rootfs import Image, build

FILE = ROOT / "Containerfile"


def namespaces() -> bool:
    """Whether this machine lets us make some."""
    command = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True).returncode == 0


pytestmark = [
    pytest.mark.packaging,
    pytest.mark.skipif(not namespaces(), reason="this machine gives no user namespaces"),
]


@pytest.fixture(scope="module")
def found() -> list[Stage]:
    return stages(FILE)


@pytest.fixture(scope="module")
def image(found: list[Stage], tmp_path_factory: pytest.TempPathFactory) -> Image:
    return build(found, ROOT, tmp_path_factory.mktemp("image"))


def test_every_stage_begins_with_the_same_base_of_one_digest(found: list[Stage]) -> None:
    (base,) = {stage.base for stage in found}
    assert re.fullmatch(r"docker\.io/library/python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}", base)


def test_what_is_run_is_no_root_and_needs_no_shell(found: list[Stage]) -> None:
    last = found[-1]
    (user,) = last.of("USER")
    assert user.rest == "65532:65532"
    assert last.steps[-1].instruction == "ENTRYPOINT"
    assert last.steps[-1].rest.startswith("[")
    assert last.of("RUN") == []


def test_the_image_holds_the_program_and_no_tool_to_install_more(image: Image) -> None:
    programs = {path.name for path in (image.root / "opt/keystone-check/bin").iterdir()}
    assert "keystone-check" in programs
    assert {name for name in programs if name.startswith("pip")} == set()
    assert list(image.root.glob("opt/keystone-check/lib/*/site-packages/moto")) == []


def test_it_starts_where_nothing_at_all_can_be_written(image: Image) -> None:
    ran = image.run([*image.entrypoint, "--version"])
    assert (ran.stdout, ran.stderr) == (f"keystone-check {__version__}\n", "")


def test_it_runs_as_its_user_on_a_root_that_cannot_be_written(image: Image) -> None:
    said = image.run(
        [
            "/opt/keystone-check/bin/python",
            "-c",
            "import os; print(os.getuid(), os.getgid()); open('/written', 'w')",
        ]
    )
    assert said.stdout == "65532 65532\n"
    assert "Read-only file system: '/written'" in said.stderr


def test_it_judges_a_snapshot_with_the_pages_and_what_is_known(image: Image) -> None:
    snapshots = ROOT / "fixtures/snapshots"
    ran = image.run(
        [*image.entrypoint, "--cluster", f"snapshot:{snapshots}/schema-2.json"], written=["/tmp"], bound=[snapshots]
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Every link holds" in ran.stdout
