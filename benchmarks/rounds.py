"""How many answers a look waits for in a row, whatever the machine's speed."""

import threading
import time
from dataclasses import dataclass, field

from keystone_check.sandbox.pace import Pace


@dataclass(eq=False)
class Rounds(Pace):
    """Keeps every request until no other one has come for a while, then answers all of them at once.

    Each time is a round. Requests of one round did not wait for each other; one of the next round waited
    for an answer of this one, or for its turn. Their number is what a delay is multiplied by, as a network
    far away would do it. A machine so busy that a request is late shows more rounds than there are.
    """

    quiet: float = 1.0
    """Seconds without a new request that end a round."""
    rounds: int = 0
    _last: float = 0.0
    _waiting: list[threading.Event] = field(default_factory=list)

    def __init__(self, quiet: float) -> None:
        super().__init__()
        self.quiet, self.rounds, self._last, self._waiting = quiet, 0, 0.0, []
        threading.Thread(target=self._release, daemon=True).start()

    def hold(self, door: str) -> None:
        """Count a request, and keep it until its round is complete."""
        released = threading.Event()
        with self._lock:
            self.answered[door] += 1
            self._last = time.monotonic()
            self._waiting.append(released)
        released.wait()

    def _release(self) -> None:
        while True:
            time.sleep(self.quiet / 20)
            with self._lock:
                if not self._waiting or time.monotonic() - self._last < self.quiet:
                    continue
                self.rounds += 1
                complete, self._waiting = self._waiting, []
            for released in complete:
                released.set()
