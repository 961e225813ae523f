"""How quickly the sandbox answers: a delay before each answer, and how many there were."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass(eq=False)
class Pace:
    """Held by every door of one sandbox: `cluster`, `AWS` and `web`."""

    seconds: float = 0.0
    """Before each answer, as a network that is far away."""
    answered: Counter[str] = field(default_factory=Counter)
    """Requests by door."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def hold(self, door: str) -> None:
        """Count a request, and keep it waiting."""
        with self._lock:
            self.answered[door] += 1
        if self.seconds:
            time.sleep(self.seconds)
