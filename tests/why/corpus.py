"""What people were shown, with where it stands and which message it is."""

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "fixtures" / "why"


@dataclass(frozen=True)
class Case:
    """A text from outside."""

    text: str
    source: str
    message: str


CASES = tuple(
    Case(**entry) for path in sorted(FOLDER.glob("*.json")) for entry in json.loads(path.read_text("utf-8"))
)
