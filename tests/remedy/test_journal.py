"""The journal: on the disk before the write, one run at a time, and readable after every crash."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from keystone_check.errors import ApplyError, KeystoneError
from keystone_check.model.change import Change
from keystone_check.remedy.journal import Journal, every_unfinished, held, seen, state_folder
from keystone_check.remedy.record import Recorded
from tests.remedy.build import trust
from tests.worlds import NOW

CHANGE = trust("{}")
OTHER = trust("[]", arn="arn:aws:iam::111122223333:role/other")


def recorded(journal: Journal, *changes: Change) -> str:
    """A run that wrote these and came to its end."""
    write = Recorded(journal, lambda change: None, NOW, "prod")
    for change in changes:
        write(change)
    write.end()
    return write.run


def test_what_a_run_wrote_is_read_back_in_its_order(tmp_path: Path) -> None:
    with held(tmp_path, "prod") as journal:
        run = recorded(journal, CHANGE, OTHER)
    with held(tmp_path, "prod") as journal:
        (found,) = journal.runs
    assert (found.id, found.cluster, found.ended, found.undone) == (run, "prod", True, False)
    assert [(it.change, it.confirmed) for it in found.changes] == [(CHANGE, True), (OTHER, True)]


def test_a_change_is_on_the_disk_when_its_write_begins(tmp_path: Path) -> None:
    seen: list[str] = []

    def write(change: Change) -> None:
        seen.append((tmp_path / "prod.jsonl").read_text())

    with held(tmp_path, "prod") as journal:
        Recorded(journal, write, NOW, "prod")(CHANGE)
    record = json.loads(seen[0].splitlines()[-1])
    assert (record["event"], record["change"]["before"]) == ("writing", CHANGE.before)


def test_a_run_that_writes_nothing_leaves_no_line(tmp_path: Path) -> None:
    with held(tmp_path, "prod") as journal:
        Recorded(journal, lambda change: None, NOW, "prod").end()
    assert (tmp_path / "prod.jsonl").read_text() == ""


@pytest.mark.parametrize(("unchanged", "left"), [(True, 0), (False, 1)])
def test_a_refused_write_is_forgotten_only_where_nothing_can_have_changed(
    tmp_path: Path, unchanged: bool, left: int
) -> None:
    def refuse(change: Change) -> None:
        raise ApplyError("no", unchanged=unchanged)

    with held(tmp_path, "prod") as journal, pytest.raises(ApplyError):
        Recorded(journal, refuse, NOW, "prod")(CHANGE)
    with held(tmp_path, "prod") as journal:
        (run,) = journal.runs
    assert len(run.changes) == left
    assert not any(it.confirmed for it in run.changes)
    assert run.unfinished is bool(left)


def test_two_runs_exclude_each_other(tmp_path: Path) -> None:
    with (
        held(tmp_path, "prod"),
        pytest.raises(KeystoneError, match="another run is writing to this cluster"),
        held(tmp_path, "prod"),
    ):
        pytest.fail("both hold it")


def test_runs_on_other_clusters_do_not(tmp_path: Path) -> None:
    with held(tmp_path, "prod"), held(tmp_path, "lab") as journal:
        assert journal.runs == ()


def test_two_runs_of_one_second_have_two_ids(tmp_path: Path) -> None:
    ids = set()
    for _ in range(3):
        with held(tmp_path, "prod") as journal:
            ids.add(recorded(journal, CHANGE))
    assert len(ids) == 3


def test_a_line_that_a_crash_cut_off_anywhere_announces_nothing(tmp_path: Path) -> None:
    with held(tmp_path, "prod") as journal:
        recorded(journal, CHANGE)
    whole = (tmp_path / "prod.jsonl").read_bytes()
    ends = [number for number, byte in enumerate(whole, 1) if byte == ord("\n")]
    for cut in range(0, len(whole), 7):
        (tmp_path / "prod.jsonl").write_bytes(whole[:cut])
        with held(tmp_path, "prod") as journal:
            recorded(journal, OTHER)
        with held(tmp_path, "prod") as journal:
            assert [it.change for it in journal.runs[-1].changes] == [OTHER]
            begun = sum(end <= cut for end in ends[:2]) == 2
            assert (CHANGE in [it.change for run in journal.runs for it in run.changes]) is begun


@pytest.mark.parametrize("line", ["nonsense", "{}", '{"journal": 9, "run": "x"}', '{"journal": 1, "run": 7}'])
def test_a_damaged_journal_is_named_with_its_line_and_kept(tmp_path: Path, line: str) -> None:
    path = tmp_path / "prod.jsonl"
    path.write_text(f"{line}\n")
    with (
        pytest.raises(KeystoneError, match=r"line 1 of the journal .* cannot be read"),
        held(tmp_path, "prod"),
    ):
        pytest.fail("it was read")
    assert path.read_text() == f"{line}\n"


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_changed(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, where the folder belongs")
    with pytest.raises(KeystoneError, match="cannot be written"), held(tmp_path / "state", "prod"):
        pytest.fail("it was opened")


FULL = """
import resource, sys
from pathlib import Path
from keystone_check.errors import KeystoneError
from keystone_check.remedy.journal import held
from keystone_check.remedy.record import Recorded
from tests.remedy.test_journal import CHANGE

resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
written = []
try:
    with held(Path(sys.argv[1]), "prod") as journal:
        Recorded(journal, written.append, 0, "prod")(CHANGE)
except KeystoneError as error:
    print(len(written), error.message)
"""


def test_a_disk_that_takes_nothing_more_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("0 the journal ")
    assert "cannot be written: File too large; nothing more was changed" in ran.stdout


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    with held(tmp_path / "state", "prod"):
        modes = [(tmp_path / "state").stat().st_mode, (tmp_path / "state" / "prod.jsonl").stat().st_mode]
    assert [mode & 0o077 for mode in modes] == [0, 0]


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"XDG_STATE_HOME": "/var/state", "HOME": "/home/me"}, "/var/state/keystone-check"),
        ({"HOME": "/home/me"}, "/home/me/.local/state/keystone-check"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/me"}, "/home/me/.local/state/keystone-check"),
    ],
)
def test_it_lies_where_the_system_keeps_state(environ: dict[str, str], folder: str) -> None:
    assert state_folder(environ) == Path(folder)


def test_an_unfinished_run_is_seen_without_holding_the_journal_and_nothing_is_written(tmp_path: Path) -> None:
    assert seen(tmp_path, "prod") is None
    assert every_unfinished(tmp_path / "none") == ()
    with held(tmp_path, "prod") as journal:
        run = journal.begin(NOW, "prod")
        journal.writing(CHANGE)
        assert seen(tmp_path, "prod") is None, "it is at work"
    before = (tmp_path / "prod.jsonl").read_bytes()
    found = seen(tmp_path, "prod")
    assert found is not None
    assert (found.id, found.unfinished) == (run, True)
    assert [one.id for one in every_unfinished(tmp_path)] == [run]
    assert (tmp_path / "prod.jsonl").read_bytes() == before
    with held(tmp_path, "prod") as journal:
        journal.begin(NOW, "prod")
        journal.settle(run, undone=True)
        journal.end()
    assert seen(tmp_path, "prod") is None


def test_a_journal_that_is_damaged_is_said(tmp_path: Path) -> None:
    (tmp_path / "prod.jsonl").write_text("nonsense\n")
    with pytest.raises(KeystoneError, match="it is not JSON"):
        seen(tmp_path, "prod")
