"""What README.md shows is what the commands print."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_recordings_of_the_readme_are_what_is_printed_now() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("<!-- run -->") == 2
    assert text.count("<!-- answer: ") == 1
    renewed = runpy.run_path(str(ROOT / "docs" / "recordings.py"))["renewed"]
    assert renewed(text) == text, "run python docs/recordings.py"


def test_the_rotation_of_the_upgrade_page_is_what_is_printed_now() -> None:
    text = (ROOT / "docs" / "upgrade.md").read_text(encoding="utf-8")
    assert "--rehearse rotate-key" in text
    renewed = runpy.run_path(str(ROOT / "docs" / "recordings.py"))["renewed"]
    assert renewed(text) == text, "run python docs/recordings.py"
