"""A file is kept whole, readable by its owner alone, and never in the place of another."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from keystone_check.cli.keeping import keep, room
from keystone_check.errors import UsageError


def test_the_file_holds_the_text_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    keep(tmp_path / "plan", "text\n")
    assert (tmp_path / "plan").read_text() == "text\n"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    assert (tmp_path / "plan").stat().st_mode & 0o777 == 0o600


FULL = """
import resource, sys
from pathlib import Path
from keystone_check.cli.keeping import keep, room
from keystone_check.errors import UsageError
resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))
room(Path("plan"))
try:
    keep(Path("plan"), "text" * 100)
except UsageError as error:
    print(error.message)
"""


def test_where_there_is_no_room_for_all_of_it_nothing_stays(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FULL], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "plan cannot be written: File too large\n"
    assert list(tmp_path.iterdir()) == []


def test_room_is_looked_for_without_a_trace(tmp_path: Path) -> None:
    room(tmp_path / "plan")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="No such file or directory"):
        room(tmp_path / "none" / "plan")


@pytest.mark.parametrize("told", [keep, lambda path, _: room(path)], ids=["keep", "room"])
@pytest.mark.parametrize("stands", ["file", "link", "folder"])
def test_whatever_stands_there_stays(tmp_path: Path, stands: str, told: Callable[[Path, str], None]) -> None:
    path = tmp_path / "plan"
    match stands:
        case "file":
            path.write_text("mine")
        case "link":
            path.symlink_to(tmp_path / "nowhere")
        case _:
            path.mkdir()
    with pytest.raises(UsageError, match="exists already"):
        told(path, "text")
    assert [item.name for item in tmp_path.iterdir()] == ["plan"]
    assert not (tmp_path / "nowhere").exists()
