"""An AWS account that several clusters are in: its clients are made once, and what was answered is kept.

Whoever asks the same as the same gets the answer that is there. Two profiles are two even where they are of
one account, for they may have different rights.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from keystone_check.model.access import Access
from keystone_check.probes.answer import BODY_LIMIT

Question = Hashable
"""Service, operation, region and parameters."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and by our clock when it was asked for and when it was there."""

    answer: dict[str, Any]
    sent: float
    received: float


@dataclass(eq=False)
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    said: Told | Exception | None = None


class Door:
    """One way into AWS: a session, its clients, and the answers that are kept where several share it."""

    def __init__(self, session: Any, *, shared: bool = False) -> None:
        self.session = session
        self.shared = shared
        self.lock = threading.Lock()
        self.clients: dict[tuple[str, str], Any] = {}
        self._kept: dict[Question, _Kept] = {}

    def told(self, question: Question, send: Callable[[], Told | Exception]) -> Told:
        """What was told before, or is now. A refusal that `send` returns is kept, one that it raises not."""
        said = self._said(question, send) if self.shared else send()
        if isinstance(said, Exception):
            raise said
        return said

    def knows(self, question: Question) -> bool:
        """Whether it was answered already, so that nobody has to be spared another request."""
        with self.lock:
            kept = self._kept.get(question)
        return kept is not None and kept.said is not None

    def _said(self, question: Question, send: Callable[[], Told | Exception]) -> Told | Exception:
        with self.lock:
            kept = self._kept.setdefault(question, _Kept())
        with kept.lock:
            if kept.said is None:
                said = send()
                kept.said = _taken(said) if isinstance(said, Told) else said
            return kept.said


class _Body:
    """What was still on the connection, for several to read."""

    def __init__(self, stream: Any) -> None:
        self._content: bytes = stream.read(BODY_LIMIT + 1)
        stream.close()

    def read(self, most: int) -> bytes:
        return self._content[:most]

    def close(self) -> None:
        """It is not on the connection any more."""


def _taken(told: Told) -> Told:
    parts = {name: _Body(it) if hasattr(it, "read") else it for name, it in told.answer.items()}
    return Told(parts, told.sent, told.received)


class Shared:
    """The doors of one run, each opened by the first of the clusters that reach AWS in the same way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._doors: dict[Question, Door] = {}
        self._begun: int | None = None

    def begun(self, now: int) -> int:
        """When the first of the looks began, so that all ask what was recorded since the same moment."""
        with self._lock:
            self._begun = now if self._begun is None else self._begun
            return self._begun

    def door(self, access: Access, session: Callable[[Access], Any]) -> Door:
        """The door of this cluster; what opening it raises is met by each that tries."""
        who = (
            access.profile,
            access.region,
            access.aws_endpoint,
            access.aws_credentials,
            access.request_seconds,
        )
        with self._lock:
            if who not in self._doors:
                self._doors[who] = Door(session(access), shared=True)
            return self._doors[who]
