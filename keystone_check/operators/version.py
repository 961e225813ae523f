"""Versions as operators write them: `v1.14.1`, `1.14`, `1.14.1-rc.0`."""

import re
from dataclasses import dataclass
from functools import total_ordering

_SHAPE = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+.].*)?")


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A release. Its order is that of its numbers; what follows them (`-rc.0`) does not count."""

    major: int
    minor: int
    patch: int = 0

    @property
    def line(self) -> str:
        """The minor that it belongs to: `1.14`."""
        return f"{self.major}.{self.minor}"

    def __str__(self) -> str:
        return f"{self.line}.{self.patch}"

    def __lt__(self, other: "Version") -> bool:
        return (self.major, self.minor, self.patch) < (other.major, other.minor, other.patch)


def version(text: str) -> Version | None:
    """The version that a text is; None when it is none, such as `latest` or a digest."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        return None
    major, minor, patch = found.groups()
    return Version(int(major), int(minor), int(patch or 0))
