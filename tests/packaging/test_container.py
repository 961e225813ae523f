"""The Containerfile's steps, carried out without an engine; what they make runs shut in.

The base image is not to be had here: this machine's Python and libraries stand in its place.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from keystone_check import __version__
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve, wall_clock
from keystone_check.sandbox.worlds import healthy
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


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Serving]:
    ground = Ground.make()
    with serve(healthy(ground, wall_clock()), ground) as serving:
        yield serving


def folder_of(serving: Serving) -> Path:
    """Where the served cluster's kubeconfig and credentials lie."""
    return Path(serving.environment["KUBECONFIG"]).parent


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
        [*image.entrypoint, "--cluster", f"snapshot:{snapshots}/schema-2.json"],
        written=["/tmp"],
        bound=[snapshots],
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Every link holds" in ran.stdout


def test_it_looks_at_a_cluster_and_an_account(image: Image, sandbox: Serving) -> None:
    """All that is missed is what an outsider misses: the sandbox's issuer has no name in the world's DNS."""
    environ = {**sandbox.environment, "TMPDIR": "/scratch"}
    ran = image.run(image.entrypoint, environ=environ, bound=[folder_of(sandbox)], written=["/scratch"])
    assert (ran.returncode, ran.stderr) == (3, "")
    assert "kube user   sandbox-admin" in ran.stdout
    assert "aws caller  arn:aws:iam::111122223333:user/engineer" in ran.stdout
    assert "Nothing is seen to be broken" in ran.stdout


UNWRITTEN = {
    (): (3, "No usable temporary directory"),
    ("--save", "/kept.json"): (2, "/kept.json cannot be written: Read-only file system"),
    ("--output", "/report.txt"): (2, "/report.txt cannot be written: Read-only file system"),
    ("--fix", "--yes"): (3, "name another folder with XDG_STATE_HOME"),
}


@pytest.mark.parametrize("arguments", UNWRITTEN, ids=" ".join)
def test_what_it_cannot_write_is_a_sentence(
    image: Image, sandbox: Serving, arguments: tuple[str, ...]
) -> None:
    """A kubeconfig that holds its certificates asks for a temporary folder; in a pod they are files."""
    code, sentence = UNWRITTEN[arguments]
    command = [*image.entrypoint, *arguments]
    ran = image.run(command, environ=sandbox.environment, bound=[folder_of(sandbox)])
    told = " ".join((ran.stdout + ran.stderr).split())
    assert ran.returncode == code, told
    assert sentence in told
    assert "Traceback" not in told
