"""What is made for a moment goes: at the end, at a signal, and after a kill by whoever cleans up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keystone_check import scratch
from keystone_check.scratch import MARK, MOMENT, PREFIX, SUFFIX, abandoned, folder, part, remove
from tests.signals import as_at_a_terminal

HOLDING = """
import sys
from keystone_check.scratch import folder
with folder() as first, folder() as second:
    (first / "kubeconfig").write_text("x")
    print(first, flush=True)
    sys.stdin.read()
"""
NOW = 1_800_000_000


def holding(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that uses two folders there; the first of them."""
    environ = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING],
        env=environ,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=as_at_a_terminal,
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def ended(process: subprocess.Popen[str], number: signal.Signals | None) -> int:
    with process:
        if number is None:
            assert process.stdin
            process.stdin.close()
        else:
            process.send_signal(number)
        return process.wait()


@pytest.mark.parametrize("number", [None, signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_nothing_stays_when_a_process_ends_or_is_told_to(
    tmp_path: Path, number: signal.Signals | None
) -> None:
    process, used = holding(tmp_path)
    assert used.is_dir()
    assert ended(process, number) == (0 if number is None else -number)
    assert list(tmp_path.iterdir()) == []


def test_what_a_kill_leaves_is_found_and_removed_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    process, used = holding(tmp_path)
    assert abandoned((), NOW, tmp_path) == ()
    ended(process, signal.SIGKILL)
    left = abandoned((), NOW, tmp_path)
    assert len(left) == 2
    assert used in [one.path for one in left]
    for one in left:
        remove(one)
    assert list(tmp_path.iterdir()) == []


def test_whoever_handles_the_signal_himself_is_left_to_do_so() -> None:
    def mine(number: int, frame: object) -> None:
        raise AssertionError("never sent")

    before = signal.signal(signal.SIGTERM, mine)
    try:
        with folder():
            assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_signal_is_handled_no_longer_than_a_folder_is_used() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with folder():
            with folder():
                assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("kind", ["no mark", "link", "another name", "a file"])
def test_what_is_not_ours_is_never_found(tmp_path: Path, kind: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / MARK).touch()
    match kind:
        case "no mark":
            (tmp_path / f"{PREFIX}abc").mkdir()
        case "link":
            (tmp_path / f"{PREFIX}abc").symlink_to(elsewhere)
        case "another name":
            (tmp_path / "keystone").mkdir()
            (tmp_path / "keystone" / MARK).touch()
        case _:
            (tmp_path / f"{PREFIX}abc").touch()
    assert abandoned((), NOW, tmp_path) == ()


def test_a_file_that_was_never_finished_is_found_when_its_moment_is_over(tmp_path: Path) -> None:
    handle, name = part(tmp_path / "plan.json")
    os.close(handle)
    os.utime(name, (NOW - MOMENT + 1, NOW - MOMENT + 1))
    assert abandoned((tmp_path, tmp_path), NOW, tmp_path) == ()
    os.utime(name, (NOW - MOMENT - 1, NOW - MOMENT - 1))
    (tmp_path / f"mine{SUFFIX}").touch()
    (left,) = abandoned((tmp_path, tmp_path), NOW, tmp_path)
    assert left.path == Path(name)
    remove(left)
    remove(left)
    assert [path.name for path in tmp_path.iterdir()] == [f"mine{SUFFIX}"]


def test_a_folder_is_private() -> None:
    with folder() as made:
        assert made.stat().st_mode & 0o777 == 0o700
        assert made.name.startswith(scratch.PREFIX)
    assert not made.exists()
