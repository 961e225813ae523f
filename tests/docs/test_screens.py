"""The pictures show what the commands print."""

import re
import runpy
from pathlib import Path

MADE = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "screens.py"))
FOLDER: Path = MADE["FOLDER"]


def test_the_words_on_each_screen_are_those_of_a_new_run() -> None:
    words = MADE["words"]
    with MADE["RECORDINGS"]["runner"]() as runner:
        drawn = MADE["drawn"](runner)
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(drawn)
    for name, picture in drawn.items():
        assert words((FOLDER / name).read_text("utf-8")) == words(picture), "run python docs/screens.py"


def test_a_picture_loads_nothing_and_runs_nothing() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text("utf-8")
        drawing = re.sub(r">[^<>]*</text>", ">", text)
        assert re.findall(r"https?://[^\s\"]+", drawing) == ["http://www.w3.org/2000/svg"]
        assert re.findall(r"url\((?!#)|href|@import|@font-face|<script|\bon\w+=", drawing) == []
        assert len(text) < 50_000
