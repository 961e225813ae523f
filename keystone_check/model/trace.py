"""What was made for a moment and is still there."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What it is."""

    ACCOUNT = "service account"
    FOLDER = "folder"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Trace:
    """One thing that a killed run left, or that a run still uses."""

    kind: Kind
    name: str
    """`namespace/name`, or a path."""
    why: str
    """Why it may go, or until when it may not."""
    over: bool = True
    """Whether its time is over."""
    uid: str = ""
    version: str = ""
    """Of a Kubernetes object: exactly the one that was seen."""
