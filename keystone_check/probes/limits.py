"""How long a reader may take, and how often it may ask again."""

import math
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Protocol, TypeVar

from keystone_check.model.access import Access
from keystone_check.probes.refusals import ReadError

CONTACT_SECONDS = 1.9
"""An address that takes no connection for longer than this counts as unreachable."""
TRIES = 3
SLOW = "look for what swallows it on the way (firewall, VPN, proxy), or raise --request-timeout"
NO_WAY = "check the network from here (VPN, firewall, proxy), and that something serves this address"
NO_NAME = "check the name, and the DNS from here"
"""What to do about no answer, no connection, no address."""
TRANSIENT = frozenset({429, 500, 502, 503, 504})
"""Answers that ask for another try: throttled, or a server that says the fault is its own."""
AT_ONCE = 8
"""Requests of one kind that run side by side."""
CONNECTIONS = 4 * AT_ONCE
"""How many a client keeps open: one that is thrown away costs the next request another handshake."""


@dataclass(frozen=True, slots=True)
class Limits:
    """A limit for each request and, for a gathering, the moment at which its budget is spent."""

    request_seconds: float
    budget_seconds: float = math.inf
    deadline: float = math.inf
    """On the monotonic clock."""

    @classmethod
    def starting_now(cls, access: Access) -> "Limits":
        """The limits of a gathering that begins at this moment."""
        return cls(access.request_seconds, access.budget_seconds, time.monotonic() + access.budget_seconds)

    def left(self) -> float:
        """Seconds until the budget is spent; never negative."""
        return max(0.0, self.deadline - time.monotonic())

    def for_request(self, what: str) -> float:
        """Seconds that the next request may take; raises ReadError when the budget is spent."""
        left = self.left()
        if left <= 0:
            raise ReadError(self.spent(what), "raise --budget or check fewer things at once")
        return min(self.request_seconds, left)

    def spent(self, what: str) -> str:
        """The sentence for what was not asked in time."""
        return f"{what}: the time budget of {self.budget_seconds:g} s was spent before there was an answer"


class BrokenOffError(Exception):
    """The connection broke before the answer was whole; `refusal` is what that comes to at the last try."""

    def __init__(self, refusal: ReadError) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class _Answer(Protocol):
    @property
    def status(self) -> int: ...


A = TypeVar("A", bound=_Answer)
T = TypeVar("T")
R = TypeVar("R")


def persist(send: Callable[[], A], limits: Limits) -> tuple[A, int]:
    """The answer and the number of tries it took; only what is plainly transient is asked again."""
    for attempt in range(1, TRIES):
        try:
            answer = send()
        except BrokenOffError:
            _pause(attempt, limits)
            continue
        if answer.status not in TRANSIENT:
            return answer, attempt
        _pause(attempt, limits)
    try:
        return send(), TRIES
    except BrokenOffError as broken:
        raise ReadError(f"{broken.refusal.message}, {TRIES} times") from broken


def _pause(attempt: int, limits: Limits) -> None:
    time.sleep(min(0.1 * 2**attempt, limits.left()))


def side_by_side(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """The function's results in the order of the items; a bounded number of calls runs at once.

    Not an executor: the interpreter joins its threads at the end, and an interrupted run would hang.
    """
    given = list(items)
    results: dict[int, R] = {}
    waiting: SimpleQueue[tuple[int, T] | None] = SimpleQueue()
    for entry in (*enumerate(given), *[None] * AT_ONCE):
        waiting.put(entry)

    def work() -> None:
        while entry := waiting.get():
            index, item = entry
            results[index] = function(item)

    for worker in [detached(work) for _ in given[:AT_ONCE]]:
        worker.result()
    return [results[index] for index in range(len(given))]


def detached(function: Callable[[], R]) -> "Future[R]":
    """Start a call on a thread that nobody has to wait for, not even the end of the process."""
    future: Future[R] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # handed to whoever asks for the result
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
