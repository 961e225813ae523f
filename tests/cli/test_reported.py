"""Where a report goes: a file that is whole or the former one, and the log of a run of GitHub Actions."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_check.cli.whole import whole
from keystone_check.errors import UsageError
from tests.cli.build import Outside, audience_check, command


def outside() -> Outside:
    """Something is broken there."""
    return Outside([audience_check()])


def test_a_report_goes_to_its_file_and_the_exit_code_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("before")
    ran = command(outside(), "--output", str(path))
    assert (ran.code, ran.out) == (1, "")
    assert path.read_text() == command(outside()).out
    assert [item.name for item in tmp_path.iterdir()] == ["report.txt"]


def test_a_link_stays_and_a_pipe_or_a_device_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "today.txt").write_text("before")
    latest, pipe = tmp_path / "latest.txt", tmp_path / "pipe"
    latest.symlink_to("today.txt")
    os.mkfifo(pipe)
    assert command(outside(), "--output", str(latest)).code == 1
    assert latest.is_symlink()
    assert (tmp_path / "today.txt").read_text() == command(outside()).out
    ran = command(outside(), "--output", str(pipe))
    assert (ran.code, "pipe is no file that could be replaced" in ran.err) == (2, True)
    assert pipe.is_fifo()


def test_anyone_may_read_it_as_far_as_the_umask_lets(tmp_path: Path) -> None:
    path = tmp_path / "metrics.prom"
    command(outside(), "--format=prometheus", "--output", str(path))
    (tmp_path / "other").touch()
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("option", ["--output", "--events", "--save"])
def test_a_file_that_cannot_be_written_is_told_before_the_look(tmp_path: Path, option: str) -> None:
    there = outside()
    ran = command(there, option, str(tmp_path / "none" / "file"))
    assert ran.code == 2
    assert "none/file cannot be written: No such file or directory" in ran.err
    assert there.needs == []


def test_it_is_told_before_the_look_at_several_clusters_and_before_results_are_read(tmp_path: Path) -> None:
    there, file = outside(), str(tmp_path / "none" / "file")
    for asked in (("--cluster=a", "--cluster=b"), ("--merge", str(tmp_path))):
        ran = command(there, *asked, "--output", file)
        assert ran.code == 2
        assert "none/file cannot be written: No such file or directory" in ran.err
    assert (there.needs, there.opened) == ([], [])


def test_events_on_a_full_disk_end_the_run_and_the_former_report_stays(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("before")
    ran = command(outside(), "--events", "/dev/full", "--output", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "/dev/full cannot be written: No space left on device" in ran.err
    assert [item.read_text() for item in tmp_path.iterdir()] == ["before"]


@pytest.mark.parametrize("option", ["--output", "--events"])
@pytest.mark.parametrize("other", ["--list", "--fix", "--permissions", "--list-fixes"])
def test_they_go_with_a_look_alone(option: str, other: str) -> None:
    ran = command(outside(), option, "file", other)
    assert ran.code == 2
    assert f"{option} goes with a look" in ran.err


def test_a_full_disk_leaves_the_former_report(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("before")
    with whole(str(path)) as place, Path("/dev/full").open("wb") as full:
        filled = replace(place, handle=full.fileno())
        with pytest.raises(UsageError, match=r"report\.txt cannot be written: No space left on device"):
            filled.write(b"after")
    assert [item.read_text() for item in tmp_path.iterdir()] == ["before"]


@pytest.mark.parametrize(("environ", "annotated"), [({"GITHUB_ACTIONS": "true"}, True), ({}, False)])
def test_in_github_actions_the_run_has_annotations(environ: dict[str, str], annotated: bool) -> None:
    said = command(outside(), environ=environ).out
    assert ("\n::error title=" in said) is annotated
    json.loads(command(outside(), "--format=json", environ=environ).out)


def test_events_tell_what_is_read_and_found_and_how_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "events"
    ran = command(outside(), "--events", str(path), "--format=json")
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert events[0] == {"event": "reading", "source": "AWS", "what": "OIDC providers"}
    assert [event.pop("event") for event in events[1:]] == ["outcome", "end"]
    assert events[1:-1] == json.loads(ran.out)["outcomes"]
    assert events[-1] == {"exit_code": 1, "verdict": "broken"}


def test_events_may_go_to_standard_error() -> None:
    ran = command(outside(), "--events", "-")
    assert json.loads(ran.err.splitlines()[-1])["verdict"] == "broken"
