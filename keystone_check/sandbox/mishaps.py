"""What may befall a write on its way, and who else writes meanwhile: for tests of whoever writes."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum


class Mishap(Enum):
    """What befalls one write."""

    DENIED = "denied"
    """It is refused, as for want of a right."""
    THROTTLED = "throttled"
    """It is refused, since it comes too soon."""
    LOST = "lost"
    """It takes effect, and its answer never arrives."""


@dataclass(eq=False)
class Mishaps:
    """Held by the two doors of one sandbox that can be written to: `cluster` and `AWS`.

    A request that reads, simulates, mints a token or is a dry run is no write.
    """

    befall: Mapping[int, Mishap] = field(default_factory=dict)
    """By number of the write: 1 is the first, and one that is tried again counts again."""
    meanwhile: Callable[[int, str], None] = lambda number, what: None
    """Called when a write has arrived and has no effect yet: somebody else may act here."""
    afterwards: Callable[[int, str], None] = lambda number, what: None
    """Called when a write has taken effect and nobody was told."""
    lag: float = 0.0
    """For how many seconds readers of IAM and of a bucket's settings are told what stood there before."""
    clock: Callable[[], float] = lambda: 0.0
    """By which they pass."""
    written: list[str] = field(default_factory=list)
    """The writes that took effect, by the right that each takes."""
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def arrived(self, what: str) -> tuple[int, Mishap | None]:
        """Count a write; its number, and what is to befall it."""
        with self._lock:
            self._count += 1
            number = self._count
        self.meanwhile(number, what)
        return number, self.befall.get(number)

    def took_effect(self, number: int, what: str) -> None:
        """Note a write that was carried out."""
        self.written.append(what)
        self.afterwards(number, what)

    def start(self, befall: Mapping[int, Mishap]) -> None:
        """Count from one again, with these ahead."""
        with self._lock:
            self._count, self.befall = 0, befall
            self.written.clear()


def always(mishap: Mishap, first: int = 1) -> Mapping[int, Mishap]:
    """Every write from this one on."""
    return dict.fromkeys(range(first, first + 100), mishap)
