"""A file is kept whole, readable by its owner alone, and never in the place of another."""

from pathlib import Path

import pytest

from keystone_check.cli.keeping import keep
from keystone_check.errors import UsageError


def test_the_file_holds_the_text_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    keep(tmp_path / "plan", "text\n")
    assert (tmp_path / "plan").read_text() == "text\n"
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    assert (tmp_path / "plan").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("stands", ["file", "link", "folder"])
def test_whatever_stands_there_stays(tmp_path: Path, stands: str) -> None:
    path = tmp_path / "plan"
    match stands:
        case "file":
            path.write_text("mine")
        case "link":
            path.symlink_to(tmp_path / "nowhere")
        case _:
            path.mkdir()
    with pytest.raises(UsageError, match="exists already"):
        keep(path, "text")
    assert [item.name for item in tmp_path.iterdir()] == ["plan"]
    assert not (tmp_path / "nowhere").exists()
