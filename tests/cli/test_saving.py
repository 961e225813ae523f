"""Saved, and judged from the file: as live, offline, without what talks to the world."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from keystone_check import clusters, snapshot
from keystone_check.cli.filed import SNAPSHOT
from keystone_check.cli.main import main
from keystone_check.cli.saving import ALL, saved
from keystone_check.errors import UsageError
from keystone_check.model.world import World
from keystone_check.sandbox.catalogue import stage
from tests.worlds import NOW, world


def command(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return main(argv, out, err, environ={}), out.getvalue(), err.getvalue()


def test_a_file_is_judged_as_the_cluster_it_was_saved_from(tmp_path: Path) -> None:
    file = str(tmp_path / "w.json.gz")
    live = command("--cluster=sandbox:trust-names-another-audience", f"--save={file}", "--format=json")
    again = command(f"--cluster={SNAPSHOT}{file}", "--format=json")
    assert (live[0], again[0]) == (1, 1)
    assert live[2].endswith(f"saved in {file}\n")
    assert json.loads(live[1])["outcomes"] == json.loads(again[1])["outcomes"]


def test_the_file_is_its_owners_alone_and_takes_the_place_of_a_former_one(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_text("before")
    assert saved(world, str(path), pseudonyms=False) == world()
    assert snapshot.read(path) == world()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["w.json"]


def test_a_look_that_fails_leaves_what_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "w.json"
    path.write_text("before")

    def look() -> World:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        saved(look, str(path), pseudonyms=False)
    assert [item.read_text() for item in tmp_path.iterdir()] == ["before"]


@pytest.mark.parametrize("where", ["none/w.json", "."])
def test_a_place_that_cannot_be_written_is_told_before_the_look(tmp_path: Path, where: str) -> None:
    def look() -> World:
        raise AssertionError("nobody may look")

    with pytest.raises(UsageError):
        saved(look, str(tmp_path / where), pseudonyms=False)


def test_with_pseudonyms_the_file_and_the_report_have_other_names(tmp_path: Path) -> None:
    ground, there = stage("", NOW)
    renamed = saved(lambda: there, str(tmp_path / "w.json"), pseudonyms=True)
    assert snapshot.read(tmp_path / "w.json") == renamed
    assert ground.account not in (tmp_path / "w.json").read_text()


def test_every_fact_is_asked_for() -> None:
    assert {"pods", "answers", "cluster"} <= ALL


OFFLINE = """
import sys
from keystone_check.cli.main import main
code = main(sys.argv[1:], sys.stdout, sys.stderr, environ={})
heavy = {"boto3", "botocore", "kubernetes", "moto"} & {name.partition(".")[0] for name in sys.modules}
sys.exit(f"loaded: {heavy}" if heavy else code)
"""


def test_a_file_is_judged_without_boto3_and_kubernetes(tmp_path: Path) -> None:
    _, there = stage("", NOW)
    (tmp_path / "w.json").write_text(snapshot.save(there))
    ran = subprocess.run(
        [sys.executable, "-c", OFFLINE, "--cluster=snapshot:w.json", "--format=short"],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    "option", ["--fix", "--permissions", "--endpoints", "--cleanup", "--undo", "--wait", "--apply=x"]
)
def test_what_needs_a_cluster_says_so(option: str) -> None:
    code, _, err = command("--cluster=snapshot:w.json", option)
    assert code == 2
    assert "needs a cluster, and snapshot:w.json is a file" in err


@pytest.mark.parametrize(
    "argv",
    [
        ("--pseudonyms",), ("--save=f", "--fix"), ("--save=f", "--only=audience"), ("--save=f", "--count=2"),
        ("--save=f", "--list"), ("--cluster=snapshot:f", "--context=c"),
    ],
)  # fmt: skip
def test_what_contradicts_is_refused(argv: tuple[str, ...]) -> None:
    assert command(*argv)[0] == 2


def test_the_word_before_a_file_is_one() -> None:
    assert clusters.SNAPSHOT == SNAPSHOT
