"""An AWS account that several clusters are in: its clients are made once, and what was answered is kept.

Whoever asks the same as the same gets the answer that is there. Two profiles are two even where they are of
one account, for they may have different rights.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from keystone_check.model.access import Access

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
    told: Told | None = None
    refusal: ClientError | None = None


class Door:
    """One way into AWS: a session, its clients, and the answers that are kept where several share it."""

    def __init__(self, session: Any, *, shared: bool = False) -> None:
        self.session = session
        self.shared = shared
        self.lock = threading.Lock()
        self.clients: dict[tuple[str, str], Any] = {}
        self._kept: dict[Question, _Kept] = {}

    def told(
        self, question: Question, send: Callable[[], Told], final: Callable[[ClientError], bool]
    ) -> Told:
        """What was told before, or is now; a refusal is kept if it is `final`, and any other tried again."""
        if not self.shared:
            return send()
        with self.lock:
            kept = self._kept.setdefault(question, _Kept())
        with kept.lock:
            if kept.refusal:
                raise kept.refusal
            if kept.told is None:
                told = _sent(send, kept, final)
                if any(hasattr(part, "read") for part in told.answer.values()):
                    return told  # still on the connection, and whoever asked takes it from there
                kept.told = told
            return kept.told


def _sent(send: Callable[[], Told], kept: _Kept, final: Callable[[ClientError], bool]) -> Told:
    try:
        return send()
    except ClientError as error:
        if final(error):
            kept.refusal = error
        raise


class Shared:
    """The doors of one run, each opened by the first of the clusters that reach AWS in the same way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._doors: dict[Question, Door] = {}

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
