"""Entries added to a file: what stood there stays, and the file is written whole or not at all."""

import stat
from pathlib import Path

import pytest

from keystone_check.baseline import add, entries
from keystone_check.configuration import at
from keystone_check.errors import UsageError
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.finding import Evidence, broken
from tests.reports import build

ENTRY = Acceptance("c", "r", "2027-03-31", "app/api", "prod")
NASTY = 'q"uo\\te\n\t\x7f\x00\u202e 🔑 ]] # = \r'
STANDING = """\
# ours, by hand
[clusters.prod]
context = "prod"  # the big one

[[accept]]
check = "old"
reason = "why"
until = "2026-01-01"
"""


def subjects(*names: str) -> tuple[Acceptance, ...]:
    found = [build.outcome(broken(name, "m", Evidence("a", "b", "c"))) for name in names]
    return entries(found, "prod", "r", "2027-03-31")


def test_a_new_file_holds_the_entries(tmp_path: Path) -> None:
    add(tmp_path / "k.toml", [ENTRY])
    assert at(tmp_path / "k.toml").accept == (ENTRY,)


def test_what_stood_there_stays_letter_by_letter(tmp_path: Path) -> None:
    path = tmp_path / "keystone-check.toml"
    path.write_text(STANDING)
    add(path, [ENTRY])
    assert path.read_text().startswith(STANDING)
    assert [entry.check for entry in at(path).accept] == ["old", "c"]


def test_line_ends_stay_too(tmp_path: Path) -> None:
    path = tmp_path / "k.toml"
    path.write_bytes(STANDING.replace("\n", "\r\n").encode())
    add(path, [ENTRY])
    assert path.read_bytes().startswith(STANDING.replace("\n", "\r\n").rstrip().encode())
    assert len(at(path).accept) == 2


def test_in_pyproject_they_stand_under_our_tool(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[project]\nname = 'x'\n")
    add(path, [ENTRY])
    assert at(path).accept == (ENTRY,)


def test_any_text_comes_back_as_it_was(tmp_path: Path) -> None:
    add(tmp_path / "k.toml", [Acceptance("c", NASTY, "2027-03-31", NASTY, NASTY)])
    (read,) = at(tmp_path / "k.toml").accept
    assert (read.reason, read.subject, read.cluster) == (NASTY, NASTY, NASTY)


def test_a_subject_that_is_no_text_is_written_with_a_star() -> None:
    (entry,) = subjects("a\udc80b")
    assert entry.subject == "a*b"
    assert entry.fits("audience_is_registered", "a\udc80b")


def test_several_findings_about_one_subject_are_one_entry() -> None:
    assert [entry.subject for entry in subjects("a", "b", "a")] == ["a", "b"]


@pytest.mark.parametrize(
    ("standing", "message"),
    [
        ("accept = []\n", "entries cannot be added"),
        ("{", "is not TOML"),
        ("other = 1\n", "no setting 'other'"),
    ],
)
def test_a_file_that_cannot_take_them_is_left_as_it_is(tmp_path: Path, standing: str, message: str) -> None:
    path = tmp_path / "k.toml"
    path.write_text(standing)
    with pytest.raises(UsageError, match=message):
        add(path, [ENTRY])
    assert path.read_text() == standing
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        add(tmp_path / "none" / "k.toml", [ENTRY])


def test_mode_and_link_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text(STANDING)
    real.chmod(0o640)
    link.symlink_to(real)
    add(link, [ENTRY])
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert len(at(real).accept) == 2
